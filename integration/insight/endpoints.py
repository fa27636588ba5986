"""What a merchant's own addresses were told lately, and how it stands with each."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Max, Min, Q, QuerySet

from integration.http.redact import address
from integration.models import Endpoint, Tenant
from synclog.models import DUE_NOTICES, Notice, NoticeState

DAY = timedelta(hours=24)


class Address(NamedTuple):
    """One address: events taken and given up in the last 24 hours, those that wait,
    when it last took one, and when the next is tried."""

    endpoint: Endpoint
    taken: int = 0
    gave_up: int = 0
    waiting: int = 0
    last: datetime | None = None
    next: datetime | None = None

    @property
    def shown(self) -> str:
        """Where it is, without what may be secret in it."""
        return address(self.endpoint.url)

    @property
    def state(self) -> str:
        """In one word of the glossary."""
        if not self.endpoint.enabled:
            return "off"
        return "retrying" if self.endpoint.failing_since else "on"


def addresses(tenant: Tenant, now: datetime) -> list[Address]:
    """The merchant's addresses, oldest first; two statements."""
    mine = Endpoint.objects.for_tenant(tenant).defer("secrets")
    endpoints = list(mine.order_by("pk"))
    if not endpoints:
        return []
    recent = Notice.objects.for_tenant(tenant).filter(
        Q(created_at__gt=now - DAY) | Q(state__in=DUE_NOTICES),
        endpoint__in=[endpoint.pk for endpoint in endpoints],
    )
    counted = recent.values("endpoint").annotate(
        taken=Count("pk", filter=Q(state=NoticeState.SENT)),
        gave_up=Count("pk", filter=Q(state=NoticeState.GAVE_UP)),
        waiting=Count("pk", filter=Q(state__in=DUE_NOTICES)),
        last=Max("ended_at", filter=Q(state=NoticeState.SENT)),
        next=Min("not_before", filter=Q(state__in=DUE_NOTICES)),
    )
    found: dict[int, dict[str, object]] = defaultdict(dict)
    for row in counted.order_by():
        found[row.pop("endpoint")] = row
    return [Address(each, **found[each.pk]) for each in endpoints]  # type: ignore[arg-type]


def history(endpoint: Endpoint, state: str = "") -> QuerySet[Notice]:
    """What was owed to an address, or of that what stands like this."""
    rows = Notice.objects.for_tenant(endpoint.tenant_id).filter(endpoint=endpoint)
    groups = {
        "sent": (NoticeState.SENT,),
        "waiting": DUE_NOTICES,
        "gave_up": (NoticeState.GAVE_UP, NoticeState.DROPPED),
    }
    return rows.filter(state__in=groups[state]) if state in groups else rows
