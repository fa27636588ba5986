"""Home: is it well, and if not, what is to be done; a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import TruncHour
from django.utils import timezone

from integration.canonical.kinds import SALES
from integration.models import (
    Connection,
    Delivery,
    DeliveryState,
    Health,
    Run,
    RunState,
    Tenant,
)
from integration.models.delivery import OPEN_DELIVERIES
from synclog.models import AuditEvent, ErrorState, SyncError, Who

DAY = timedelta(hours=24)
# Lines of the list of recent events, and what each of its sources gives at most.
RECENT = 8


class Hour(NamedTuple):
    """What one hour brought: things created or changed, and things that failed."""

    label: str
    good: int
    bad: int


class Needs(NamedTuple):
    """What waits for a person, and what Weft tries again by itself.

    `sales` are orders and invoices not posted yet, `next_try` the first of their tries.
    """

    errors: int
    groups: int
    yours: int
    retried: int
    held: int
    sales: int
    next_try: datetime | None

    @property
    def due(self) -> bool:
        """Whether the first of them goes now."""
        return self.next_try is not None and self.next_try <= timezone.now()


class Happened(NamedTuple):
    """One line of the recent events; `what` says which kind of row it is."""

    at: datetime
    what: str
    row: Run | Delivery | SyncError | AuditEvent


def hours(
    tenant: Tenant, connections: Sequence[Connection], now: datetime
) -> list[Hour]:
    """The last 24 hours, hour by hour, the oldest first."""
    this = now.replace(minute=0, second=0, microsecond=0)
    rows = (
        Run.objects.for_tenant(tenant)
        .filter(connection__in=connections, created_at__gte=now - DAY)
        .order_by()
        .values(hour=TruncHour("created_at"))
        .annotate(good=Sum("created") + Sum("updated"), bad=Sum("failed"))
    )
    found = {row["hour"]: row for row in rows}
    told = []
    for back in reversed(range(24)):
        hour = this - back * timedelta(hours=1)
        row = found.get(hour, {"good": 0, "bad": 0})
        told.append(Hour(f"{hour:%H}:00", row["good"], row["bad"]))
    return told


def needs(tenant: Tenant) -> Needs:
    """What waits for somebody."""
    errors = SyncError.objects.for_tenant(tenant).filter(state=ErrorState.OPEN)
    clock = Q(who=Who.CLOCK)
    counted = errors.aggregate(
        every=Count("pk"),
        groups=Count("group", distinct=True),
        yours=Count("pk", filter=~clock),
        retried=Count("pk", filter=clock),
    )
    waiting = (
        Delivery.objects.for_tenant(tenant)
        .filter(kind__in=SALES, state__in=OPEN_DELIVERIES)
        .aggregate(
            count=Count("pk"),
            next=Min("not_before", filter=Q(state=DeliveryState.PLANNED)),
        )
    )
    held = Run.objects.for_tenant(tenant).filter(state=RunState.HELD).count()
    return Needs(
        errors=counted["every"],
        groups=counted["groups"],
        yours=counted["yours"],
        retried=counted["retried"],
        held=held,
        sales=waiting["count"],
        next_try=waiting["next"],
    )


def waiting_for(tenant: Tenant, connections: Sequence[Connection]) -> dict[int, int]:
    """How much waits for each connection that nothing can be sent to."""
    shut = [each for each in connections if each.health == Health.NEEDS_REAUTH]
    if not shut:
        return {}
    rows = (
        Delivery.objects.for_tenant(tenant)
        .filter(route__target__in=shut, state__in=OPEN_DELIVERIES)
        .order_by()
        .values_list("route__target")
        .annotate(Count("pk"))
    )
    return defaultdict(int, rows)


def recent(
    tenant: Tenant, connections: Sequence[Connection], now: datetime
) -> list[Happened]:
    """What happened last: sales posted, reads that brought something, problems, and
    what people did; the newest first."""
    runs = (
        Run.objects.for_tenant(tenant)
        .filter(
            Q(created__gt=0) | Q(updated__gt=0) | Q(failed__gt=0),
            connection__in=connections,
            created_at__gte=now - DAY,
        )
        .select_related("connection")
    )
    sales = Delivery.objects.for_tenant(tenant).filter(
        kind__in=SALES, state=DeliveryState.DONE, ended_at__gte=now - DAY
    )
    errors = SyncError.objects.for_tenant(tenant).select_related("connection")
    deeds = AuditEvent.objects.for_tenant(tenant)
    found = [
        *(
            Happened(run.created_at, "run", run)
            for run in runs.order_by("-created_at")[:RECENT]
        ),
        *(
            Happened(row.ended_at, "sale", row)
            for row in sales.select_related("record", "route__target").order_by("-pk")[
                :RECENT
            ]
        ),
        *(
            Happened(row.last_at, "error", row)
            for row in errors.order_by("-last_at")[:RECENT]
        ),
        *(Happened(row.at, "deed", row) for row in deeds.order_by("-at")[:RECENT]),
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)[:RECENT]
