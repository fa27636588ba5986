"""Counts a full sync down and stamps its log once, after the last item it owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from integration.engine.ladder import TELL_AFTER
from integration.engine.session import stream_of
from integration.models import Delivery, DeliveryState, Route, Run, RunState, RunTarget
from integration.models.delivery import STUCK_DELIVERIES
from integration.models.run import ACTIVE_RUNS
from synclog import happened, journal

# Over for a full sync: ended, or first given an open error; later tries are partial
# syncs, so a full sync always ends.
_ENDED = Q(state__in=(DeliveryState.DONE, DeliveryState.CLOSED))
_FAILED = (
    Q(state__in=STUCK_DELIVERIES)
    | Q(state=DeliveryState.BLOCKED, waits_for__state__in=STUCK_DELIVERIES)
    | Q(attempts__gte=TELL_AFTER)
) & ~_ENDED


def settle(run_ids: Iterable[int]) -> int:
    """End those of the runs that owe nothing more; how many ended just now."""
    settling = Run.everywhere.filter(pk__in=list(run_ids), state=RunState.SETTLING)
    return sum(_settle(run) for run in settling.select_related("connection"))


def count_down(deliveries: Iterable[Delivery]) -> None:
    """Look whether a full sync these belong to has just ended."""
    runs = {delivery.run_id for delivery in deliveries if delivery.run_id}
    if runs:
        settle(runs)


def _settle(run: Run) -> bool:
    """Recounted from the rows each time: counters are shown, not trusted."""
    if run.children.filter(state__in=ACTIVE_RUNS).exists():
        return False
    counted = list(
        Delivery.everywhere.filter(run=run)
        .values("route")
        .annotate(
            owed=Count("pk"),
            done=Count("pk", filter=_ENDED),
            failed=Count("pk", filter=_FAILED),
        )
    )
    _show(run, counted)
    if any(row["owed"] > row["done"] + row["failed"] for row in counted):
        return False
    now = timezone.now()
    with transaction.atomic():
        ended = Run.everywhere.filter(pk=run.pk, state=RunState.SETTLING).update(
            state=RunState.DONE, ended_at=now
        )
        if ended:
            _stamp(run)
            happened.runs_ended([run], now)
    return bool(ended)


def _show(run: Run, counted: Sequence[Mapping[str, Any]]) -> None:
    RunTarget.everywhere.bulk_create(
        [
            RunTarget(
                tenant_id=run.tenant_id,
                run=run,
                route_id=row["route"],
                owed=row["owed"],
                done=row["done"],
                failed=row["failed"],
            )
            for row in counted
        ],
        update_conflicts=True,
        unique_fields=["run", "route"],
        update_fields=["owed", "done", "failed"],
    )


def _stamp(run: Run) -> None:
    """The full sync of each kind into each target is done, with the time it began."""
    at = run.started_at or timezone.now()
    routes = Route.everywhere.filter(targets_of(run), enabled=True)
    for route in routes.select_related("target"):
        journal.full_stamped(route.target, route.kind, at)
        journal.full_stamped(run.connection, route.kind, at)


def targets_of(run: Run) -> Q:
    """Which routes a full read serves."""
    stream = stream_of(run)
    chosen = Q(source=run.connection, kind__in=stream.kinds)
    return chosen & Q(target=run.limit_to_id) if run.limit_to_id else chosen
