"""Time as scenarios have it: what waits for a moment goes at once."""

from __future__ import annotations

from datetime import timedelta

from tests.jobs.merchant import work_through

# More rounds than anything waits for.
ROUNDS = 8
# Longer than a platform takes to show what it took.
LATER = timedelta(hours=2)


def soon() -> None:
    """The work that is due, and what it puts off for a moment, again and again."""
    for _ in range(ROUNDS):
        work_through()
        if not _due_now():
            return


def hours_later() -> None:
    """Hours have passed since what is not shown yet was looked for first."""
    from django.db.models import F

    from integration.models import Delivery

    looked = Delivery.everywhere.filter(state="unknown", absent_at__isnull=False)
    looked.update(absent_at=F("absent_at") - LATER)
    soon()


def _due_now() -> int:
    """Have what waits for a later moment be due; how much that is."""
    from django.utils import timezone

    from integration.models import Delivery, Run

    now = timezone.now()
    deliveries = Delivery.everywhere.filter(
        state__in=("planned", "accepted", "unknown"), not_before__gt=now
    )
    runs = Run.everywhere.filter(state__in=("queued", "running"), not_before__gt=now)
    chosen = (deliveries, runs.exclude(wait_reason="not_found_yet"))
    return sum(rows.update(not_before=now) for rows in chosen)
