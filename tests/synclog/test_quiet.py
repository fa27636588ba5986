"""Quiet hours and the digest's hour, by the clock on the merchant's wall."""

from datetime import UTC, datetime, time

import pytest

from integration.models import Tenant
from synclog.quiet import digest_moment, quiet_end


def merchant(begin: str = "", end: str = "", zone: str = "Europe/Stockholm") -> Tenant:
    """One who is not to be mailed between these hours."""
    return Tenant(
        zone=zone,
        quiet_from=time.fromisoformat(begin) if begin else None,
        quiet_until=time.fromisoformat(end) if end else None,
    )


def utc(text: str) -> datetime:
    """The moment, given in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHT = merchant("22:00", "07:00")


@pytest.mark.parametrize(
    ("tenant", "now", "ends"),
    [
        # Winter: an hour before UTC.
        (NIGHT, "2026-01-10 20:59", None),
        (NIGHT, "2026-01-10 21:00", "2026-01-11 06:00"),
        (NIGHT, "2026-01-11 05:59", "2026-01-11 06:00"),
        (NIGHT, "2026-01-11 06:00", None),
        # Summer: two hours.
        (NIGHT, "2026-07-10 20:00", "2026-07-11 05:00"),
        # The nights in which the clock is moved.
        (NIGHT, "2026-03-28 22:00", "2026-03-29 05:00"),
        (NIGHT, "2026-10-24 22:00", "2026-10-25 06:00"),
        # Within a day, in a zone whose date is another than in UTC.
        (merchant("12:00", "14:00"), "2026-01-10 11:30", "2026-01-10 13:00"),
        (merchant("12:00", "14:00"), "2026-01-10 13:00", None),
        (
            merchant("22:00", "07:00", "Pacific/Auckland"),
            "2026-01-10 10:00",
            "2026-01-10 18:00",
        ),
        # None set, or not a stretch of time, or a zone nobody knows.
        (merchant(), "2026-01-10 23:00", None),
        (merchant("22:00"), "2026-01-10 23:00", None),
        (merchant("22:00", "22:00"), "2026-01-10 23:00", None),
        (merchant("22:00", "07:00", "Mars/Base"), "2026-01-10 21:30", None),
        (merchant("22:00", "07:00", "/etc"), "2026-01-10 22:00", "2026-01-11 07:00"),
    ],
)
def test_quiet_hours_end_by_the_merchant_s_clock(
    tenant: Tenant, now: str, ends: str | None
) -> None:
    assert quiet_end(tenant, utc(now)) == (utc(ends) if ends else None)


def test_hours_that_end_within_the_doubled_hour_end_later_than_now() -> None:
    tenant = merchant("01:00", "02:30")
    # 02:15 comes twice that night, at 00:15 and at 01:15 UTC.
    assert quiet_end(tenant, utc("2026-10-25 00:15")) == utc("2026-10-25 00:30")
    assert quiet_end(tenant, utc("2026-10-25 01:15")) == utc("2026-10-25 01:30")


@pytest.mark.parametrize(
    ("tenant", "now", "moment"),
    [
        (merchant(), "2026-01-10 06:59", "2026-01-09 07:00"),
        (merchant(), "2026-01-10 07:00", "2026-01-10 07:00"),
        (merchant(), "2026-07-10 06:00", "2026-07-10 06:00"),
        # Quiet at eight: it comes when they end, be that tomorrow.
        (merchant("22:00", "09:30"), "2026-01-10 08:29", "2026-01-09 08:30"),
        (merchant("22:00", "09:30"), "2026-01-10 08:30", "2026-01-10 08:30"),
        (merchant("06:00", "05:00"), "2026-01-10 03:59", "2026-01-09 04:00"),
        (merchant("06:00", "05:00"), "2026-01-10 04:30", "2026-01-10 04:00"),
    ],
)
def test_a_digest_is_due_at_eight_or_when_quiet_hours_end(
    tenant: Tenant, now: str, moment: str
) -> None:
    assert digest_moment(tenant, utc(now)) == utc(moment)
