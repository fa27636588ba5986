"""Calls of one connection for people: hour by hour, by cause, and its windows.

What is asked for is found by connection and hour, so a million rows of usage cost what
a thousand do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum

from integration.contract import registry
from integration.engine import windows
from integration.http.limits import LONG, Limit, live, spent
from integration.models import CallBudget, CallUsage, Connection, Route, Run, Tenant

HOUR = timedelta(hours=1)
HOURS = 48
# Runs that ended well are kept for seven days, so causes are told for no longer.
WEEK = timedelta(days=7)


class Series(NamedTuple):
    """Calls of one route (None: reading, and upkeep), one number for each hour."""

    route: Route | None
    calls: Sequence[int]


class Hours(NamedTuple):
    """The last hours, the oldest first, and each route's calls in them; `even` is how
    many calls an hour the account allows at an even pace (None: nothing says)."""

    begin: Sequence[datetime]
    series: Sequence[Series]
    even: int | None

    @property
    def rows(self) -> list[tuple[datetime, int, list[int]]]:
        """Hour, all its calls, and those of each series; hours without calls left
        out, the newest first."""
        numbers = [list(each.calls) for each in self.series]
        found = [
            (hour, sum(row), list(row))
            for hour, *row in zip(self.begin, *numbers, strict=True)
        ]
        return [row for row in reversed(found) if row[1]]


class Window(NamedTuple):
    """One window of an account now: what it allows, what is spent and kept for sales,
    until when the platform keeps it shut, and when it last told what is left."""

    limit: Limit
    declared: int
    spent: int
    reserve: int
    shut_until: datetime | None
    heard_at: datetime | None

    @property
    def free(self) -> int:
        """Calls left."""
        return max(0, self.limit.calls - self.spent)

    @property
    def full(self) -> int:
        """How full it is, in percent."""
        return min(100, round(100 * self.spent / (self.limit.calls or 1)))


class Cause(NamedTuple):
    """Calls that reads of one cause took today and in the last seven days."""

    cause: str
    day: int
    week: int


def hours(connection: Connection, now: datetime) -> Hours:
    """Calls of the last 48 hours by route; three statements."""
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    begin = [last - HOUR * back for back in reversed(range(HOURS))]
    at = {hour: place for place, hour in enumerate(begin)}
    routes = {route.pk: route for route in _routes(connection)}
    calls: dict[int | None, list[int]] = defaultdict(lambda: [0] * HOURS)
    for key, hour, made in _usage(connection, begin[0]):
        if hour in at:
            calls[key if key in routes else None][at[hour]] += made
    found = [
        Series(routes.get(key) if key else None, numbers)
        for key, numbers in calls.items()
    ]
    found.sort(key=lambda each: -sum(each.calls))
    return Hours(begin, found, _even(connection))


def causes(connection: Connection, now: datetime) -> list[Cause]:
    """Calls of its reads by what asked for them, those that took most first; writes
    are told by route alone."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = (
        Run.objects.for_tenant(connection.tenant_id)
        .filter(connection=connection, created_at__gte=now - WEEK, calls__gt=0)
        .order_by()
        .values("cause")
        .annotate(week=Sum("calls"), day=Sum("calls", filter=Q(created_at__gte=day)))
    )
    found = [Cause(row["cause"], row["day"] or 0, row["week"]) for row in rows]
    return sorted(found, key=lambda each: -each.week)


def limits(connection: Connection, now: datetime) -> list[Window]:
    """The windows of a connection's account, the shortest first; one statement."""
    connector = registry.connectors().get(connection.platform)
    declared = {
        (limit.group, round(limit.seconds * 1000)): limit
        for limit in (connector.limits(connection.settings) if connector else ())
    }
    return [
        _window(budget, declared.get((budget.group, budget.window)), now)
        for budget in _budgets(connection)
    ]


def _window(budget: CallBudget, declared: Limit | None, now: datetime) -> Window:
    limit, slots = windows.limit_of(budget), windows.belief(budget).slots
    shut = windows.shut_for(budget)
    counted = live(slots, limit, now.timestamp())
    tells = declared is not None and bool(declared.remaining_header) and counted
    return Window(
        limit=limit,
        declared=declared.calls if declared else limit.calls,
        spent=spent(slots, limit, now.timestamp()),
        reserve=budget.reserve,
        shut_until=now + timedelta(seconds=shut) if shut else None,
        heard_at=datetime.fromtimestamp(counted[-1][0], UTC) if tells else None,
    )


def _even(connection: Connection) -> int | None:
    """Calls an hour that use up the tightest long window and no more."""
    paces = [
        budget.allowed * 3_600_000 // budget.window
        for budget in _budgets(connection)
        if not budget.group and budget.window >= LONG * 1000
    ]
    return min(paces, default=None)


def _budgets(connection: Connection) -> QuerySet[CallBudget]:
    return CallBudget.objects.filter(
        platform=connection.platform, account=connection.account
    ).order_by("window", "group")


def _routes(connection: Connection) -> QuerySet[Route]:
    mine: QuerySet[Route] = Route.objects.for_tenant(connection.tenant_id)
    return mine.select_related("source", "target")


def _usage(
    connection: Connection, since: datetime
) -> list[tuple[int | None, datetime, int]]:
    """Route, hour and calls since then, each row as it is stored."""
    mine = CallUsage.objects.for_tenant(connection.tenant_id)
    since_then = mine.filter(connection=connection, hour__gte=since)
    return list(since_then.order_by().values_list("route_id", "hour", "calls"))


def connections(tenant: Tenant) -> list[Connection]:
    """The accounts a merchant may choose from."""
    return list(Connection.objects.for_tenant(tenant).defer("secrets"))
