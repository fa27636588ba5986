"""Webhooks become reads: events of one list are gathered into one run.

A body is never used as data; the platform is asked what is true now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integration.contract import registry
from integration.contract.messages import Changed, Selection, These
from integration.engine.select import AT_ONCE
from integration.engine.selection import ask
from integration.models import (
    Connection,
    EventState,
    Lease,
    Priority,
    Run,
    RunState,
    WebhookEvent,
)
from integration.models.connection import STOPPED
from synclog.models import SyncError

# Events looked at in one go.
SLICE = 500
# A row of hits without ids is told within this time of the first.
HITS_GATHER = timedelta(seconds=30)


def act() -> int:
    """Turn what has been received into runs; how many events were acted on.

    While somebody talks to a connection its events gather: nobody else could read them,
    and one by one they would be as many reads. Whoever gives its lease back looks here.
    """
    busy = Lease.objects.filter(until__gt=timezone.now()).values("connection")
    waiting = list(
        WebhookEvent.everywhere.filter(state=EventState.RECEIVED)
        .exclude(connection__health__in=STOPPED)
        .exclude(connection__in=busy)
        .order_by("received_at")
        .values_list("pk", "connection", "stream", "ids")[:SLICE]
    )
    gathered: dict[tuple[int, str], dict[str, list[int]]] = defaultdict(dict)
    hits: dict[tuple[int, str], set[int]] = defaultdict(set)
    for pk, connection_id, stream, ids in waiting:
        if not ids:
            hits[(connection_id, stream)].add(pk)
        for external_id in ids:
            gathered[(connection_id, stream)].setdefault(external_id, []).append(pk)
    for (connection_id, stream), events in gathered.items():
        _named(Connection.everywhere.get(pk=connection_id), stream, events)
    for (connection_id, stream), pks in hits.items():
        _hit(Connection.everywhere.get(pk=connection_id), stream, pks)
    return len(waiting)


def waiting() -> bool:
    """Whether something was received and not acted on."""
    return WebhookEvent.everywhere.filter(state=EventState.RECEIVED).exists()


def _hit(connection: Connection, key: str, pks: set[int]) -> None:
    """Something of a list changed, nobody says what: look what is new in it and in the
    lists of its parts. It waits a little, so that a row of hits is one look."""
    streams = registry.connector(connection.platform).streams
    stream = next((each for each in streams if each.key == key), None)
    if stream is None:
        WebhookEvent.everywhere.filter(pk__in=pks).update(
            state=EventState.IGNORED, reason="Weft reads no such list."
        )
        return
    for part in stream.parts:
        if part != key:
            _ask(connection, part, Changed(), HITS_GATHER)
    with transaction.atomic():
        mine = WebhookEvent.everywhere.filter(pk__in=pks, state=EventState.RECEIVED)
        if mine.exists():
            run = _ask(connection, key, Changed(), HITS_GATHER)
            mine.update(state=EventState.TRIGGERED, run=run)


def _named(
    connection: Connection, stream: str, events: Mapping[str, Sequence[int]]
) -> None:
    """Ask for all ids that these events name; one that names many may need several
    reads, and is about the last of them."""
    with transaction.atomic():
        every = {pk for pks in events.values() for pk in pks}
        waiting = WebhookEvent.everywhere.filter(
            pk__in=every, state=EventState.RECEIVED
        )
        mine = set(waiting.values_list("pk", flat=True))
        names = [name for name, pks in events.items() if mine.intersection(pks)]
        for begin in range(0, len(names), AT_ONCE):
            chosen = names[begin : begin + AT_ONCE]
            run = _ask(connection, stream, These(tuple(chosen)))
            told = {pk for name in chosen for pk in events[name]} & mine
            WebhookEvent.everywhere.filter(pk__in=told).update(
                state=EventState.TRIGGERED, run=run
            )


def _ask(
    connection: Connection,
    stream: str,
    selection: Selection,
    delay: timedelta = timedelta(0),
) -> Run:
    return ask(
        connection,
        stream,
        selection,
        cause="webhook",
        priority=Priority.WEBHOOK,
        delay=delay,
    )[0]


def close() -> int:
    """Note what became of the reads that events led to; how many are settled."""
    led = WebhookEvent.everywhere.filter(state=EventState.TRIGGERED)
    failed = Q(run__state__in=(RunState.FAILED, RunState.CANCELLED))
    ended = led.filter(run__state=RunState.DONE)
    count = 0
    for event in ended.select_related("run")[:SLICE]:
        count += _settle(event)
    lost = led.filter(failed | Q(run=None)).values_list("pk", flat=True)
    count += WebhookEvent.everywhere.filter(pk__in=list(lost)).update(
        state=EventState.FAILED, reason="The read it led to failed."
    )
    return count


def _settle(event: WebhookEvent) -> int:
    run: Run | None = event.run
    again = Run.everywhere.filter(
        connection=event.connection,
        stream=event.stream,
        wait_reason="not_found_yet",
        state__in=(RunState.QUEUED, RunState.RUNNING),
        created_at__gte=event.received_at,
    )
    if again.exists():
        return 0
    state, reason = EventState.PROCESSED, ""
    if run is not None and run.skipped and run.read == run.skipped:
        state, reason = EventState.IGNORED, "Nothing of it is to be found there."
    refused = SyncError.everywhere.filter(
        connection=event.connection, external_id__in=event.ids, state="open"
    )
    if refused.exists():
        state, reason = EventState.FAILED, "It has an open error."
    return WebhookEvent.everywhere.filter(
        pk=event.pk, state=EventState.TRIGGERED
    ).update(state=state, reason=reason)
