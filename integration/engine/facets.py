"""What belongs to a thing that has just been linked on a target, its stock and prices,
its payments: owed now that it has a place to go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from integration.canonical.kinds import BELONGS_TO, FACETS
from integration.engine.draft import Draft
from integration.engine.filters import fitting
from integration.engine.owe import Owed, plan, unlinked
from integration.models import Connection, Delivery, Link, Record, Route
from integration.models.delivery import OPEN_DELIVERIES

if TYPE_CHECKING:
    from integration.engine.push import Batch


def owe(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Plan the facets of newly linked things that no delivery is on its way for."""
    fresh = [draft.delivery.record_id for draft in drafts if draft.there is None]
    if fresh and batch.kind not in FACETS:
        owe_of(batch.route.target, fresh, drafts[0].delivery.priority)


def owe_of(target: Connection, record_ids: Sequence[int], priority: int) -> None:
    """As `owe`, for things that `target` has from now on, whoever linked them.

    To be called where the tenant's row is locked.
    """
    owners = list(
        Record.everywhere.filter(
            Q(pk__in=record_ids) | Q(parent__in=record_ids)
        ).values_list("pk", flat=True)
    )
    routes = Route.everywhere.filter(
        target=target, kind__in={*FACETS, *BELONGS_TO}, enabled=True
    ).select_related("target", "source")
    for route in routes:
        plan(
            Owed(
                route=route,
                record_ids=_unplanned(route, owners),
                priority=priority,
                cause="linked",
                now=timezone.now(),
            )
        )


def _unplanned(route: Route, record_ids: Sequence[int]) -> list[int]:
    here = Link.everywhere.filter(
        connection=route.source, kind=route.kind, record__in=record_ids, gone_at=None
    )
    open_now = Delivery.everywhere.filter(
        route=route, record__in=record_ids, state__in=OPEN_DELIVERIES
    )
    found = list(
        here.exclude(record__in=open_now.values("record")).values_list(
            "record_id", flat=True
        )
    )
    fit = fitting(route, found)
    # A facet's link is its owner's; anything else is made once.
    return fit if route.kind in FACETS else unlinked(route, fit)
