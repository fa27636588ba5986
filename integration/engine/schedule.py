"""Which lists are due: as routes ask and plans allow, nightly, a daily look for drift,
and what was not seen for longest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from integration.contract import registry
from integration.contract.connector import TIME_MARK, Connector, CursorType, Stream
from integration.contract.messages import Again, Changed, Everything
from integration.engine import maps, rotation
from integration.engine.selection import ask
from integration.models import Connection, Cursor, Route

# Seconds between two looks at what people changed where we only write.
WATCH = 86_400


class Due(NamedTuple):
    """How often one list of one connection is read; `watch`: only to notice drift."""

    every: int
    watch: bool = False


class Wanted(NamedTuple):
    """What the routes of one connection ask for: (kind, pace) of those that begin
    there, kinds of those that end there."""

    out: set[tuple[str, int]]
    into: set[str]


def pace(route: Route) -> int:
    """Seconds between two looks for a route: its own, unless the merchant's plan is
    slower. Wants `tenant__plan` along."""
    plan = route.tenant.plan
    return max(route.every, plan.shortest_every) if plan else route.every


def wanted(routes: Iterable[Route]) -> dict[int, Wanted]:
    """What these routes ask for, by connection."""
    found: dict[int, Wanted] = defaultdict(lambda: Wanted(set(), set()))
    for route in routes:
        found[route.source_id].out.add((route.kind, pace(route)))
        found[route.target_id].into.add(route.writes)
    return found


def enabled() -> QuerySet[Route]:
    """The routes at work, with what their pace depends on."""
    return Route.everywhere.filter(enabled=True).select_related("tenant__plan")


def ask_due_reads(now: datetime) -> None:
    """Ask for every read whose time has come, on every usable connection."""
    usable = Connection.everywhere.get_queryset().usable()  # type: ignore[attr-defined]
    asked = wanted(enabled())
    cursors: dict[int, dict[str, Cursor]] = defaultdict(dict)
    for cursor in Cursor.everywhere.filter(connection__in=usable):
        cursors[cursor.connection_id][cursor.stream] = cursor
    for connection in usable:
        connector = registry.connector(connection.platform)
        known = cursors[connection.pk]
        for stream in connector.streams:
            due = cadence(connector, stream, asked[connection.pk])
            if due.every:
                cursor = known.get(stream.key) or _begin(connection, stream)
                known[stream.key] = cursor
                _ask(connection, stream, cursor, due, now)
        kinds = {kind for kind, _ in asked[connection.pk].out}
        rotation.ask_due(connection, rotation.turning(connector, kinds), known, now)


def cadence(connector: Connector, stream: Stream, asked: Wanted) -> Due:
    """The most hurried route's pace, else the stream's own, else that of watching.

    Parts come at the pace of what they are parts of.
    """
    kinds = set((connector.whole_of(stream) or stream).kinds)
    paces = [every for kind, every in asked.out if kind in kinds]
    if paces or stream.read_every:
        return Due(min(paces, default=stream.read_every))
    if asked.into & kinds and stream.cursor == CursorType.TIME:
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
