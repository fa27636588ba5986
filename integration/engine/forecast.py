"""Calls used and calls to come: by route, by window, by month, and what slowing a route
down would save. Pure reckoning over sums that the database made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from integration.contract import registry
from integration.engine import schedule, usage, windows
from integration.engine.schedule import Wanted
from integration.engine.usage import DAY, WEEK
from integration.http.limits import LONG, Limit, Slots, spent
from integration.models import CallBudget, Connection, Route

HOUR = timedelta(hours=1)
MONTH = 30
# A route is slowed to so many times its pace where its saving is shown.
SLOWER = 2

Pace = Mapping[int, float]
"""Calls to expect in an hour, by the hour of the day (UTC)."""


class Used(NamedTuple):
    """Calls of one route (None: reading, and upkeep) in this hour, day and month, and
    its share of the last week in percent."""

    route: Route | None
    hour: int
    day: int
    month: int
    share: int


class Window(NamedTuple):
    """One window of the account: how full it is, and what is to come."""

    limit: Limit
    spent: int
    shut_until: datetime | None
    runs_out: datetime | None

    def words(self) -> str:
        """As people read it: "60 calls a minute: 12 spent, will not run out"."""
        group = f" ({self.limit.group})" if self.limit.group else ""
        told = f"{self.limit.words()}{group}: {self.spent:,} spent"
        if self.shut_until is not None:
            return f"{told}, shut until {_clock(self.shut_until)}"
        if self.limit.at_once:
            return told
        if self.runs_out is None:
            return f"{told}, will not run out"
        return f"{told}, will run out at {_clock(self.runs_out)}"


class Saving(NamedTuple):
    """Calls a month that looking for a route's changes every `then` seconds saves."""

    route: Route
    then: int
    calls: int


class Forecast(NamedTuple):
    """All of it for one connection; `month` is calls a month at the pace of now."""

    connection: Connection
    windows: Sequence[Window]
    used: Sequence[Used]
    month: int
    savings: Sequence[Saving]


class Coming(NamedTuple):
    """Calls to expect between two moments, evenly."""

    begin: datetime
    end: datetime
    calls: float

    def since(self, moment: datetime) -> float:
        """How many of them are made after `moment`."""
        share = (self.end - max(self.begin, moment)) / (self.end - self.begin)
        return self.calls * max(0.0, share)


def of(connection: Connection, now: datetime) -> Forecast:
    """The forecast of a connection, in five statements for any number of calls."""
    rows = usage.sums(connection, now)
    routes = {
        route.pk: route
        for route in Route.everywhere.filter(
            tenant=connection.tenant_id
        ).select_related("source", "target", "tenant__plan")
    }
    pace = usage.pace(connection, now)
    account = CallBudget.objects.filter(
        platform=connection.platform, account=connection.account
    ).order_by("window", "group")
    enabled = [route for route in routes.values() if route.enabled]
    return Forecast(
        connection,
        [_window(budget, pace, now) for budget in account],
        used(rows, routes),
        monthly(rows, now),
        savings(connection, enabled, usage.looks(connection, now)),
    )


def used(rows: Sequence[Mapping[str, Any]], routes: Mapping[int, Route]) -> list[Used]:
    """The sums by route, those that spend most first."""
    total = sum(row["recent"] or 0 for row in rows) or 1
    found = [
        Used(
            routes.get(row["route_id"]),
            row["hour_calls"] or 0,
            row["day"] or 0,
            row["month"] or 0,
            round(100 * (row["recent"] or 0) / total),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (-each.share, -each.month))


def monthly(rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Calls a month at the pace of the last week, or of as much of it as there is."""
    begun = min((row["since"] for row in rows if row["since"]), default=now)
    days = min(WEEK, max(1.0, (now - begun) / DAY))
    return round(sum(row["recent"] or 0 for row in rows) / days * MONTH)


def runs_out(slots: Slots, limit: Limit, pace: Pace, now: datetime) -> datetime | None:
    """When a window will be full at this pace; None where it will not.

    It looks ahead for one window, a day at least. What the log holds leaves it as time
    passes. A short window is measured by the busiest hour to come.
    """
    if limit.at_once:
        return None
    if limit.seconds < LONG:
        return _too_fast(limit, pace, now)
    lasts = timedelta(seconds=limit.seconds)
    end, at = now + max(DAY, lasts), now
    coming: list[Coming] = []
    while at < end:
        until = min(_next_hour(at), end)
        expected = pace.get(at.hour, 0.0) * ((until - at) / HOUR)
        still = sum(each.since(until - lasts) for each in coming)
        room = limit.calls - spent(slots, limit, until.timestamp()) - still
        if expected >= room:
            return at + (until - at) * (max(0.0, room) / expected if expected else 0)
        coming.append(Coming(at, until, expected))
        at = until
    return None


def savings(
    connection: Connection, routes: Collection[Route], looks: Mapping[str, float]
) -> list[Saving]:
    """What slowing each route down would save; `looks` is what one look for changes
    costs, by list. A list keeps the pace of the most hurried of its routes."""
    connector = registry.connectors().get(connection.platform)
    found = []
    for route in routes:
        if route.source_id != connection.pk or connector is None:
            continue
        then = schedule.pace(route) * SLOWER
        rest = {
            (other.kind, schedule.pace(other))
            for other in routes
            if other.source_id == connection.pk and other.pk != route.pk
        }
        now, later = (
            Wanted(rest | {(route.kind, every)}, set())
            for every in (schedule.pace(route), then)
        )
        saved = 0.0
        for stream in connector.streams:
            before = schedule.cadence(connector, stream, now).every
            after = schedule.cadence(connector, stream, later).every
            if before and after:
                times = MONTH * DAY.total_seconds() * (1 / before - 1 / after)
                saved += times * looks.get(stream.key, 0.0)
        found.append(Saving(route, then, round(saved)))
    return sorted(found, key=lambda each: -each.calls)


def _window(budget: CallBudget, pace: Pace, now: datetime) -> Window:
    limit, slots = windows.limit_of(budget), windows.belief(budget).slots
    shut = windows.shut_for(budget)
    until = now + timedelta(seconds=shut) if shut else None
    made = spent(slots, limit, now.timestamp())
    return Window(limit, made, until, runs_out(slots, limit, pace, now))


def _too_fast(limit: Limit, pace: Pace, now: datetime) -> datetime | None:
    """The first hour to come whose calls, made evenly, are too many for the window."""
    at = now
    for _ in range(24):
        if pace.get(at.hour, 0.0) * limit.seconds / HOUR.total_seconds() > limit.calls:
            return at
        at = _next_hour(at)
    return None


def _next_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + HOUR


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M UTC on %d %B}"
