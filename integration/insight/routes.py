"""Routes as lists show them: their last look, what is open, which pairs are owed.

A fixed number of statements, however many routes a merchant has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, Max
from django.utils import timezone

from integration.canonical.kinds import PARTS, RANK, Kind
from integration.contract import registry
from integration.contract.connector import Stream
from integration.engine import pairs
from integration.models import Route, Run, RunState, Tenant
from synclog.models import ErrorState, SyncError

# Runs that ended well are kept for seven days.
LOOK_BACK = timedelta(days=8)
OVER = (RunState.SETTLING, RunState.DONE, RunState.FAILED)
# Things looked at for words on a list; a route's own page looks at more.
A_FEW = 200


class Line(NamedTuple):
    """One route: its last look that has ended, errors open now, pairs owed."""

    route: Route
    last: Run | None
    errors: int
    owed: int

    @property
    def well(self) -> int:
        """Rows of the last look that did not fail."""
        return self.last.read - self.last.failed if self.last else 0


def mine(tenant: Tenant) -> list[Route]:
    """A merchant's routes in the order things travel, with both ends and the plan."""
    found = Route.objects.for_tenant(tenant).select_related(
        "source", "target", "tenant__plan"
    )
    return sorted(found, key=lambda route: (RANK[Kind(route.kind)], route.pk))


def lines(tenant: Tenant) -> list[Line]:
    """Every route of a merchant, in four statements and one for the plan's pace."""
    routes = mine(tenant)
    last, wrong = _last(tenant, routes), _wrong(tenant)
    due = dict(_owed(routes))
    return [
        Line(
            route,
            _newest(last, route),
            sum(wrong[end, kind] for end, kinds in _ends(route) for kind in kinds),
            due.get(route.pk, 0),
        )
        for route in routes
    ]


def line(route: Route) -> Line:
    """One route as its own page shows it."""
    tenant = route.tenant
    wrong = _wrong(tenant)
    errors = sum(wrong[end, kind] for end, kinds in _ends(route) for kind in kinds)
    owing = sum(word.owed for word in pairs.words(route))
    return Line(route, _newest(_last(tenant, [route]), route), errors, owing)


def owed(tenant: Tenant) -> list[tuple[Route, int]]:
    """The routes that are on and wait for pairs, and how many words each waits for;
    two statements."""
    routes = {route.pk: route for route in mine(tenant) if route.enabled}
    return [
        (routes[key], count) for key, count in _owed(list(routes.values())) if count
    ]


def streams(route: Route) -> Sequence[Stream]:
    """The lists of the source that bring what a route carries; none where its platform
    is not installed."""
    connector = registry.connectors().get(route.source.platform)
    return connector.streams_of(Kind(route.kind)) if connector else ()


def _owed(routes: Sequence[Route]) -> list[tuple[int, int]]:
    known = [each for each in routes if each.target.platform in registry.connectors()]
    shown = pairs.latest(known, A_FEW)
    return [
        (route.pk, sum(word.owed for word in pairs.words(route, shown[route.pk])))
        for route in known
        if route.pk in shown
    ]


def _last(tenant: Tenant, routes: Sequence[Route]) -> Mapping[tuple[int, str], Run]:
    """The last read of each list that has ended, by connection and list."""
    runs = Run.objects.for_tenant(tenant)
    newest = (
        runs.filter(
            connection__in={route.source_id for route in routes},
            state__in=OVER,
            created_at__gte=timezone.now() - LOOK_BACK,
        )
        .order_by()
        .values("connection", "stream")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    found = runs.filter(pk__in=newest).defer("selection", "resume")
    return {(run.connection_id, run.stream): run for run in found}


def _newest(last: Mapping[tuple[int, str], Run], route: Route) -> Run | None:
    found = [
        last[route.source_id, stream.key]
        for stream in streams(route)
        if (route.source_id, stream.key) in last
    ]
    return max(found, key=lambda run: run.pk, default=None)


def _wrong(tenant: Tenant) -> Counter[tuple[int, str]]:
    """Open errors by connection and kind."""
    errors = SyncError.objects.for_tenant(tenant).filter(state=ErrorState.OPEN)
    rows = errors.order_by().values_list("connection", "kind").annotate(Count("pk"))
    return Counter({(connection, kind): count for connection, kind, count in rows})


def _ends(route: Route) -> list[tuple[int, set[str]]]:
    """Where errors of a route are told: its source about what it reads, its target
    about what it writes, and parts with their whole."""
    return [
        (end, {kind, *(part for part, whole in PARTS.items() if whole == kind)})
        for end, kind in (
            (route.source_id, route.kind),
            (route.target_id, route.writes),
        )
    ]
