"""Stores what was received, folding repeats, and rings the bell."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from integration.contract.messages import Event, Request
from integration.http.redact import redact_headers
from integration.jobs import bell
from integration.models import EventState, WebhookEvent

# An equal call within this time is the same event told twice.
SAME_WITHIN = timedelta(minutes=10)
# Unprocessed events of one merchant above which the platform is asked to come again.
MOST_WAITING = 100_000
# How long room that a process found is taken to be there.
ROOM_LASTS = timedelta(seconds=1)
# Headers worth keeping: who sent it and what it says it is.
KEPT_HEADERS = ("content-type", "user-agent", "x-")
FIELDS = {field.name: field for field in WebhookEvent._meta.concrete_fields}

# By hand, for every call runs one: wording it takes the ORM several times as long as
# running it takes the database. Looking for an equal one and inserting are one.
INSERT = """
INSERT INTO integration_webhookevent
    (tenant_id, connection_id, stream, ids, topic, fingerprint, signed, body, headers,
     received_at, repeats, state, reason)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 'received', ''
"""
EQUAL = """
WHERE connection_id = %s AND fingerprint = %s AND received_at >= %s
    AND state = 'received'
"""
UNLESS_EQUAL = (
    "WHERE NOT EXISTS (SELECT 1 FROM integration_webhookevent" + EQUAL + ")"  # noqa: S608  our own words
)
FOLD = "UPDATE integration_webhookevent SET repeats = repeats + 1" + EQUAL  # noqa: S608  our own words

# When this process last found room, by connection.
_room_found: dict[int, datetime] = {}


class Addressee(Protocol):
    """The connection an event is for."""

    @property
    def connection_id(self) -> int: ...

    @property
    def tenant_id(self) -> int: ...


def store(
    caller: Addressee, call: Request, events: Sequence[Event], *, signed: bool
) -> None:
    """One row per event, or one more repeat of it; then a worker may look.

    All of it is committed when this ends. A single event is a single statement and
    needs no transaction around it.
    """
    store_each(call, [(caller, event) for event in events], signed=signed)


def store_each(
    call: Request, told: Sequence[tuple[Addressee, Event]], *, signed: bool
) -> None:
    """As `store`, for events of one call that are for several connections."""
    with transaction.atomic() if len(told) > 1 else nullcontext():
        for addressee, event in told:
            _take_in(addressee, call, event, signed)
        if told:
            bell.ring()


def overflowing(connection_id: int) -> bool:
    """Whether so much waits that more must come later; never taken and then dropped.

    Counting so many takes the database a while: room that was found holds for a moment.
    """
    now = timezone.now()
    found = _room_found.get(connection_id)
    if found is not None and timedelta(0) <= now - found < ROOM_LASTS:
        return False
    waiting = WebhookEvent.everywhere.filter(
        connection=connection_id, state=EventState.RECEIVED
    ).order_by()
    if waiting[MOST_WAITING : MOST_WAITING + 1].exists():
        return True
    _room_found[connection_id] = now
    return False


def _take_in(caller: Addressee, call: Request, event: Event, signed: bool) -> None:
    """Insert it, or fold it into an equal one that nobody has acted on yet.

    One that was acted on is no reason to drop this: the thing may have changed since.
    """
    now = timezone.now()
    fingerprint = _fingerprint(call, event)
    row = [
        caller.tenant_id,
        caller.connection_id,
        event.stream,
        _adapted("ids", list(event.ids)),
        event.topic[:100],
        fingerprint,
        signed,
        _adapted("body", call.body),
        _adapted("headers", _kept(call)),
        _adapted("received_at", now),
    ]
    since = now - SAME_WITHIN
    equal = [caller.connection_id, fingerprint, _adapted("received_at", since)]
    if _execute(INSERT + UNLESS_EQUAL, [*row, *equal]):
        return
    if not _execute(FOLD, equal):
        # Somebody acted on the equal one in between.
        _execute(INSERT, row)


def _execute(sql: str, values: list[Any]) -> int:
    """Run one statement; how many rows it wrote."""
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _adapted(name: str, value: Any) -> Any:
    """A value of that column as the database takes it."""
    return FIELDS[name].get_db_prep_save(value, database)


def _fingerprint(call: Request, event: Event) -> str:
    if event.id:
        return event.id[:100]
    parts = [event.topic, event.stream, *event.ids]
    return sha256("\n".join(parts).encode() + b"\n" + call.body).hexdigest()


def _kept(call: Request) -> dict[str, str]:
    kept = {
        name: value[:500]
        for name, value in call.headers.items()
        if name.lower().startswith(KEPT_HEADERS)
    }
    return redact_headers(kept)
