"""The front page of the staff admin: is Weft at work, and where does it not get on?

Every figure is counted for all merchants, in a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from integration.admin.connections import COLOURS as HEALTH
from integration.admin.flow import RUNS
from integration.admin.shown import NOTHING, age
from integration.engine import freshness, vitals
from integration.models import (
    CallUsage,
    Connection,
    Health,
    Run,
    RunState,
    Tenant,
)
from integration.models.run import ACTIVE_RUNS
from synclog.models import ErrorState, SyncError

# Rows per table of the page.
SHOWN = 8
# Work due for so long needs a look.
OVERDUE = timedelta(minutes=5)
DAY = timedelta(hours=24)
# What is due, in words, and where its rows are.
SORTS = {
    "run": ("a run", "integration_run"),
    "delivery": ("a delivery", "integration_delivery"),
    "webhook": ("a webhook", "integration_webhookevent"),
    "email": ("a mail", "synclog_notice"),
    "webhook-out": ("an event", "synclog_notice"),
}

Context = dict[str, Any]
GOOD, BAD = "success", "danger"


class Figure(NamedTuple):
    """One card: a figure, what it says, and where it leads. `tone` colours it."""

    title: str
    value: str
    note: str
    url: str
    tone: str = ""


def front(request: HttpRequest, context: Context) -> Context:
    """The page's context with the figures and tables."""
    now = timezone.now()
    queues, opened = vitals.queues(now), vitals.opened(now)
    return {
        **context,
        "title": "Overview",
        "figures": [
            _tenants(),
            _worker(now),
            _oldest_due(now, queues),
            _open_errors(opened),
            _active_runs(),
            _calls(now),
            _told(now, queues),
        ],
        "troubles": _troubles(),
        "codes": _codes(),
        "late": _late(now),
        "runs": _runs(),
        "hours": _hours(now),
        "opened": _bars(now, opened),
    }


def _page(model: str, **query: Any) -> str:
    url = reverse(f"admin:{model}_changelist")
    return f"{url}?{urlencode(query)}" if query else url


def _tenants() -> Figure:
    counted = Tenant.objects.aggregate(
        active=Count("pk", filter=Q(active=True)), every=Count("pk")
    )
    idle = counted["every"] - counted["active"]
    note = f"{idle} inactive" if idle else "all active"
    return Figure(
        "Merchants", str(counted["active"]), note, _page("integration_tenant")
    )


def _worker(now: datetime) -> Figure:
    seen = vitals.beats(now)
    note = f"{seen.alive} alive" if seen.alive else "no worker is alive"
    value = f"{age(seen.last)} ago" if seen.last else "never"
    tone = GOOD if seen.alive else BAD
    return Figure("Worker", value, note, _page("integration_workerbeat"), tone)


def _oldest_due(now: datetime, queues: list[vitals.Queue]) -> Figure:
    """What a worker could begin with and has been due for longest."""
    due = [(queue.since, queue.name) for queue in queues if queue.since is not None]
    if not due:
        return Figure("Oldest due work", NOTHING, "nothing is due", "", GOOD)
    since, name = min(due)
    tone = BAD if now - since > OVERDUE else ""
    words, model = SORTS[name]
    return Figure("Oldest due work", age(since), words, _page(model), tone)


def _told(now: datetime, queues: list[vitals.Queue]) -> Figure:
    """What people and merchants' own systems are owed, and what could not be told."""
    waiting = {queue.name: queue.waiting for queue in queues}
    mails, events = waiting["email"], waiting["webhook-out"]
    failing, gave_up = vitals.failing_endpoints(), vitals.gave_up(now)
    bad = [
        f"{gave_up} given up in 24 hours" if gave_up else "",
        f"{failing} addresses take no events" if failing else "",
    ]
    note = ", ".join(filter(None, bad)) or "none given up"
    value = f"{mails} + {events}"
    url = _page("synclog_notice")
    return Figure("Mail + events due", value, note, url, BAD if any(bad) else "")


