"""Stores what was received, folding repeats, and rings the bell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

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
# Headers worth keeping: who sent it and what it says it is.
KEPT_HEADERS = ("content-type", "user-agent", "x-")


def store(
    connection: Connection, call: Request, events: Sequence[Event], *, signed: bool
) -> None:
    """One row per event, or one more repeat of it; then a worker may look."""
    now = timezone.now()
    with transaction.atomic():
        for event in events:
            if not _repeats(connection, call, event):
                WebhookEvent.everywhere.create(
                    tenant_id=connection.tenant_id,
                    connection=connection,
                    stream=event.stream,
                    ids=list(event.ids),
                    topic=event.topic[:100],
                    fingerprint=_fingerprint(call, event),
                    signed=signed,
                    body=call.body,
                    headers=_kept(call),
                    received_at=now,
                )
        bell.ring()


def overflowing(connection: Connection) -> bool:
    """Whether so much waits that more must come later; never taken and then dropped."""
    waiting = WebhookEvent.everywhere.filter(
        connection=connection, state=EventState.RECEIVED
    ).order_by()
    return waiting[MOST_WAITING : MOST_WAITING + 1].exists()


def _repeats(connection: Connection, call: Request, event: Event) -> bool:
    """Fold into an equal event that nobody has acted on yet.

    One that was acted on is no reason to drop this: the thing may have changed since.
    """
    return bool(
        WebhookEvent.everywhere.filter(
            connection=connection,
            fingerprint=_fingerprint(call, event),
            received_at__gte=timezone.now() - SAME_WITHIN,
            state=EventState.RECEIVED,
        ).update(repeats=F("repeats") + 1)
    )


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
