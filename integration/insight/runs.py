"""Runs: how far each has come, why it waits, how long it will take, what it owes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.contract import registry
from integration.models import (
    Delivery,
    DeliveryState,
    Route,
    Run,
    RunState,
    Tenant,
)
from integration.models.connection import STOPPED
from integration.models.run import ACTIVE_RUNS, COUNTERS
from synclog.models import SyncLog

# Runs whose duration tells how long one of the same sort takes.
FINISHED = (RunState.SETTLING, RunState.DONE)
# Why a run waits, by its reason.
WAITS: dict[str, Any] = {
    "retry": gettext_lazy("The last try failed; it is tried again."),
    "budget": gettext_lazy("The calls this platform allows are used up for now."),
    "throttle": gettext_lazy("The platform asked Weft to slow down."),
    "credentials": gettext_lazy("The connection needs new credentials."),
    "platform": gettext_lazy("The platform is preparing its answer."),
    "after": gettext_lazy("Another list is read first."),
    "not_found_yet": gettext_lazy("It was not to be found yet; Weft looks again."),
    "fault": gettext_lazy("A fault of Weft stopped it; it is tried again."),
}
SORTS: dict[str, Any] = {
    "Changed": gettext_lazy("Changed only"),
    "These": gettext_lazy("Some by id"),
    "Oldest": gettext_lazy("Oldest first"),
    "Everything": gettext_lazy("Everything"),
    "Missing": gettext_lazy("What webhooks missed"),
    "Again": gettext_lazy("Stored rows mapped anew"),
}


class Owed(NamedTuple):
    """What a full read owes one route, counted from its deliveries."""

    route: Route
    owed: int
    done: int
    stuck: int

    @property
    def left(self) -> int:
        """How many are still on their way."""
        return max(0, self.owed - self.done - self.stuck)


class Progress(NamedTuple):
    """How far a run has come. `expected` and `left` go by the last run of its sort and
    are None where there was none."""

    read: int
    expected: int | None
    seconds: int
    left: timedelta | None
    unaccounted: int


def active(run: Run) -> bool:
    """Whether anything may still happen to it."""
    return run.state in ACTIVE_RUNS


def listed(tenant: Tenant, filters: Mapping[str, str]) -> QuerySet[Run]:
    """A merchant's runs that fit: connection, state, sort, cause. A value that means
    nothing fits nothing."""
    chosen = Run.objects.for_tenant(tenant)
    connection = filters.get("connection", "")
    if connection:
        if not connection.isdecimal() or len(connection) > 18:
            return chosen.none()
        chosen = chosen.filter(connection=int(connection))
    state = filters.get("state", "")
    if state == "active":
        chosen = chosen.filter(state__in=ACTIVE_RUNS)
    elif state:
        chosen = chosen.filter(state=state)
    if filters.get("sort"):
        chosen = chosen.filter(selection__type=filters["sort"])
    if filters.get("cause"):
        chosen = chosen.filter(cause=filters["cause"])
    return chosen.select_related("connection")


def with_last(tenant: Tenant, chosen: QuerySet[Run]) -> QuerySet[Run]:
    """The same runs, each with `last_read`: the rows of the last one of its sort."""
    same = Run.objects.for_tenant(tenant).filter(
        connection=OuterRef("connection"),
        stream=OuterRef("stream"),
        state__in=FINISHED,
        selection__type=OuterRef("selection__type"),
        read__gt=0,
    )
    last = same.order_by("-created_at").values("read")[:1]
    return chosen.annotate(last_read=Subquery(last))


def running(tenant: Tenant, filters: Mapping[str, str], most: int) -> list[Run]:
    """Those under way, the ones that ask a person first, up to so many."""
    chosen = with_last(tenant, listed(tenant, filters).filter(state__in=ACTIVE_RUNS))
    order = {RunState.HELD: 0, RunState.RUNNING: 1, RunState.SETTLING: 2}
    rows = list(chosen.order_by("not_before", "pk")[:most])
    return sorted(rows, key=lambda run: order.get(RunState(run.state), 3))


def sort_of(run: Run) -> Any:
    """What it reads, in words."""
    kind = str(run.selection.get("type", ""))
    if kind == "Everything" and run.selection.get("resend"):
        return _("Everything, and sent again")
    if kind == "Again" and run.selection.get("owing"):
        return _("What is known, for a new route")
    if kind == "Oldest":
        return _("The %(n)s oldest") % {"n": run.selection.get("n")}
    if kind == "These":
        return _("%(n)s by id") % {"n": len(run.selection.get("ids", ()))}
    return SORTS.get(kind, kind)


def progress(run: Run, now: datetime | None = None) -> Progress:
    """How far it has come, for a run `with_last`: no statement of its own."""
    now = now or timezone.now()
    begun = run.started_at or run.created_at
    ended = run.ended_at or (run.progress_at if not active(run) else now) or now
    seconds = max(0, int((ended - begun).total_seconds())) if run.started_at else 0
    unaccounted = run.read - run.accounted
    expected = _expected(run)
    return Progress(
        run.read,
        expected,
        seconds,
        _left(run, expected, seconds),
        unaccounted,
    )


def _expected(run: Run) -> int | None:
    """Rows to come in all: those asked for by id, or as many as the last time."""
    kind = run.selection.get("type")
    if kind == "These":
        return max(run.read, len(run.selection.get("ids", ()))) or None
    if kind == "Oldest":
        return int(run.selection.get("n") or 0) or None
    if not active(run) or run.state == RunState.SETTLING:
        return None
    last: int | None = getattr(run, "last_read", None)
    # A longer list than the last time: nobody knows how much longer.
    return last if last is not None and last >= run.read else None


def _left(run: Run, expected: int | None, seconds: int) -> timedelta | None:
    """By the pace so far."""
    if run.state != RunState.RUNNING or not expected or not run.read or seconds < 2:
        return None
    return timedelta(seconds=round(seconds * (expected - run.read) / run.read))


def waits(run: Run) -> str:
    """Why nothing happens to it just now, in a sentence; "" where something does."""
    if run.state == RunState.SETTLING:
        return _("All is read. What has to be written is on its way.")
    if run.state not in (RunState.QUEUED, RunState.RUNNING):
        return ""
    connection = run.connection
    if connection.health in STOPPED:
        return _("%(name)s is paused or needs new credentials.") % {
            "name": connection.label
        }
    if connection.circuit_until and connection.circuit_until > timezone.now():
        return _("%(name)s does not answer; Weft leaves it alone for a while.") % {
            "name": connection.label
        }
    if run.wait_reason:
        return str(WAITS.get(run.wait_reason, run.wait_reason.replace("_", " ")))
    return _("It waits for its turn.") if run.state == RunState.QUEUED else ""


def goes_on(run: Run) -> datetime | None:
    """When it goes on, where that lies ahead."""
    waiting = run.state in (RunState.QUEUED, RunState.RUNNING)
    return run.not_before if waiting and run.not_before > timezone.now() else None


def counters(run: Run) -> Sequence[tuple[str, int]]:
    """What became of the rows that were read; their sum is what was read."""
    return [(name, getattr(run, name)) for name in COUNTERS]


def owed(run: Run) -> list[Owed]:
    """What it owes its targets, by route, counted now: two statements."""
    rows = (
        Delivery.objects.for_tenant(run.tenant_id)
        .filter(run=run)
        .order_by()
        .values("route")
        .annotate(owed=Count("pk"), done=_count(_DONE), stuck=_count(_STUCK))
    )
    by_route = {row.pop("route"): row for row in rows}
    routes = Route.objects.for_tenant(run.tenant_id).filter(pk__in=by_route)
    return [
        Owed(route, **by_route[route.pk])
        for route in routes.select_related("source", "target").order_by("pk")
    ]


_DONE = Q(state__in=(DeliveryState.DONE, DeliveryState.CLOSED))
_STUCK = Q(
    state__in=(DeliveryState.REFUSED, DeliveryState.GAVE_UP, DeliveryState.PARKED)
)


def _count(which: Q) -> Count:
    return Count("pk", filter=which)


def last_syncs(tenant: Tenant) -> QuerySet[SyncLog]:
    """When each kind was last read in full and in part, by connection."""
    logs = SyncLog.objects.for_tenant(tenant).select_related("connection")
    return logs.order_by("connection__label", "connection", "data_type")


def list_of(run: Run) -> str:
    """What people call the list it reads."""
    try:
        registry.connector(run.connection.platform).stream(run.stream)
    except KeyError:
        return run.stream
    return run.stream.replace("_", " ").replace("-", " ").capitalize()
