"""One page of a long list: found by where the last one ended, never by counting."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

SIZE = 50


class Slice(NamedTuple):
    """The rows of one page; `after` is where the next begins ("" at the end)."""

    rows: list[Any]
    after: str
    first: bool


def sliced(
    queryset: QuerySet[Any], order: Sequence[str], after: str = "", size: int = SIZE
) -> Slice:
    """The rows behind `after` in this order, such as ("-last_at", "-pk").

    The last field must tell all rows apart, and none of them may be null. A mark that
    cannot be read begins anew.
    """
    marks = _marks(after, len(order))
    chosen = queryset.order_by(*order)
    if marks is not None:
        chosen = chosen.filter(_behind(order, marks))
    rows = list(chosen[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Slice(rows, _mark(rows[-1], order) if more else "", marks is None)


def _behind(order: Sequence[str], marks: Sequence[Any]) -> Q:
    """What sorts strictly after the marks."""
    found, same = Q(), Q()
    for field, mark in zip(order, marks, strict=True):
        name = field.removeprefix("-")
        compare = "lt" if field.startswith("-") else "gt"
        found |= same & Q(**{f"{name}__{compare}": mark})
        same &= Q(**{name: mark})
    return found


def _mark(row: Any, order: Sequence[str]) -> str:
    values = [_value(row, field.removeprefix("-")) for field in order]
    told = [
        value.isoformat() if isinstance(value, datetime) else value for value in values
    ]
    return urlsafe_b64encode(msgspec.json.encode(told)).decode().rstrip("=")


def _value(row: Any, path: str) -> Any:
    """The value of a field, or of one across a relation."""
    for name in path.split("__"):
        row = row.get(name) if isinstance(row, dict) else getattr(row, name)
    return row


def _marks(after: str, count: int) -> list[Any] | None:
    if not after:
        return None
    try:
        told = msgspec.json.decode(urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None
    if not isinstance(told, list) or len(told) != count:
        return None
    if any(isinstance(value, dict | list | bool) or value is None for value in told):
        return None
    return [_moment(value) if isinstance(value, str) else value for value in told]


def _moment(value: str) -> datetime | str:
    try:
        found = parse_datetime(value)
    except ValueError:
        return value
    return found if found is not None and found.tzinfo is not None else value
