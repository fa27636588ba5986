"""Xero's dates: milliseconds in brackets, time zones by their Windows names.

A document's date is a day on the organisation's calendar, not a moment; taken as one
it would shift by a day. https://developer.xero.com/documentation/api/accounting/requests-and-responses
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integration.contract.mapping import Context
from integration.errors import BadConfig

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARKED = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")

# https://github.com/unicode-org/cldr (windowsZones), spaces and dots left out.
ZONES: Mapping[str, str] = {
    "ALASKANSTANDARDTIME": "America/Anchorage",
    "ARABIANSTANDARDTIME": "Asia/Dubai",
    "ARABSTANDARDTIME": "Asia/Riyadh",
    "ATLANTICSTANDARDTIME": "America/Halifax",
    "AUSCENTRALSTANDARDTIME": "Australia/Darwin",
    "AUSCENTRALWSTANDARDTIME": "Australia/Eucla",
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "AZORESSTANDARDTIME": "Atlantic/Azores",
    "CANADACENTRALSTANDARDTIME": "America/Regina",
    "CENAUSTRALIASTANDARDTIME": "Australia/Adelaide",
    "CENTRALEUROPEANSTANDARDTIME": "Europe/Warsaw",
    "CENTRALEUROPESTANDARDTIME": "Europe/Budapest",
    "CENTRALPACIFICSTANDARDTIME": "Pacific/Guadalcanal",
    "CENTRALSTANDARDTIME": "America/Chicago",
    "CHATHAMISLANDSSTANDARDTIME": "Pacific/Chatham",
    "CHINASTANDARDTIME": "Asia/Shanghai",
    "EASTERNSTANDARDTIME": "America/New_York",
    "EAUSTRALIASTANDARDTIME": "Australia/Brisbane",
    "EEUROPESTANDARDTIME": "Europe/Chisinau",
    "ESOUTHAMERICASTANDARDTIME": "America/Sao_Paulo",
    "FIJISTANDARDTIME": "Pacific/Fiji",
    "FLESTANDARDTIME": "Europe/Kiev",
    "GMTSTANDARDTIME": "Europe/London",
    "GREENWICHSTANDARDTIME": "Atlantic/Reykjavik",
    "GTBSTANDARDTIME": "Europe/Bucharest",
    "HAWAIIANSTANDARDTIME": "Pacific/Honolulu",
    "INDIASTANDARDTIME": "Asia/Kolkata",
    "ISRAELSTANDARDTIME": "Asia/Jerusalem",
    "LORDHOWESTANDARDTIME": "Australia/Lord_Howe",
    "MOUNTAINSTANDARDTIME": "America/Denver",
    "NEWFOUNDLANDSTANDARDTIME": "America/St_Johns",
    "NEWZEALANDSTANDARDTIME": "Pacific/Auckland",
    "NORFOLKSTANDARDTIME": "Pacific/Norfolk",
    "PACIFICSTANDARDTIME": "America/Los_Angeles",
    "ROMANCESTANDARDTIME": "Europe/Paris",
    "RUSSIANSTANDARDTIME": "Europe/Moscow",
    "SAMOASTANDARDTIME": "Pacific/Apia",
    "SEASIASTANDARDTIME": "Asia/Bangkok",
    "SINGAPORESTANDARDTIME": "Asia/Singapore",
    "SOUTHAFRICASTANDARDTIME": "Africa/Johannesburg",
    "TASMANIASTANDARDTIME": "Australia/Hobart",
    "TOKYOSTANDARDTIME": "Asia/Tokyo",
    "TONGASTANDARDTIME": "Pacific/Tongatapu",
    "TURKEYSTANDARDTIME": "Europe/Istanbul",
    "USEASTERNSTANDARDTIME": "America/Indiana/Indianapolis",
    "USMOUNTAINSTANDARDTIME": "America/Phoenix",
    "UTC": "UTC",
    "WAUSTRALIASTANDARDTIME": "Australia/Perth",
    "WESTPACIFICSTANDARDTIME": "Pacific/Port_Moresby",
    "WEUROPESTANDARDTIME": "Europe/Berlin",
    "YUKONSTANDARDTIME": "America/Whitehorse",
}


def moment(value: Any) -> datetime:
    """A moment in UTC, from brackets or ISO text; ValueError for anything else."""
    text = str(value)
    marked = _MARKED.fullmatch(text)
    if marked:
        return EPOCH + timedelta(milliseconds=int(marked[1]))
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def day(value: Any) -> date:
    """A day on the calendar: Xero writes it as that day's midnight in UTC."""
    return moment(value).date()


def version(value: Any) -> str:
    """When a row changed, as text that sorts; "" where Xero does not say."""
    if not value:
        return ""
    return moment(value).isoformat(timespec="milliseconds").replace("+00:00", "")


def zone_named(windows: str) -> str:
    """The IANA name of a Windows zone; "" for one that is not in the table."""
    plain = re.sub(r"[ .]", "", windows).upper()
    return ZONES.get(plain, "")


def calendar_day(at: datetime, context: Context) -> date:
    """The day a moment falls on where the organisation is."""
    return at.astimezone(zone(context)).date()


def midnight(value: Any, context: Context) -> datetime:
    """The moment a document's day begins where the organisation is."""
    return datetime.combine(day(value), time.min, zone(context))


def zone(context: Context) -> ZoneInfo:
    """The organisation's time zone. BadConfig where none is known."""
    name = str(context.setting("time_zone") or "")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadConfig(
            "time_zone",
            f"The organisation's time zone is not known ({name or 'none'}).",
            hint="Enter one on the connection, such as Pacific/Auckland.",
        ) from None
