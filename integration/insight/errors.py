"""The problems of a merchant: grouped, how each stands, and what is to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Min, Q, QuerySet

from integration.models import (
    Connection,
    DeliveryState,
    Health,
    Route,
    RunState,
    Tenant,
)
from integration.models.connection import STOPPED
from integration.models.delivery import STUCK_DELIVERIES
from synclog.advice import Advice, advice_for
from synclog.matching import MOVING, RETRYING, TABS, class_of, matching
from synclog.models import ErrorState, SyncError, Who

# More than this are "many": nobody counts them for a tab.
MANY = 9_999
WAITS_FOR_CALLS = ("budget", "throttle")
_BUDGET = Q(delivery__wait_reason__in=WAITS_FOR_CALLS)


class Group(NamedTuple):
    """Problems that share connection, kind, code and field. `message` is what one of
    them says; the counts are of the open ones, but for `total`."""

    key: str
    connection: Connection
    kind: str
    code: str
    field: str
    who: str
    message: str
    since: datetime
    last: datetime
    total: int
    needs_you: int
    retrying: int
    waiting: int
    route: int | None

    @property
    def advice(self) -> Advice:
        """What it means and what to do."""
        return advice_for(self.code, self.who)

    @property
    def sort(self) -> str:
        """Whose affair it is."""
        return class_of(self.who, self.code)


def tabs(tenant: Tenant, filters: Mapping[str, Any]) -> dict[str, int]:
    """How many problems stand under each tab, up to one more than `MANY`."""
    rest = {name: value for name, value in filters.items() if name != "tab"}
    return {tab: counted(matching(tenant, {**rest, "tab": tab})) for tab in TABS}


def counted(chosen: QuerySet[Any]) -> int:
    """How many rows, up to one more than `MANY`."""
    return chosen.order_by().values("pk")[: MANY + 1].count()


def grouped(tenant: Tenant, filters: Mapping[str, Any]) -> QuerySet[Any]:
    """The groups of what fits, as rows of values; `last` and `group` order them."""
    sums = (
        matching(tenant, filters)
        .values("group")
        .annotate(
            the_connection=Min("connection_id"),
            the_kind=Min("kind"),
            the_code=Min("code"),
            the_field=Min("field"),
            the_who=Max("who"),
            the_message=Min("message"),
            since=Min("first_at"),
            last=Max("last_at"),
            total=Count("pk"),
            retrying=Count("pk", filter=RETRYING & ~_BUDGET),
            waiting=Count("pk", filter=RETRYING & _BUDGET),
            needs_you=Count("pk", filter=TABS["open"]),
            route=Max("delivery__route_id"),
        )
    )
    return sums.order_by("-last", "group")


def groups(tenant: Tenant, rows: Sequence[Mapping[str, Any]]) -> list[Group]:
    """The rows of `grouped` with their connections: one statement."""
    wanted = {row["the_connection"] for row in rows}
    places = Connection.objects.for_tenant(tenant).in_bulk(wanted)
    return [
        Group(
            key=row["group"],
            connection=places[row["the_connection"]],
            kind=row["the_kind"],
            code=row["the_code"],
            field=row["the_field"],
            who=row["the_who"],
            message=row["the_message"],
            **{name: row[name] for name in _SAME},
        )
        for row in rows
    ]


_SAME = ("since", "last", "total", "retrying", "waiting", "needs_you", "route")


def group(tenant: Tenant, key: str) -> Group | None:
    """One group, whatever its problems stand at; None where there is none."""
    found = list(grouped(tenant, {"group": key})[:1])
    return groups(tenant, found)[0] if found else None


def items(chosen: QuerySet[SyncError]) -> QuerySet[SyncError]:
    """The problems with all that `state_of` asks for, in one statement."""
    return chosen.select_related(
        "connection", "record", "run", "delivery__route", "delivery__waits_for", "retry"
    ).defer("delivery__frozen", "delivery__payload", "run__selection")


def state_of(error: SyncError) -> str:
    """How a problem stands, in the words of the glossary: "resolved", "ignored",
    "retrying", "waiting" (for calls), "blocked", "held", "paused", "gave_up" or
    "needs_you"."""
    if error.state != ErrorState.OPEN:
        return str(error.state)
    if error.connection.health in STOPPED:
        paused = error.connection.health == Health.PAUSED
        return "paused" if paused else "needs_you"
    delivery = error.delivery
    if delivery is None:
        return "retrying" if _being_read(error) else _of_nobody(error)
    if delivery.state in MOVING:
        calls = delivery.wait_reason in WAITS_FOR_CALLS
        return "waiting" if calls else "retrying"
    if delivery.state == DeliveryState.BLOCKED:
        return _blocked(error)
    if delivery.state == DeliveryState.REFUSED and delivery.wait_reason == "retry":
        return "retrying"
    return _of_nobody(error)


def _blocked(error: SyncError) -> str:
    delivery = error.delivery
    if delivery is None or delivery.waits_for is None:
        return "held"
    stuck = delivery.waits_for.state in STUCK_DELIVERIES
    return "blocked" if stuck else "retrying"


def _being_read(error: SyncError) -> bool:
    """Whether a read that was asked for since looks at it."""
    run = error.run
    if run is None or run.state not in (RunState.QUEUED, RunState.RUNNING):
        return False
    if run.state == RunState.QUEUED or error.kind == "setting":
        return True
    return run.started_at is not None and run.started_at > error.last_at


def _of_nobody(error: SyncError) -> str:
    """Nothing is under way."""
    if error.gave_up_at is not None or error.who == Who.CLOCK:
        return "gave_up"
    return "needs_you"


def history(error: SyncError) -> QuerySet[SyncError]:
    """Earlier and other problems of the same item on the same connection, the newest
    first."""
    same = SyncError.objects.for_tenant(error.tenant_id).filter(
        connection=error.connection_id, kind=error.kind, external_id=error.external_id
    )
    return same.exclude(pk=error.pk).order_by("-last_at", "-pk")


def route_of(error: SyncError) -> Route | None:
    """The route that writes it; None where it is a problem of reading."""
    return error.delivery.route if error.delivery else None


def listed(chosen: QuerySet[SyncError]) -> QuerySet[SyncError]:
    """The rows of a list of problems, the latest first."""
    return items(chosen).order_by(F("last_at").desc(), "-pk")
