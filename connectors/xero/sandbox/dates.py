"""Reads and writes dates the way the Accounting API does.

Answers carry `/Date(milliseconds+0000)/`; requests may say `YYYY-MM-DD`, the same with
a time of day, or the answers' own form.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

Row = dict[str, Any]
"""One thing of an organisation, under the names of the Accounting API.

Inside the sandbox dates are `date`, moments `datetime` in UTC and money `Decimal`.
"""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARKED = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")


def parse_day(value: Any) -> date:
    """Read a calendar date; raises `ValueError` for anything else."""
    if not isinstance(value, str):
        raise ValueError("a date is a text")
    marked = _MARKED.fullmatch(value)
    if marked:
        return (EPOCH + timedelta(milliseconds=int(marked[1]))).date()
    return datetime.fromisoformat(value).date()


def parse_moment(value: str) -> datetime:
    """Read the moment of an If-Modified-Since header, to the second, in UTC."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = parsedate_to_datetime(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)


def now() -> datetime:
    """Give this moment, to the millisecond."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def marked(value: date) -> str:
    """Write a date or moment as `/Date(...)/`; a date is its midnight in UTC."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return f"/Date({(value - EPOCH) // timedelta(milliseconds=1)}+0000)/"


def twins(row: Mapping[str, Any]) -> Row:
    """Give the dates and the last change of a document a second time, as text."""
    days = {
        f"{name}String": f"{row[name].isoformat()}T00:00:00"
        for name in ("Date", "DueDate")
        if name in row
    }
    return days | changed_twin(row)


def changed_twin(row: Mapping[str, Any]) -> Row:
    """Give the last change of a row a second time, as text."""
    changed = row["UpdatedDateUTC"].strftime("%Y-%m-%dT%H:%M:%S")
    return {"UpdatedDateUTCString": changed}


def render(value: Any) -> Any:
    """Give a row, or a list of them, with its dates written out."""
    if isinstance(value, Mapping):
        return {name: render(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [render(inner) for inner in value]
    return marked(value) if isinstance(value, date) else value
