"""When a route writes differently than before, all it has linked is owed once more;
what comes out equal ends without a call."""

from __future__ import annotations

from django.utils import timezone

from integration.engine import maps
from integration.engine.owe import Owed, plan
from integration.models import Link, Policy, Priority, Route

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
    """Everything the target already has; an order is never sent for this."""
    if route.policy == Policy.OVERWRITE:
        linked = Link.everywhere.filter(
            connection=route.target, kind=route.kind, gone_at=None
        ).values_list("record_id", flat=True)
        record_ids = list(linked)
        for begin in range(0, len(record_ids), SLICE):
            plan(
                Owed(
                    route=route,
                    record_ids=record_ids[begin : begin + SLICE],
                    priority=Priority.FULL,
                    cause="mapping_changed",
                    now=timezone.now(),
                )
            )
    Route.everywhere.filter(pk=route.pk).update(map_digest=digest)
