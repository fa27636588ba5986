"""The pre-flight: reads what both ends of a new connection's routes have, writing
nothing, and tells what the first sync would cost.

The routes are still switched off, so the reads owe nothing to anybody; what they bring
is what the first sync would have read anyway, so they cost nothing twice. Of sales the
last few days are looked at, to know the words they use: sales made before the start
stay unsent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.models import User
from django.utils import timezone

from integration.canonical.kinds import FACETS, PARTS, SALES, Kind, owner_kind
from integration.contract import registry
from integration.contract.connector import TIME_MARK, CursorType, Stream
from integration.contract.messages import Changed, Everything, Selection
from integration.engine import cost, lookups, schedule, selection, session
from integration.engine.cost import Estimate
from integration.engine.schedule import Wanted
from integration.engine.setting_up import routes_of
from integration.http.limits import LONG, Limit
from integration.models import (
    Connection,
    Cursor,
    Link,
    Policy,
    Route,
    Run,
    Sighting,
)
from integration.models.run import ACTIVE_RUNS
from synclog import journal

CAUSE = "preflight"
# Days of sales that are looked at.
SAMPLE = timedelta(days=7)
MONTH = timedelta(days=30)


class Look(NamedTuple):
    """One list that is to be read, and how."""

    connection: Connection
    stream: Stream
    selection: Selection


class Bill(NamedTuple):
    """Calls on one connection: to write at the start, in a month of looking, and what
    it allows. `tight` where a month of looking needs more than that."""

    connection: Connection
    start: int
    month: int
    limit: Limit | None
    tight: bool


def looks(connection: Connection) -> list[Look]:
    """The lists of both ends that nobody has read yet."""
    found: dict[tuple[int, str], Look] = {}
    for route in routes_of(connection):
        for end, kinds in ((route.source, _read(route)), (route.target, _met(route))):
            for stream in _streams(end, kinds):
                look = _look(end, stream)
                if look is not None:
                    found.setdefault((end.pk, stream.key), look)
    done = _begun(connection.tenant_id, found)
    return [look for place, look in found.items() if place not in done]


def expected(wanted: Iterable[Look]) -> Estimate:
    """What these reads cost."""
    return cost.together(
        [
            cost.of_streams(look.connection, [look.stream], look.selection)
            for look in wanted
        ]
    )


def begin(connection: Connection, user: User | None) -> list[Run]:
    """Ask for all that was not read yet; the runs."""
    wanted = looks(connection)
    ends = {look.connection.pk: look.connection for look in wanted}
    runs = [run for end in ends.values() for run in lookups.first_read(end)]
    now = timezone.now()
    for look in wanted:
        full = isinstance(look.selection, Everything)
        asked = {"asked_at": now, **({"full_asked_at": now} if full else {})}
        # The clock need not ask for the same list on the same day.
        Cursor.objects.for_tenant(connection.tenant_id).update_or_create(
            tenant_id=connection.tenant_id,
            connection=look.connection,
            stream=look.stream.key,
            defaults=asked,
        )
        run, _ = selection.ask(
            look.connection, look.stream.key, look.selection, cause=CAUSE
        )
        runs.append(run)
    journal.audit(connection.tenant_id, "preflight", str(connection), user=user)
    return runs


def runs(connection: Connection) -> list[Run]:
    """The reads of the pre-flight, the latest of each list, on both ends."""
    ends = {connection.pk}
    for route in routes_of(connection):
        ends |= {route.source_id, route.target_id}
    mine = Run.objects.for_tenant(connection.tenant_id).filter(
        connection__in=ends, cause=CAUSE
    )
    latest: dict[tuple[int, str], Run] = {}
    for run in mine.select_related("connection").order_by("pk"):
        latest[(run.connection_id, run.stream)] = run
    return list(latest.values())


def reading(found: Sequence[Run]) -> bool:
    """Whether one of them still reads."""
    return any(run.state in ACTIVE_RUNS and run.state != "settling" for run in found)


def bills(connection: Connection) -> list[Bill]:
    """What the routes of a connection cost on each end."""
    touching = list(routes_of(connection))
    ends = {end.pk: end for route in touching for end in (route.source, route.target)}
    return [_bill(end, touching) for end in ends.values()]


def _bill(end: Connection, touching: Sequence[Route]) -> Bill:
    writes = [_writes(route) for route in touching if route.target_id == end.pk]
    month = _month(end, touching)
    connector = registry.connector(end.platform)
    long = [
        limit
        for limit in session.limits_of(connector, end.settings)
        if limit.seconds >= LONG
    ]
    limit = max(long, key=lambda each: each.seconds, default=None)
    allowed = limit.calls * (MONTH.total_seconds() / limit.seconds) if limit else 0
    return Bill(end, sum(writes), month, limit, bool(limit) and month > allowed)


def _writes(route: Route) -> int:
    """Calls to bring what is there already; sales go one by one as they are made."""
    if Kind(route.kind) in SALES or route.policy == Policy.LINK_ONLY:
        return 0
    live = Link.objects.for_tenant(route.tenant_id).filter(
        connection=route.source, kind=route.kind, gone_at=None
    )
    writes = registry.connector(route.target.platform).writes.get(Kind(route.writes))
    return math.ceil(live.count() / max(1, writes.batch if writes else 1))


def _month(end: Connection, touching: Sequence[Route]) -> int:
    """Calls a month to look for changes, for daily full reads and for the rotation."""
    mine = {
        (route.kind, schedule.pace(route))
        for route in touching
        if route.source_id == end.pk
    }
    into = {route.writes for route in touching if route.target_id == end.pk}
    connector = registry.connector(end.platform)
    total = 0.0
    for stream in connector.streams:
        due = schedule.cadence(connector, stream, Wanted(mine, into))
        if due.every:
            each = cost.of_streams(end, [stream], Changed()).calls
            total += MONTH.total_seconds() / due.every * each
        if due.every and stream.full_every and not due.watch:
            each = cost.of_streams(end, [stream], Everything()).calls
            total += MONTH.total_seconds() / stream.full_every * each
    if mine and end.rotate_every:
        total += MONTH.total_seconds() / end.rotate_every
    return round(total)


def _read(route: Route) -> set[Kind]:
    return {Kind(route.kind)}


def _met(route: Route) -> set[Kind]:
    """What of the target is compared: goods and people, never its sales."""
    kind = owner_kind(Kind(route.kind))
    return set() if kind in SALES or Kind(route.kind) in FACETS else {kind}


def _streams(end: Connection, kinds: set[Kind]) -> list[Stream]:
    connector = registry.connector(end.platform)
    if connector.reader is None:
        return []
    wanted = {PARTS.get(kind, kind) for kind in kinds} | kinds
    found = [stream for stream in connector.streams if wanted & set(stream.kinds)]
    parts = [part for kind in kinds for part in connector.parts_of(kind)]
    # Those that complete the others come first, as on a first sync.
    return [each for each in dict.fromkeys([*parts, *found]) if not each.lookup]


def _look(end: Connection, stream: Stream) -> Look | None:
    if stream.main not in SALES:
        return Look(end, stream, Everything())
    if stream.cursor != CursorType.TIME:
        return None
    return Look(end, stream, Changed((timezone.now() - SAMPLE).strftime(TIME_MARK)))


def _begun(tenant_id: int, wanted: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Lists that were read, or asked for, already."""
    keys = {key for key, _ in wanted}
    streams = {stream for _, stream in wanted}
    places = {"connection__in": keys, "stream__in": streams}
    read = Sighting.objects.for_tenant(tenant_id)
    asked = (
        Run.objects.for_tenant(tenant_id)
        .filter(**places)
        .exclude(state__in=("failed", "cancelled"))
    )
    whole = asked.filter(selection__type__in=("Changed", "Everything"))
    found = set(whole.order_by().values_list("connection_id", "stream").distinct())
    for key, stream in set(wanted) - found:
        if read.filter(connection=key, stream=stream).exists():
            found.add((key, stream))
    return found
