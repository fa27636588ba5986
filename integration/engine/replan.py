"""When a route writes differently than before, all it has linked is owed once more;
what comes out equal ends without a call."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max, QuerySet
from django.utils import timezone

from integration.engine import maps
from integration.engine.filters import fitting
from integration.engine.ladder import MAY_EXIST
from integration.engine.owe import Owed, plan, unlinked
from integration.models import (
    Delivery,
    DeliveryState,
    Link,
    Policy,
    Priority,
    Route,
)
from integration.models.delivery import OPEN_DELIVERIES

# Records planned at once.
SLICE = 500


def changed_maps() -> int:
    """Replan the routes whose map, filters or policy changed; how many those were."""
    replanned = 0
    routes = Route.everywhere.filter(enabled=True).select_related("target", "source")
    for route in routes:
        try:
            digest = maps.route_digest(route)
        except KeyError:
            continue
        if route.map_digest is None:
            Route.everywhere.filter(pk=route.pk).update(map_digest=digest)
        elif bytes(route.map_digest) != digest:
            _replan(route, digest)
            replanned += 1
    return replanned


def _replan(route: Route, digest: bytes) -> None:
    """Everything that fits and the target already has; an order is never sent for
    this."""
    if route.policy == Policy.OVERWRITE:
        linked = Link.everywhere.filter(
            connection=route.target, kind=route.writes, gone_at=None
        ).values_list("record_id", flat=True)
        record_ids = list(linked)
        for begin in range(0, len(record_ids), SLICE):
            plan(
                Owed(
                    route=route,
                    record_ids=fitting(route, record_ids[begin : begin + SLICE]),
                    priority=Priority.FULL,
                    cause="mapping_changed",
                    now=timezone.now(),
                )
            )
    retry_refused(route)
    Route.everywhere.filter(pk=route.pk).update(map_digest=digest)


def of_records(tenant_id: int, record_ids: Sequence[int], cause: str) -> int:
    """Plan at once what the routes in force owe of these records; how many deliveries
    that concerns. What a route only creates or links is owed where it is not there."""
    planned = 0
    routes = Route.everywhere.filter(tenant=tenant_id, enabled=True)
    for route in routes.select_related("target", "source"):
        here = Link.everywhere.filter(
            connection=route.source, kind=route.kind, record__in=record_ids
        )
        shown = here.filter(gone_at=None).values_list("record_id", flat=True)
        wanted = fitting(route, list(shown))
        if route.policy != Policy.OVERWRITE:
            wanted = unlinked(route, wanted)
        if wanted:
            planned += plan(
                Owed(
                    route=route,
                    record_ids=wanted,
                    priority=Priority.MANUAL,
                    cause=cause,
                    now=timezone.now(),
                )
            )
    return planned


def retry_refused(route: Route) -> int:
    """What the target refused may be taken now, and what was given up: due at once;
    how many those are.

    One that may have been done already stays for a person, and so does one on hold.
    """
    of_route = Delivery.everywhere.filter(route=route)
    again = of_route.filter(state=DeliveryState.REFUSED).exclude(code=MAY_EXIST)
    due = {
        "state": DeliveryState.PLANNED,
        "not_before": timezone.now(),
        "attempts": 0,
        "wait_reason": "",
    }
    return again.update(**due) + _given_up(of_route).update(ended_at=None, **due)


def _given_up(of_route: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """The last of each record that nothing open stands for; none whose outcome was
    never known."""
    standing = of_route.filter(state__in=OPEN_DELIVERIES).values("record")
    lost = of_route.filter(state=DeliveryState.GAVE_UP, frozen=None)
    last = lost.exclude(record__in=standing).values("record").annotate(Max("pk"))
    return of_route.filter(pk__in=list(last.values_list("pk__max", flat=True)))
