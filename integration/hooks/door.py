"""Receives a platform's call: nothing is looked up, nothing is asked, only stored.

An unknown address or token is 404, a forged signature 401, too large a body 413, and
while the database is away 503, so that the platform may try again. Never 200 for what
is not stored.
"""

from __future__ import annotations

from hmac import compare_digest

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integration.contract import registry
from integration.contract.connector import Webhooks
from integration.contract.messages import Answer, Event, Request, Verdict
from integration.hooks import inbox
from integration.hooks.caller import Caller, calling
from integration.models import Health

MOST_BYTES = 1_000_000


@csrf_exempt
@require_POST
def receive(request: HttpRequest, connection_id: int, token: str) -> HttpResponse:
    """Store one call of one connection and answer it."""
    if _declared(request) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        caller = _caller(connection_id, token)
        body = request.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            return HttpResponse(status=413)
        return _taken_in(caller, _as_message(request, body))
    except DatabaseError:
        return HttpResponse(status=503, headers={"Retry-After": "60"})


def _taken_in(caller: Caller, call: Request) -> HttpResponse:
    hooks = _hooks(caller)
    greeting = hooks.greet(call)
    if greeting is not None:
        return _response(greeting)
    verdict = hooks.verify(call)
    if verdict == Verdict.FORGED:
        return HttpResponse(status=401)
    try:
        events = [_storable(event) for event in hooks.events(call)]
    except (ValueError, KeyError, TypeError):
        return HttpResponse(status=400)
    if inbox.overflowing(caller.connection_id):
        return HttpResponse(status=503, headers={"Retry-After": "300"})
    inbox.store(caller, call, events, signed=verdict == Verdict.SIGNED)
    return HttpResponse(status=200)


def _declared(request: HttpRequest) -> int:
    """The length a caller claims; what is no number is left to the reading."""
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0


def _storable(event: Event) -> Event:
    """ValueError for an id that no database can hold."""
    if any("\x00" in external_id for external_id in event.ids):
        raise ValueError("an id holds a zero byte")
    return event


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


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
