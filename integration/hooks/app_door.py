"""Receives the calls of platforms that know one address for all their accounts.

A call is proved with a key of an app this installation registered, and each event says
whose it is. As at the door of a connection nothing is asked and only stored; the answer
has no body and no cookie.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from integration.contract import registry
from integration.contract.connector import Webhooks
from integration.contract.messages import Event, Request, Verdict
from integration.hooks import inbox
from integration.hooks.door import refusal, response, storable, taken
from integration.models import App, Connection, Health


class Addressed(NamedTuple):
    """A connection of the account an event names."""

    connection_id: int
    tenant_id: int


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, platform: str) -> HttpResponse:
    """Store one call of one platform for all whom it concerns, and answer it."""
    return taken(
        request,
        lambda: _registered(platform),
        lambda readers, call: _taken_in(platform, readers, call),
    )


def _taken_in(
    platform: str, readers: Sequence[Webhooks], call: Request
) -> HttpResponse:
    hooks, verdict = _proved(readers, call)
    greeting = hooks.greet(call)
    if greeting is not None:
        return response(greeting)
    if verdict == Verdict.FORGED:
        return refusal(call)
    try:
        told = list(_addressed(platform, storable(hooks, call)))
    except (ValueError, KeyError, TypeError):
        return HttpResponse(status=400)
    if any(map(inbox.overflowing, {each.connection_id for each, _ in told})):
        return HttpResponse(status=503, headers={"Retry-After": "300"})
    inbox.store_each(call, told, signed=verdict == Verdict.SIGNED)
    return HttpResponse(status=200)


def _registered(platform: str) -> list[Webhooks]:
    """One reader of calls for each app of ours there, the newest first.

    Where none is registered there is no door.
    """
    connector = registry.connectors().get(platform)
    if connector is None or connector.app_webhooks is None:
        raise Http404
    apps = App.objects.filter(platform=platform).order_by("-pk")
    readers = [connector.app_webhooks(app.secrets) for app in apps]
    if not readers:
        raise Http404
    return readers


def _proved(readers: Sequence[Webhooks], call: Request) -> tuple[Webhooks, Verdict]:
    """The reader whose key the call is proved with; any where it is forged."""
    for hooks in readers:
        verdict = hooks.verify(call)
        if verdict != Verdict.FORGED:
            return hooks, verdict
    return readers[0], Verdict.FORGED


def _addressed(
    platform: str, events: Sequence[Event]
) -> Iterator[tuple[Addressed, Event]]:
    """Each event with every connection of its account, whichever merchant's that is.

    An account nobody connected is nobody's business here.
    """
    by_account: dict[str, list[Addressed]] = {}
    rows = Connection.everywhere.filter(
        platform=platform,
        account__in={event.account for event in events},
        tenant__active=True,
    ).exclude(health=Health.DISCONNECTED)
    for account, *ids in rows.values_list("account", "pk", "tenant_id"):
        by_account.setdefault(account, []).append(Addressed(*ids))
    for event in events:
        for connection in by_account.get(event.account, ()):
            yield connection, event
