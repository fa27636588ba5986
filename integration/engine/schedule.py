"""Which lists are due: as routes ask, nightly, and a daily look for drift."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from integration.contract import registry
from integration.contract.connector import TIME_MARK, CursorType, Stream
from integration.contract.messages import Again, Changed, Everything
from integration.engine import maps
from integration.engine.selection import ask
from integration.models import Connection, Cursor, Route

# Seconds between two looks at what people changed where we only write.
WATCH = 86_400


class Due(NamedTuple):
    """How often one list of one connection is read; `watch`: only to notice drift."""

    every: int
    watch: bool = False


def ask_due_reads(now: datetime) -> None:
    """Ask for every read whose time has come, on every usable connection."""
    usable = Connection.everywhere.get_queryset().usable()  # type: ignore[attr-defined]
    out: dict[int, set[tuple[str, int]]] = defaultdict(set)
    into: dict[int, set[str]] = defaultdict(set)
    for route in Route.everywhere.filter(enabled=True):
        out[route.source_id].add((route.kind, route.every))
        into[route.target_id].add(route.kind)
    cursors = {
        (cursor.connection_id, cursor.stream): cursor
        for cursor in Cursor.everywhere.filter(connection__in=usable)
    }
    for connection in usable:
        for stream in registry.connector(connection.platform).streams:
            due = cadence(stream, out[connection.pk], into[connection.pk])
            if due.every:
                cursor = cursors.get((connection.pk, stream.key))
                _ask(connection, stream, cursor or _begin(connection, stream), due, now)


def cadence(stream: Stream, out: set[tuple[str, int]], into: set[str]) -> Due:
    """The most hurried route's pace, else the stream's own, else that of watching."""
    wanted = [every for kind, every in out if kind in stream.kinds]
    if wanted or stream.read_every:
        return Due(min(wanted, default=stream.read_every))
    if into & set(stream.kinds) and stream.cursor == CursorType.TIME:
        return Due(WATCH, watch=True)
    return Due(0)


def _begin(connection: Connection, stream: Stream) -> Cursor:
    cursor, _ = Cursor.everywhere.get_or_create(
        tenant_id=connection.tenant_id, connection=connection, stream=stream.key
    )
    return cursor


def _ask(
    connection: Connection, stream: Stream, cursor: Cursor, due: Due, now: datetime
) -> None:
    mine = Cursor.everywhere.filter(pk=cursor.pk)
    if due.watch and not cursor.value:
        # What was there before us is not our business: watch from now on.
        mine.update(value=now.strftime(TIME_MARK), asked_at=now)
        return
    if stream.full_every and _passed(cursor.full_asked_at, stream.full_every, now):
        # The first read is a full one anyway: the night's comes a period later.
        if cursor.full_asked_at is not None:
            ask(connection, stream.key, Everything(), cause="schedule")
        mine.update(full_asked_at=now)
    if _passed(cursor.asked_at, due.every, now):
        ask(connection, stream.key, Changed(), cause="schedule")
        mine.update(asked_at=now)
    _map_again(connection, stream, cursor)


def _map_again(connection: Connection, stream: Stream, cursor: Cursor) -> None:
    """Another map than when the clock last looked: what is stored is mapped anew."""
    digest = maps.reading(connection, stream).digest
    if cursor.map_digest is not None and bytes(cursor.map_digest) == digest:
        return
    if cursor.map_digest is not None:
        ask(connection, stream.key, Again(), cause="mapping_changed")
    Cursor.everywhere.filter(pk=cursor.pk).update(map_digest=digest)


def _passed(last: datetime | None, every: int, now: datetime) -> bool:
    return last is None or last + timedelta(seconds=every) <= now
