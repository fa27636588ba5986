"""When a merchant may be mailed: quiet hours and the hour of the daily digest."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integration.models import Tenant

DIGEST_TIME = time(8)
DAY = timedelta(days=1)


def zone_of(tenant: Tenant) -> ZoneInfo:
    """The merchant's time zone; UTC where the name means nothing here."""
    try:
        return ZoneInfo(tenant.zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def quiet_end(tenant: Tenant, now: datetime) -> datetime | None:
    """When the quiet hours that `now` falls in end, in UTC; None: mail may go.

    The hours are those on the merchant's wall, so a change of the clock moves them.
    """
    begin, end = tenant.quiet_from, tenant.quiet_until
    if begin is None or end is None or begin == end:
        return None
    local = now.astimezone(zone_of(tenant))
    wall = local.time()
    over_midnight = begin > end
    after, before = wall >= begin, wall < end
    if not ((after or before) if over_midnight else (after and before)):
        return None
    day = local.date() + DAY if over_midnight and after else local.date()
    ends = datetime.combine(day, end, local.tzinfo)
    if ends.astimezone(UTC) <= now:
        # The hour that happens twice: it ends with its second time.
        ends = ends.replace(fold=1)
    return ends.astimezone(UTC)


def digest_moment(tenant: Tenant, now: datetime) -> datetime:
    """The latest moment, not after `now`, at which a daily digest was due, in UTC.

    Eight in the merchant's morning, or the end of the quiet hours that cover it.
    """
    zone = zone_of(tenant)
    today = now.astimezone(zone).date()
    # Quiet hours put it off by a day at most.
    dues = [
        datetime.combine(today - back * DAY, DIGEST_TIME, zone).astimezone(UTC)
        for back in range(3)
    ]
    moments = [quiet_end(tenant, due) or due for due in dues]
    return max(moment for moment in moments if moment <= now)
