"""Reads a place inside a row or a record: `a.b`, `list[0].c`, `list[key=x].value`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

Step = Callable[[Any], Any]
PLAIN = (str, int, Decimal, list, tuple)

_PIECE = re.compile(r"(?P<name>[^.\[\]]+)|\[(?P<inside>[^\]]*)\]")


def read(source: Any, path: str) -> Any:
    """The value at `path`, or None where any step of the way is missing."""
    value = source
    for step in steps(path):
        if value is None:
            return None
        value = step(value)
    return value


@lru_cache(maxsize=4096)
def steps(path: str) -> tuple[Step, ...]:
    """`path` taken apart once; ValueError where it cannot be read."""
    found: list[Step] = []
    end = 0
    for piece in _PIECE.finditer(path):
        if path[end : piece.start()] not in ("", "."):
            raise ValueError(f"cannot read the path {path!r}")
        end = piece.end()
        found.append(_step(piece["name"], piece["inside"]))
    if end != len(path):
        raise ValueError(f"cannot read the path {path!r}")
    return tuple(found)


def _step(name: str | None, inside: str | None) -> Step:
    if name is not None:
        return _named(name)
    if inside is not None and "=" in inside:
        key, _, wanted = inside.partition("=")
        return _picked(key, wanted)
    return _numbered(int(inside or "0"))


def _named(name: str) -> Step:
    def step(value: Any) -> Any:
        if type(value) is dict or isinstance(value, Mapping):
            return value.get(name)
        # A text or a list has methods, which are nobody's data.
        return None if isinstance(value, PLAIN) else getattr(value, name, None)

    return step


def _numbered(place: int) -> Step:
    def step(value: Any) -> Any:
        return value[place] if len(value) > place else None

    return step


def _picked(key: str, wanted: str) -> Step:
    def step(value: Any) -> Any:
        for element in value:
            if str(_named(key)(element)) == wanted:
                return element
        return None

    return step
