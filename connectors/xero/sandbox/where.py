"""Reads the `where` of a list: comparisons joined by AND and OR.

Terms as in https://developer.xero.com/documentation/api/accounting/requests-and-responses
"""

import operator
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.exchange import wrong

Test = Callable[[Row], bool]

_TOKENS = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"\\]|\\.)*")
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<name>[A-Za-z_][\w.]*)
    |(?P<sign>==|!=|<=|>=|&&|\|\||[<>(),=])
    )""",
    re.VERBOSE,
)
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_METHODS: dict[str, Callable[[str, str], bool]] = {
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
    "Contains": operator.contains,
}
_WORDS = {"null": None, "true": True, "false": False}


def read_where(text: str, fields: Collection[str]) -> Test:
    """Give the test a `where` stands for; raises `Refused` 400 for nonsense.

    `fields` are the names it may speak of, with dots into what is nested. Texts are
    compared without regard to case.
    """
    reader = _Reader(text, fields)
    test = reader.either()
    reader.expect_end()
    return test


def field_of(row: Row, name: str) -> Any:
    """Give what a row holds under a name with dots; None where nothing is."""
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


class _Reader:
    """Goes through a `where` from left to right."""

    def __init__(self, text: str, fields: Collection[str]) -> None:
        self._fields = fields
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while text[place:].strip():
            found = _TOKENS.match(text, place)
            if found is None:
                raise _nonsense(text[place:])
            self._tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            place = found.end()

    def either(self) -> Test:
        tests = [self._both()]
        while self._take("or", "||"):
            tests.append(self._both())
        return lambda row: any(test(row) for test in tests)

    def expect_end(self) -> None:
        if self._tokens:
            raise _nonsense(self._tokens[0][1])

    def _both(self) -> Test:
        tests = [self._one()]
        while self._take("and", "&&"):
            tests.append(self._one())
        return lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._take("("):
            test = self.either()
            self._demand(")")
            return test
        kind, name = self._next()
        if kind != "name":
            raise _nonsense(name)
        if name not in self._fields:
            return self._called(name)
        _, sign = self._next()
        if sign not in _SIGNS:
            raise _nonsense(sign)
        return _comparison(name, _SIGNS[sign], sign, self._value())

    def _called(self, name: str) -> Test:
        """Read `Field.StartsWith("...")` and its kin."""
        field, _, method = name.rpartition(".")
        if field not in self._fields or method not in _METHODS:
            raise _nonsense(name)
        self._demand("(")
        wanted = self._value()
        self._demand(")")
        if not isinstance(wanted, str):
            raise _nonsense(name)
        does = _METHODS[method]
        return lambda row: does(_plain(field_of(row, field) or ""), wanted)

    def _value(self) -> Any:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1]).casefold()
        if kind == "number":
            return Decimal(text)
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        return self._made(text)

    def _made(self, name: str) -> Any:
        """Read `guid("...")`, `DateTime(2026, 11, 1)` or `DateTime.Parse("...")`."""
        maker = name.lower()
        self._demand("(")
        parts = [self._value()]
        while self._take(","):
            parts.append(self._value())
        self._demand(")")
        try:
            if maker == "guid":
                return str(parts[0])
            if maker == "datetime.parse":
                return datetime.fromisoformat(parts[0].upper())
            if maker == "datetime":
                return _datetime([int(part) for part in parts])
        except (TypeError, ValueError, AttributeError) as error:
            raise _nonsense(name) from error
        raise _nonsense(name)

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise _nonsense("its end")
        return self._tokens.pop(0)

    def _take(self, *words: str) -> bool:
        if self._tokens and self._tokens[0][1].lower() in words:
            self._tokens.pop(0)
            return True
        return False

    def _demand(self, word: str) -> None:
        if not self._take(word):
            raise _nonsense(self._tokens[0][1] if self._tokens else "its end")


def _comparison(
    name: str, does: Callable[[Any, Any], bool], sign: str, wanted: Any
) -> Test:
    def test(row: Row) -> bool:
        held = _plain(field_of(row, name))
        value = wanted
        if isinstance(value, datetime):
            value = value.replace(tzinfo=value.tzinfo or UTC)
        if held is None or value is None:
            return does(held, value) if sign in ("==", "=", "!=") else False
        if _sort(held) is not _sort(value):
            raise _nonsense(f"{name} {sign}")
        return does(held, value)

    return test


def _plain(value: Any) -> Any:
    """Make what a row holds comparable with what a `where` can say."""
    if isinstance(value, str):
        return value.casefold()
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value


def _sort(value: Any) -> type:
    """Give the sort of thing a value is; only the same sorts can be compared."""
    for sort in (bool, str, datetime):
        if isinstance(value, sort):
            return sort
    return Decimal


def _datetime(parts: list[int]) -> datetime:
    year, month, day, *clock = parts
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _nonsense(part: str) -> Exception:
    return wrong(f"The where clause cannot be read at: {part}")
