"""Calls made, summed by the database: by route, by hour of the day, by look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Min, Q, QuerySet, Sum

from integration.models import CallUsage, Connection, Run

DAY = timedelta(days=1)
# Days whose calls tell the pace: a whole week, for shops sleep on Sundays.
WEEK = 7


def sums(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """Calls by route: of this hour, this day, this month, and the last week."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    month, week = day.replace(day=1), hour - WEEK * DAY
    rows = CallUsage.everywhere.filter(
        connection=connection, hour__gte=min(month, week)
    )
    found: QuerySet[Any] = (
        rows.order_by()
        .values("route_id")
        .annotate(
            hour_calls=Sum("calls", filter=Q(hour__gte=hour)),
            day=Sum("calls", filter=Q(hour__gte=day)),
            month=Sum("calls", filter=Q(hour__gte=month)),
            recent=Sum("calls", filter=Q(hour__gte=week)),
            since=Min("hour", filter=Q(hour__gte=week)),
        )
    )
    return list(found)


def pace(connection: Connection, now: datetime) -> dict[int, float]:
    """What all merchants on the account spent in the last 24 hours, hour by hour."""
    on_it = Connection.everywhere.filter(
        platform=connection.platform, account=connection.account
    )
    rows = CallUsage.everywhere.filter(
        connection__in=on_it.values("pk"), hour__gt=now - DAY
    )
    sums = rows.order_by().values_list("hour").annotate(Sum("calls"))
    return {hour.hour: float(calls) for hour, calls in sums}


def looks(connection: Connection, now: datetime) -> Mapping[str, float]:
    """What one look for changes cost lately, by list."""
    runs = Run.everywhere.filter(
        connection=connection,
        created_at__gte=now - WEEK * DAY,
        cause="schedule",
        everything=False,
        ended_at__isnull=False,
    )
    rows = runs.order_by().values_list("stream").annotate(Avg("calls"))
    return {stream: float(calls) for stream, calls in rows}
