"""The tick: finds what is due by time, what was left behind, and what has changed.

Harmless to run twice or never; the next one finds the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from integration.engine import (
    crashes,
    full,
    inbox,
    lease,
    replan,
    scarce,
    schedule,
    setback,
)
from integration.models import Delivery, DeliveryState, Run, RunState
from synclog import alerts, happened, journal

# A full read that stands still this long without a reason is failed, so that the
# button never stays dead.
STALLED = timedelta(minutes=30)


def tick() -> None:
    """One look at everything the clock is responsible for."""
    now = timezone.now()
    lease.release_dead()
    crashes.recover()
    inbox.act()
    inbox.close()
    schedule.ask_due_reads(now)
    _retry_refused(now)
    _tell_parked()
    replan.changed_maps()
    full.settle(
        Run.everywhere.filter(state=RunState.SETTLING).values_list("pk", flat=True)
    )
    _fail_stalled(now)
    alerts.plan_notices(now)
    scarce.tell(now)


def _retry_refused(now: datetime) -> None:
    """Refused sales whose ladder says it is time."""
    Delivery.everywhere.filter(
        state=DeliveryState.REFUSED, wait_reason="retry", not_before__lte=now
    ).update(state=DeliveryState.PLANNED)


def _tell_parked() -> None:
    """What took its worker with it three times is put before a person."""
    parked = Delivery.everywhere.filter(
        state=DeliveryState.PARKED, code=""
    ).select_related("route__target", "record")
    for delivery in parked[:100]:
        problem = setback.parked(delivery)
        journal.open_problems(delivery.route.target, [problem])
        Delivery.everywhere.filter(pk=delivery.pk).update(
            code=problem.code, message=problem.message
        )


def _fail_stalled(now: datetime) -> None:
    """Full reads nothing has happened to for long, and nobody waits for."""
    failed = Run.everywhere.filter(
        Q(progress_at__lt=now - STALLED),
        everything=True,
        state=RunState.RUNNING,
        fence=None,
        wait_reason="",
        not_before__lt=now - STALLED,
    ).update(
        state=RunState.FAILED, ended_at=now, message="Nothing happened for 30 minutes."
    )
    if failed:
        over = Run.everywhere.filter(state=RunState.FAILED, ended_at=now)
        happened.runs_ended(list(over), now)
