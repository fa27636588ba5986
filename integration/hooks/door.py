"""Receives a platform's call: nothing is looked up, nothing is asked, only stored.

An unknown address or token is 404, a forged signature 401, too large a body 413, and
while the database is away 503, so that the platform may try again. Never 200 for what
is not stored.
"""

from __future__ import annotations

from collections.abc import Callable
from hmac import compare_digest
from typing import TypeVar

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from integration.contract import registry
from integration.contract.connector import Webhooks
from integration.contract.messages import Answer, Event, Request, Verdict
from integration.engine import turned_away
from integration.hooks import inbox
from integration.hooks.caller import Caller, calling
from integration.models import Health

MOST_BYTES = 1_000_000
Found = TypeVar("Found")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receive(
    request: HttpRequest, connection_id: int, token: str, rest: str = ""
) -> HttpResponse:
    """Store one call of one connection and answer it.

    What stands behind the token is the connector's to read, in the call's path.
    """
    return taken(request, lambda: _caller(connection_id, token), _taken_in)


def taken(
    request: HttpRequest,
    find: Callable[[], Found],
    take_in: Callable[[Found, Request], HttpResponse],
) -> HttpResponse:
    """The answer to a call, if it is no larger than allowed and found its door."""
    if _declared(request) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        found = find()
        body = request.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            return HttpResponse(status=413)
        return take_in(found, _as_message(request, body))
    except DatabaseError:
        return HttpResponse(status=503, headers={"Retry-After": "60"})


def _taken_in(caller: Caller, call: Request) -> HttpResponse:
    hooks = _hooks(caller)
    greeting = hooks.greet(call)
    if greeting is not None:
        return response(greeting)
    verdict = hooks.verify(call)
    if verdict == Verdict.FORGED:
        if call.method != "GET":
            _count(caller, turned_away.FORGED)
        return refusal(call)
    try:
        events = storable(hooks, call)
    except (ValueError, KeyError, TypeError):
        _count(caller, turned_away.UNREADABLE)
        return HttpResponse(status=400)
    if inbox.overflowing(caller.connection_id):
        return HttpResponse(status=503, headers={"Retry-After": "300"})
    inbox.store(caller, call, events, signed=verdict == Verdict.SIGNED)
    return HttpResponse(status=200)


def _count(caller: Caller, reason: str) -> None:
    """The merchant sees that calls came which were not taken."""
    turned_away.note(caller.tenant_id, caller.connection_id, reason)


def refusal(call: Request) -> HttpResponse:
    """What nobody proves to have sent is refused; a mere look has no door here."""
    if call.method == "GET":
        return HttpResponseNotAllowed(["POST"])
    return HttpResponse(status=401)


def _declared(request: HttpRequest) -> int:
    """The length a caller claims; what is no number is left to the reading."""
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0


def storable(hooks: Webhooks, call: Request) -> list[Event]:
    """What a call tells. ValueError for an id that no database can hold."""
    events = list(hooks.events(call))
    for event in events:
        if any("\x00" in text for text in (event.account, *event.ids)):
            raise ValueError("an id holds a zero byte")
    return events


def _caller(connection_id: int, token: str) -> Caller:
    found = calling(connection_id)
    if found is None or not compare_digest(found.token.encode(), token.encode()):
        raise Http404
    if found.health == Health.DISCONNECTED:
        raise Http404
    return found


def _hooks(caller: Caller) -> Webhooks:
    connector = registry.connector(caller.platform)
    if connector.webhooks is None:
        raise Http404
    return connector.webhooks(caller.settings, caller.secrets())


def _as_message(request: HttpRequest, body: bytes) -> Request:
    return Request(
        method=request.method or "POST",
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        headers=request.headers,
        body=body,
    )


def response(answer: Answer) -> HttpResponse:
    """A connector's answer as it goes out."""
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
