"""Writes moments in site time and in GMT, and reads date filters with their quirks."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.woocommerce.sandbox.exchange import Call, invalid

SHAPE = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d(?::?\d\d)?)?"
)
FILTERS = ("after", "before", "modified_after", "modified_before")


def written(moment: int | None, offset: int = 0) -> str | None:
    """Write epoch seconds without an offset, shifted by `offset` seconds."""
    if moment is None:
        return None
    shifted = datetime.fromtimestamp(moment, UTC) + timedelta(seconds=offset)
    return shifted.strftime("%Y-%m-%dT%H:%M:%S")


def twins(name: str, moment: int | None, offset: int) -> dict[str, str | None]:
    """Give a date under its name in site time and under `<name>_gmt`."""
    return {name: written(moment, offset), f"{name}_gmt": written(moment)}


def moment_of(text: Any, offset: int = 0) -> int | None:
    """Read a date; without an offset of its own it is taken as `offset` from GMT.

    Gives epoch seconds, or None for what is not a date. Fractions are dropped.
    """
    match = SHAPE.fullmatch(str(text)) if text else None
    if match is None:
        return None
    zone = (match[3] or "").upper()
    try:
        naive = datetime.fromisoformat(f"{match[1]}T{match[2]}+00:00")
    except ValueError:
        return None
    shift = offset if not zone else _seconds(zone)
    return int(naive.timestamp()) - shift


def bounds(call: Call, offset: int) -> dict[str, int]:
    """Read the date filters of a list as epoch seconds.

    A date with an offset together with `dates_are_gmt` ends up late by the site's own
    offset: the shop turns it into site time and then compares that with GMT.
    Raises `Refusal` 400 for what is not a date.
    """
    gmt = call.flag("dates_are_gmt")
    found = {}
    for name in FILTERS:
        text = call.param(name)
        if text is None:
            continue
        moment = moment_of(text, 0 if gmt else offset)
        if moment is None:
            raise invalid({name: ("rest_invalid_date", "Invalid date.", None)})
        has_zone = bool(re.search(r"([Zz]|[+-]\d\d:?(\d\d)?)$", str(text)[19:]))
        found[name] = moment + offset if gmt and has_zone else moment
    return found


def within(record: Mapping[str, Any], limits: Mapping[str, int]) -> bool:
    """Tell whether a record lies strictly between the limits of a list."""
    created, modified = int(record["created"]), int(record["modified"])
    return (
        created > limits.get("after", created - 1)
        and created < limits.get("before", created + 1)
        and modified > limits.get("modified_after", modified - 1)
        and modified < limits.get("modified_before", modified + 1)
    )


def _seconds(zone: str) -> int:
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds
