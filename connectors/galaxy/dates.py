"""Times as Galaxy writes them: three ways, most of them without an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integration.errors import BadConfig

ZONE = "Europe/Athens"
# https://docs.servicestack.net/json-format: older installations count milliseconds.
_COUNTED = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A time with its offset; None for none, as .NET writes that too.

    ValueError for what is no time.
    """
    text = str(value or "").strip()
    if not text or text.startswith("0001-01-01"):
        return None
    if counted := _COUNTED.fullmatch(text):
        return _BEGINNING + timedelta(milliseconds=int(counted[1]))
    # More digits than six are beyond what we keep.
    found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    return found if found.tzinfo else found.replace(tzinfo=zone)


def shown(value: Any, zone: ZoneInfo) -> str:
    """A time as text where it is one: a day, or a moment; "" for none."""
    found = moment(value, zone)
    if found is None:
        return ""
    local = found.astimezone(zone)
    whole_day = (local.hour, local.minute, local.second) == (0, 0, 0)
    return local.date().isoformat() if whole_day else local.isoformat()


def written(when: datetime, zone: ZoneInfo) -> str:
    """A moment as Galaxy reads it: the clock on its wall, without an offset."""
    return when.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def zone_of(name: Any) -> ZoneInfo:
    """The time zone of that name; BadConfig where there is none."""
    try:
        return ZoneInfo(str(name or ZONE))
    except (ValueError, KeyError, OSError):
        raise BadConfig(
            "zone",
            f"“{name}” is no time zone.",
            hint="Such as Europe/Athens or Europe/Nicosia.",
        ) from None
