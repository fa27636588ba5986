"""Picks the best due work of all tenants and takes the lease it needs."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from integration.engine import crashes, lease, setback
from integration.engine.lease import Held
from integration.models import Connection, Delivery, Lease, Run, RunState
from integration.models.delivery import DUE_DELIVERIES
from integration.models.run import CLAIMABLE_RUNS

# Every eighth claim takes what has been due for longest, so that nothing starves.
FAIR = 8
CANDIDATES = 8

_claims = itertools.count(1)


class Claim(NamedTuple):
    """A run to read on, or the first delivery of a batch, and the lease for it."""

    work: Run | Delivery
    held: Held


def claim() -> Claim | None:
    """The next piece of work, or None where nothing is due."""
    fair = next(_claims) % FAIR == 0
    for work in _candidates(fair):
        connection = work.connection if isinstance(work, Run) else work.route.target
        held = lease.take(connection)
        if held is None:
            continue
        if isinstance(work, Delivery) or _start(work, held):
            return Claim(work, held)
        lease.give_back(held)
    return None


def something_due() -> bool:
    """Whether a worker would find anything to do."""
    runs, deliveries = due()
    return runs.exists() or deliveries.exists()


def _candidates(fair: bool) -> list[Run | Delivery]:
    order = ("not_before", "pk") if fair else ("priority", "not_before", "pk")
    ranked = ("not_before", "pk") if fair else ("priority", "rank", "not_before", "pk")
    runs, deliveries = due()
    found: list[Run | Delivery] = [
        *runs.select_related("connection__tenant").order_by(*order)[:CANDIDATES],
        *deliveries.select_related(
            "route", "route__target__tenant", "route__source", "record"
        ).order_by(*ranked)[:CANDIDATES],
    ]
    if fair:
        return sorted(found, key=lambda work: work.not_before)
    return sorted(found, key=lambda work: (work.priority, work.not_before))


def due() -> tuple[QuerySet[Run], QuerySet[Delivery]]:
    """The runs and deliveries that a worker could take in hand now."""
    now = timezone.now()
    usable = Connection.everywhere.get_queryset().usable()  # type: ignore[attr-defined]
    free = usable.exclude(
        pk__in=Lease.objects.filter(until__gt=now).values("connection")
    )
    runs = Run.everywhere.filter(
        state__in=CLAIMABLE_RUNS, not_before__lte=now, connection__in=free
    )
    deliveries = Delivery.everywhere.filter(
        Q(route__enabled=True),
        state__in=DUE_DELIVERIES,
        not_before__lte=now,
        route__target__in=free,
    )
    return runs, deliveries


def fault(claimed: Claim, error: Exception) -> None:
    """A fault of ours in this work: three tries, then it is put aside with an error."""
    if isinstance(claimed.work, Run):
        setback.fault_of_run(claimed.work, claimed.held, error)
    else:
        crashes.set_aside(claimed.held.connection_id, claimed.held.fence + 1)
        setback.fault_of_delivery(claimed.work, error)


def _start(run: Run, held: Held) -> bool:
    """Mark a run as in hand, unless it ended meanwhile."""
    taken = Run.everywhere.filter(pk=run.pk, state__in=CLAIMABLE_RUNS).update(
        state=RunState.RUNNING, fence=held.fence
    )
    run.refresh_from_db()
    run.fence = held.fence
    return bool(taken)
