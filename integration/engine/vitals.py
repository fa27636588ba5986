"""Figures of the whole installation: what is owed, since when, and who is at work.

For probes, metrics and staff: every function is a fixed number of statements, and none
tells a merchant's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncHour
from django.utils import timezone

from integration.engine import claim, windows
from integration.http.limits import spent
from integration.models import (
    CallBudget,
    CallUsage,
    Delivery,
    Endpoint,
    EventState,
    Run,
    WebhookEvent,
    WorkerBeat,
)
from integration.models.delivery import OPEN_DELIVERIES
from integration.models.run import ACTIVE_RUNS
from synclog.models import DUE_NOTICES, ErrorState, Notice, NoticeState, SyncError

# A worker silent for so long is taken for dead.
SILENT = timedelta(minutes=2)
HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
# What a notice travels by, and what that is called among the sorts of work.
CHANNELS = {"email": "email", "webhook": "webhook-out"}


class Queue(NamedTuple):
    """One sort of work that is due: how much, and since when the oldest."""

    name: str
    waiting: int
    since: datetime | None


class Beats(NamedTuple):
    """Workers with a recent sign of life, and the last sign of any."""

    alive: int
    last: datetime | None


class Spent(NamedTuple):
    """The fullest window of its sort on a platform, from 0 to 1."""

    platform: str
    group: str
    seconds: float
    share: float


def queues(now: datetime) -> list[Queue]:
    """What a worker could begin with now: reads, writes, webhooks, mails, events."""
    runs, deliveries = claim.due()
    received = WebhookEvent.everywhere.filter(state=EventState.RECEIVED)
    begun = Coalesce("progress_at", "not_before")
    return [
        _queue("run", runs, begun),
        _queue("delivery", deliveries, "not_before"),
        _queue("webhook", received, "received_at"),
        *_notices(now),
    ]


def _queue(name: str, rows: QuerySet[Any], by: Any) -> Queue:
    found = rows.aggregate(count=Count("pk"), since=Min(by))
    return Queue(name, found["count"], found["since"])


def _notices(now: datetime) -> list[Queue]:
    due = Notice.everywhere.filter(state__in=DUE_NOTICES, not_before__lte=now)
    rows = due.values("channel").annotate(count=Count("pk"), since=Min("not_before"))
    found = {row["channel"]: row for row in rows.order_by()}
    queues = []
    for channel, name in CHANNELS.items():
        row = found.get(channel)
        queues.append(
            Queue(name, row["count"], row["since"]) if row else Queue(name, 0, None)
        )
    return queues


def beats(now: datetime) -> Beats:
    """Who works."""
    seen = WorkerBeat.objects.aggregate(
        last=Max("beat_at"), alive=Count("pk", filter=Q(beat_at__gt=now - SILENT))
    )
    return Beats(seen["alive"], seen["last"])


def runs() -> dict[str, int]:
    """Reads that have not ended, by state."""
    return _by(Run.everywhere.filter(state__in=ACTIVE_RUNS), "state")


def deliveries() -> dict[str, int]:
    """Writes that have not ended, by state."""
    return _by(Delivery.everywhere.filter(state__in=OPEN_DELIVERIES), "state")


def errors() -> dict[str, int]:
    """Open problems by who acts next."""
    return _by(SyncError.everywhere.filter(state=ErrorState.OPEN), "who")


def _by(rows: QuerySet[Any], name: str) -> dict[str, int]:
    counted = rows.values(name).annotate(count=Count("pk")).order_by()
    return {row[name]: row["count"] for row in counted}


def webhooks_received() -> int:
    """How many webhooks were ever received: their numbers run on."""
    return WebhookEvent.everywhere.aggregate(last=Max("pk"))["last"] or 0


def calls(now: datetime) -> Sequence[dict[str, Any]]:
    """Calls of the last hour by platform: `platform`, `calls`, `throttled`."""
    since = (now - HOUR).replace(minute=0, second=0, microsecond=0)
    rows = CallUsage.everywhere.filter(hour__gte=since).values("connection__platform")
    summed = rows.annotate(calls=Sum("calls"), throttled=Sum("throttled")).order_by()
    return [
        {
            "platform": row["connection__platform"],
            "calls": row["calls"],
            "throttled": row["throttled"],
        }
        for row in summed
    ]


def budgets(now: datetime) -> list[Spent]:
    """How full the fullest window of each sort is, by platform."""
    fullest: dict[tuple[str, str, float], float] = {}
    for budget in CallBudget.objects.order_by("pk"):
        limit = windows.limit_of(budget)
        used = spent(windows.belief(budget).slots, limit, now.timestamp())
        share = 1.0 if windows.shut_for(budget) else used / max(1, limit.calls)
        key = (budget.platform, budget.group, limit.seconds)
        fullest[key] = max(fullest.get(key, 0.0), share)
    return [Spent(*key, share) for key, share in sorted(fullest.items())]


def opened(now: datetime) -> dict[datetime, int]:
    """Problems opened in the last 24 hours, by hour; hours without any are left out."""
    since = now.replace(minute=0, second=0, microsecond=0) - DAY + HOUR
    rows = SyncError.everywhere.filter(last_at__gte=since, first_at__gte=since)
    counted = rows.annotate(hour=TruncHour("first_at")).values("hour")
    return {
        row["hour"]: row["count"]
        for row in counted.annotate(count=Count("pk")).order_by()
    }


def failing_endpoints() -> int:
    """Merchants' own addresses that take nothing at present."""
    return Endpoint.everywhere.filter(failing_since__isnull=False, enabled=True).count()


def gave_up(now: datetime) -> int:
    """Mails and events given up in the last 24 hours."""
    over = Notice.everywhere.filter(state=NoticeState.GAVE_UP)
    return over.filter(ended_at__gt=now - DAY).count()


def worker_beats() -> bool:
    """Whether any worker gave a recent sign of life."""
    return WorkerBeat.objects.filter(beat_at__gt=timezone.now() - SILENT).exists()
