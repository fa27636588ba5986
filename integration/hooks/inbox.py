"""Stores what was received, folding repeats, and rings the bell."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection as database
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integration.contract.messages import Event, Request
from integration.http.redact import redact_headers
from integration.jobs import bell
from integration.models import Connection, EventState, WebhookEvent

# An equal call within this time is the same event told twice.
SAME_WITHIN = timedelta(minutes=10)
# Unprocessed events of one merchant above which the platform is asked to come again.
MOST_WAITING = 100_000
# How long a process believes that a connection's inbox has room.
ROOM_COUNTS_FOR = timedelta(seconds=1)
# Headers worth keeping: who sent it and what it says it is.
KEPT_HEADERS = ("content-type", "user-agent", "x-")
TABLE = WebhookEvent._meta.db_table

# When this process last found room, by connection.
_room_seen: dict[int, datetime] = {}


def store(
    connection: Connection, call: Request, events: Sequence[Event], *, signed: bool
) -> None:
    """One row per event, or one more repeat of it; then a worker may look.

    What is in the database when this ends is there for good: a single event needs no
    transaction around its one statement.
    """
    with transaction.atomic() if len(events) > 1 else nullcontext():
        for event in events:
            _take_in(
                WebhookEvent(
                    tenant_id=connection.tenant_id,
                    connection_id=connection.pk,
                    stream=event.stream,
                    ids=list(event.ids),
                    topic=event.topic[:100],
                    fingerprint=_fingerprint(call, event),
                    signed=signed,
                    body=call.body,
                    headers=_kept(call),
                )
            )
        if events:
            bell.ring()


def overflowing(connection: Connection) -> bool:
    """Whether so much waits that more must come later; never taken and then dropped.

    Counting so many takes a while, so room that was found counts for a moment.
    """
    now = timezone.now()
    seen = _room_seen.get(connection.pk)
    if seen is not None and timedelta(0) <= now - seen < ROOM_COUNTS_FOR:
        return False
    waiting = WebhookEvent.everywhere.filter(
        connection=connection, state=EventState.RECEIVED
    ).order_by()
    if waiting[MOST_WAITING : MOST_WAITING + 1].exists():
        return True
    _room_seen[connection.pk] = now
    return False


def _take_in(event: WebhookEvent) -> None:
    """Insert it, or fold it into an equal one that nobody has acted on yet.

    One that was acted on is no reason to drop this: the thing may have changed since.
    """
    since = event.received_at - SAME_WITHIN
    if _insert_unless_equal(event, since):
        return
    equal = WebhookEvent.everywhere.filter(
        connection=event.connection_id,
        fingerprint=event.fingerprint,
        received_at__gte=since,
        state=EventState.RECEIVED,
    )
    if not equal.update(repeats=F("repeats") + 1):
        # Somebody acted on the equal one in between.
        event.save(force_insert=True)


def _insert_unless_equal(event: WebhookEvent, since: datetime) -> bool:
    """Look and insert in one statement; whether it was inserted.

    By hand: this is the one write of nearly every call.
    """
    fields = [field for field in WebhookEvent._meta.concrete_fields if field.column != "id"]
    values = [
        field.get_db_prep_save(field.pre_save(event, add=True), database)
        for field in fields
    ]
    columns = ", ".join(field.column for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with database.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({columns}) SELECT {marks} WHERE NOT EXISTS ("  # noqa: S608  names of columns, from the model
            f"SELECT 1 FROM {TABLE} WHERE connection_id = %s AND fingerprint = %s"
            " AND received_at >= %s AND state = %s)",
            [
                *values,
                event.connection_id,
                event.fingerprint,
                database.ops.adapt_datetimefield_value(since),
                EventState.RECEIVED,
            ],
        )
        return bool(cursor.rowcount)


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
