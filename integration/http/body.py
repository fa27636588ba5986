"""Reading JSON that may be hostile: its depth, its number of values, its numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from integration.errors import Transient
from integration.http.rules import HttpRules

Json = Any
"""What JSON can hold: dict, list, str, int, Decimal, bool, None."""

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
# Every escape in a JSON text; a surrogate without its other half stands alone.
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_LARGEST_EXPONENT = 400
_DEFAULT = HttpRules()


class Unreadable(Transient):
    """The answer cannot be taken as it is; `code` names why, `what` says it."""

    code = "unreadable"

    def __init__(self, what: str, *, code: str = "") -> None:
        super().__init__(f"An answer could not be taken: {what}.", code=code)
        self.what = what


def parse(body: bytes, rules: HttpRules = _DEFAULT) -> Json:
    """JSON as Python values, decimal numbers as Decimal. Raises Unreadable.

    Nothing but half characters is mended: a byte-order mark or a warning printed
    before the JSON makes it unreadable, for what else went wrong behind such a warning
    nobody knows.
    """
    _count_nodes(body, rules)
    try:
        value = _decoder(rules).decode(with_whole_characters(body))
    except RecursionError:
        raise Unreadable("it is nested too deeply", code="too_deep") from None
    except (msgspec.DecodeError, ValueError):
        raise Unreadable("it is not JSON", code="not_json") from None
    _check_depth(value, rules)
    return value


def slices(body: bytes, *path: str) -> list[bytes]:
    """A JSON list, or the one under `path`, cut into its elements without reading them.

    Raises Unreadable when there is no list. Give an element to `parse` or `peek`.
    """
    try:
        whole = with_whole_characters(body)
        for name in path:
            whole = bytes(msgspec.json.decode(whole, type=dict[str, msgspec.Raw])[name])
        found = msgspec.json.decode(whole, type=list[msgspec.Raw])
        return [bytes(raw) for raw in found]
    except RecursionError:
        raise Unreadable("it is nested too deeply", code="too_deep") from None
    except (msgspec.DecodeError, ValueError, KeyError):
        raise Unreadable("it does not hold the list expected") from None


def with_whole_characters(body: bytes) -> bytes:
    """The JSON with half characters, which no text can hold, shown as unknown ones.

    One of them would make a whole page unreadable.
    """
    escaped = b"\\u" in body
    if not escaped or (b"\\ud" not in body and b"\\uD" not in body):
        return body
    return _ESCAPES.sub(lambda found: b"\\ufffd" if found[1] else found[0], body)


def peek(element: bytes, *names: str) -> tuple[Json, ...]:
    """These fields of a JSON object, None where absent, the rest left unread.

    Raises Unreadable when it is no object.
    """
    try:
        fields = msgspec.json.decode(element, type=dict[str, msgspec.Raw])
    except RecursionError:
        raise Unreadable("it is nested too deeply", code="too_deep") from None
    except (msgspec.DecodeError, ValueError):
        raise Unreadable("it does not hold the object expected") from None
    return tuple(
        parse(bytes(fields[name])) if name in fields else None for name in names
    )


@lru_cache(maxsize=16)
def _decoder(rules: HttpRules) -> msgspec.json.Decoder[Json]:
    return msgspec.json.Decoder(float_hook=_Numbers(rules))


class _Numbers:
    """Turns the text of a number into a Decimal of bearable length."""

    __slots__ = ("_most",)

    def __init__(self, rules: HttpRules) -> None:
        self._most = rules.max_digits

    def __call__(self, text: str) -> Decimal:
        if len(text) > self._most + 8:
            raise ValueError("a number is too long")
        number = Decimal(text)
        if abs(number.adjusted()) > _LARGEST_EXPONENT:
            raise ValueError("a number is too large")
        return number


def _count_nodes(body: bytes, rules: HttpRules) -> None:
    """Refuse a body of too many values before they are made.

    Commas and brackets inside texts are counted too, first; only when that is too
    many are the texts taken out.
    """
    if _separators(body) <= rules.max_nodes:
        return
    if _separators(_STRINGS.sub(b"", body)) > rules.max_nodes:
        raise Unreadable("it holds too many values", code="too_large")


def _separators(body: bytes) -> int:
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _check_depth(value: Json, rules: HttpRules) -> None:
    """Refuse what is nested deeper, or counts further, than any platform's data."""
    level, depth, widest = [value], 0, 10**rules.max_digits
    while level:
        depth += 1
        if depth > rules.max_depth + 1:
            raise Unreadable("it is nested too deeply", code="too_deep")
        deeper: list[Json] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                deeper.extend(item.values())
            elif kind is list:
                deeper.extend(item)
            elif kind is int and not -widest < item < widest:
                raise Unreadable("it holds a number too long", code="too_large")
        level = deeper
