"""A merchant's own rows of a field map: custom attributes and re-pointed fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, NamedTuple, get_type_hints

import msgspec

from integration.canonical.values import Value
from integration.contract import paths
from integration.contract.mapping import Context, FieldMap, Rule, at, derive, number
from integration.errors import BadRecord

Then = Callable[[Any], Any]

# The named functions an override may pass a value through.
FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "text": str,
    "strip": lambda value: str(value).strip(),
    "lower": lambda value: str(value).lower(),
    "upper": lambda value: str(value).upper(),
    "number": lambda value: str(number(value)),
    "list": lambda value: [part.strip() for part in str(value).split(",")],
}


class Row(NamedTuple):
    """`field` is filled from `path`, through the named function `then`."""

    field: str
    path: str
    then: str = ""


def read_map(fieldmap: FieldMap[Any], rows: Iterable[Row]) -> FieldMap[Any]:
    """A read map with the merchant's rows: known fields re-pointed, others attributes.

    A re-pointed field keeps its type and its default; what does not fit is a bad
    record. ValueError where a path or function cannot be read.
    """
    known = {item.name: item for item in fields(fieldmap.target)}
    built_in = fieldmap.rules.get("attributes")
    del known["attributes"]
    repointed: dict[str, Rule] = {}
    own: dict[str, Rule] = {}
    for row in rows:
        if row.field in known:
            kind = _type_of(fieldmap.target, row.field)
            fitting = _Through(row, partial(_fit, kind))
            repointed[row.field] = at(row.path, fitting, **_empty(known[row.field]))
        else:
            own[row.field] = at(row.path, _Through(row, _scalar), default=None)
    if own:
        repointed["attributes"] = derive(_Attributes(built_in, own))
    return fieldmap.extended(repointed) if repointed else fieldmap


def write_map(fieldmap: FieldMap[Any], rows: Iterable[Row]) -> FieldMap[Any]:
    """A write map with payload fields the merchant added (dotted names nest)."""
    added = {row.field: at(row.path, _Through(row), default=None) for row in rows}
    return fieldmap.extended(added) if added else fieldmap


class _Through:
    """A row's own function, then what must hold for every value after it."""

    def __init__(self, row: Row, then: Then | None = None) -> None:
        if row.then and row.then not in FUNCTIONS:
            raise ValueError(f"{row.then!r} is not one of: {', '.join(FUNCTIONS)}")
        paths.steps(row.path)
        self.__name__ = row.then or "it is"
        self.steps = tuple(filter(None, (FUNCTIONS.get(row.then), then)))

    def __call__(self, value: Any) -> Any:
        for step in self.steps:
            value = step(value)
        return value


def _fit(kind: Any, value: Any) -> Any:
    if kind is str:
        return str(_scalar(value))
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def _scalar(value: Any) -> Value:
    """What an attribute can hold; a number with a fraction becomes text."""
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, str | int):
        return value
    raise ValueError("a list or an object has no place here; name a part of it")


@lru_cache(maxsize=256)
def _type_of(target: type[Any], name: str) -> Any:
    return get_type_hints(target)[name]


def _empty(item: Field[Any]) -> dict[str, Any]:
    """What an empty value becomes: the field's default; without one it is a bad
    record."""
    if item.default is not MISSING:
        return {"default": item.default}
    if item.default_factory is not MISSING:
        return {"default": item.default_factory()}
    return {}


class _Attributes:
    """Adds the merchant's attributes to the map's own; prints as the table it is."""

    def __init__(self, built_in: Rule | None, rules: Mapping[str, Rule]) -> None:
        self.built_in = built_in
        self.rules = rules
        listed = [f"{name} from {rule.describe()}" for name, rule in rules.items()]
        if built_in is not None:
            listed.insert(0, built_in.describe())
        self.__name__ = "own attributes: " + "; ".join(listed)

    def __call__(self, source: Any, context: Context) -> dict[str, Any]:
        found = dict(self.built_in(source, context)) if self.built_in else {}
        for name, rule in self.rules.items():
            try:
                found[name] = rule(source, context)
            except ValueError as error:
                message = f"{rule.describe()} cannot be read: {error}"
                raise BadRecord(f".{name}", message, code="field_unreadable") from error
        return found