def _open_errors(opened: Mapping[datetime, int]) -> Figure:
    counted = SyncError.everywhere.filter(state=ErrorState.OPEN).aggregate(
        count=Count("pk"), tenants=Count("tenant", distinct=True)
    )
    count, tenants = counted["count"], counted["tenants"]
    whose = f"of {tenants} merchant{'s' if tenants > 1 else ''}" if count else "none"
    note = f"{whose}, {sum(opened.values()):,} opened in 24 hours"
    url = _page("synclog_syncerror", state__exact="open")
    return Figure("Open errors", str(count), note, url, BAD if count else GOOD)


def _active_runs() -> Figure:
    counted = Run.everywhere.filter(state__in=ACTIVE_RUNS).aggregate(
        count=Count("pk"), held=Count("pk", filter=Q(state=RunState.HELD))
    )
    held = counted["held"]
    note = f"{held} held: a person is asked" if held else "none is held"
    url = _page("integration_run")
    return Figure("Active runs", str(counted["count"]), note, url, BAD if held else "")


def _calls(now: datetime) -> Figure:
    spent = CallUsage.everywhere.filter(hour__gt=now - DAY).aggregate(
        calls=Sum("calls"), throttled=Sum("throttled")
    )
    throttled = spent["throttled"] or 0
    note = f"{throttled:,} throttled" if throttled else "none throttled"
    url = _page("integration_callusage")
    calls = f"{spent['calls'] or 0:,}"
    return Figure("Calls in 24 hours", calls, note, url, BAD if throttled else "")


def _troubles() -> list[dict[str, Any]]:
    """Connections that are not healthy, the worst first."""
    worst = (Health.NEEDS_REAUTH, Health.TROUBLE, Health.PAUSED)
    found = Connection.everywhere.filter(health__in=worst, tenant__active=True)
    rows = found.select_related("tenant").order_by("health", "label")[:SHOWN]
    return [{"connection": row, "tone": HEALTH[Health(row.health)]} for row in rows]


def _late(now: datetime) -> list[freshness.Fresh]:
    """Lists that were read too long ago, the longest waiting first."""
    active = Connection.everywhere.filter(tenant__active=True)
    chosen = active.exclude(health=Health.DISCONNECTED).select_related("tenant")
    return freshness.late(list(chosen), now)[:SHOWN]


def _codes() -> list[dict[str, Any]]:
    """Open errors by code, the most frequent first."""
    rows = (
        SyncError.everywhere.filter(state=ErrorState.OPEN)
        .values("code")
        .annotate(
            count=Count("pk"),
            tenants=Count("tenant", distinct=True),
            last=Max("last_at"),
        )
        .order_by("-count", "code")[:SHOWN]
    )
    return [
        {
            **row,
            "ago": age(row["last"]),
            "url": _page(
                "synclog_syncerror", code__exact=row["code"], state__exact="open"
            ),
        }
        for row in rows
    ]


def _runs() -> list[dict[str, Any]]:
    """Runs under way, the most urgent first."""
    rows = (
        Run.everywhere.filter(state__in=ACTIVE_RUNS)
        .select_related("connection", "tenant")
        .order_by("priority", "not_before")[:SHOWN]
    )
    return [
        {
            "run": run,
            "tone": RUNS.get(RunState(run.state), ""),
            "since": age(run.started_at or run.created_at),
            "url": reverse("admin:integration_run_change", args=[run.pk]),
        }
        for run in rows
    ]


def _hours(now: datetime) -> list[dict[str, Any]]:
    """Calls of the last 24 hours."""
    rows = (
        CallUsage.everywhere.filter(hour__gte=_this(now) - DAY + vitals.HOUR)
        .values("hour")
        .annotate(spent=Sum("calls"))
        .order_by("hour")
    )
    return _bars(now, {row["hour"]: row["spent"] for row in rows})


def _this(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _bars(now: datetime, found: Mapping[datetime, int]) -> list[dict[str, Any]]:
    """Each of the last 24 hours with its figure and its bar's height in percent."""
    most = max(found.values(), default=0) or 1
    hours = [_this(now) - timedelta(hours=back) for back in reversed(range(24))]
    return [
        {
            "hour": hour,
            "count": found.get(hour, 0),
            "height": round(100 * found.get(hour, 0) / most),
        }
        for hour in hours
    ]
