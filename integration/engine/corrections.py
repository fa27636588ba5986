"""Fields of a payload that a person may correct by hand: which, and how applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from integration.http.redact import MASK, redact

Scalar = str | int | float | Decimal | bool | None
Payload = Mapping[str, Any]
# Fields of one payload that are offered, and how long a text may be.
MOST = 300
LONGEST = 4_000
LARGEST = Decimal(10) ** 15
DIGITS = 12


class Field(NamedTuple):
    """One value of a payload: its dotted path, and whether a person may change it."""

    path: str
    value: Scalar
    editable: bool

    @property
    def type(self) -> str:
        """What it stays: "yes_no", "whole", "number" or "text"."""
        if isinstance(self.value, bool):
            return "yes_no"
        if isinstance(self.value, int):
            return "whole"
        return "number" if isinstance(self.value, Decimal | float) else "text"


class Unfit(ValueError):
    """A value that cannot stand in a field; `path` says which, `reason` why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def fields(payload: Payload) -> list[Field]:
    """The values of a payload in its order, the first `MOST` of them."""
    found: list[Field] = []
    for field in _walk(payload, ""):
        if len(found) == MOST:
            break
        found.append(field)
    return found


def _walk(value: Any, path: str) -> Iterator[Field]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            # A dot in a name would be taken for a step down.
            if "." not in str(name):
                yield from _walk(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _walk(inner, f"{path}.{place}")
    elif isinstance(value, str | int | float | Decimal | None):
        secret = isinstance(value, str) and keeps_secret(path)
        short = not isinstance(value, str) or len(value) <= LONGEST
        yield Field(path, MASK if secret else value, short and not secret)


def keeps_secret(path: str) -> bool:
    """Whether a field's own name is one that secrets stand behind."""
    return MASK in redact(f"{path.rpartition('.')[2]}=value")


def read(payload: Payload, given: Mapping[str, str]) -> dict[str, Scalar]:
    """The values that differ from the payload's, by path, as they are stored.

    Raises Unfit: no such field, one that may not be changed, or another type.
    """
    known = {field.path: field for field in fields(payload)}
    changed: dict[str, Scalar] = {}
    for path, text in given.items():
        field = known.get(path)
        if field is None or not field.editable:
            raise Unfit(path, _("There is no such field to correct"))
        value = _read(field, text)
        if value != field.value:
            changed[path] = str(value) if isinstance(value, Decimal) else value
    return changed


def _read(field: Field, text: str) -> Scalar:
    if field.type == "yes_no":
        if text not in ("true", "false"):
            raise Unfit(field.path, _("Yes or no is needed"))
        return text == "true"
    if field.type == "whole":
        return _whole(field.path, text)
    if field.type == "number":
        return _number(field.path, text)
    if field.value is None and not text:
        return None
    return _text(field.path, text)


def _whole(path: str, text: str) -> int:
    number = _number(path, text)
    if number != number.to_integral_value():
        raise Unfit(path, _("A whole number is needed"))
    return int(number)


def _number(path: str, text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise Unfit(path, _("A number is needed")) from None
    if not number.is_finite() or abs(number) >= LARGEST:
        raise Unfit(path, _("This number is too large"))
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -DIGITS:
        raise Unfit(path, _("This number has too many decimals"))
    return number


def _text(path: str, text: str) -> str:
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise Unfit(path, _("At most %(most)s characters fit") % {"most": LONGEST})
    if any(not each.isprintable() and each not in "\n\t\u00a0" for each in text):
        raise Unfit(path, _("It holds characters that nobody can see"))
    return text


def apply(full: Payload, payload: Payload, edited: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with these values in place; a field that an update would have left
    out is taken from the full one. What has gone since is left alone."""
    corrected = dict(deepcopy(payload))
    for path, value in edited.items():
        name, _dot, rest = path.partition(".")
        if name not in corrected and name in full:
            corrected[name] = deepcopy(full[name])
        _put(corrected, [name, *rest.split(".")] if rest else [name], value)
    return corrected


def _put(inside: Any, steps: list[str], value: Any) -> None:
    *way, last = steps
    for step in way:
        inside = _step(inside, step)
    now = _step(inside, last)
    if now is _NOTHING or isinstance(now, dict | list | tuple):
        return
    inside[int(last) if isinstance(inside, list) else last] = _as(now, value)


_NOTHING = object()


def _step(inside: Any, step: str) -> Any:
    if isinstance(inside, dict):
        return inside.get(step, _NOTHING)
    if isinstance(inside, list) and step.isdecimal() and int(step) < len(inside):
        return inside[int(step)]
    return _NOTHING


def _as(now: Any, value: Any) -> Any:
    """The stored value in the type that stands there now."""
    if isinstance(now, Decimal | float):
        return Decimal(str(value))
    return value
