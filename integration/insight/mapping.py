"""The field maps of a route at work on what was seen last, field by field."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, NamedTuple

from integration.canonical.kinds import PARTS, Kind
from integration.contract import paths
from integration.contract.connector import Stream
from integration.contract.mapping import Context, FieldMap
from integration.contract.overrides import FUNCTIONS
from integration.contract.rules import Rule, at, derive
from integration.engine import compose, maps, newest, overriding
from integration.engine.maps import Reading
from integration.errors import SyncFailure
from integration.insight import texts
from integration.insight.routes import streams
from integration.models import (
    Connection,
    Delivery,
    Direction,
    Override,
    Route,
    Sighting,
)

# Fields of a read map that no row of a merchant's fills: an attribute has its own.
FIXED = (*overriding.FIXED, "attributes")
# Links looked at for one that says something.
A_FEW = 10
FAILURES = (SyncFailure, ValueError, TypeError, LookupError, ArithmeticError)


class Field(NamedTuple):
    """One field: where it comes from, what is done to it, and both on the sample.

    `own` is the merchant's row that fills it, `wrong` why the sample cannot be;
    `inner`: it is a part of the field before it, filled once for each element.
    """

    name: str
    path: str
    how: str
    required: bool = False
    own: Override | None = None
    value: str = ""
    result: str = ""
    wrong: str = ""
    inner: bool = False


class Table(NamedTuple):
    """One map: its fields, the required ones first; `unmapped` are fields that it
    could fill and does not; `sample` names the item the values are of ("": none was
    seen yet), `places` what stands in it."""

    direction: str
    connection: Connection
    kind: str
    lists: str
    fields: Sequence[Field]
    unmapped: Sequence[str]
    sample: str
    places: Sequence[str]


class Sample(NamedTuple):
    """What a map is tried on."""

    source: Any
    context: Context
    name: str


def tables(route: Route) -> list[Table]:
    """The read maps at the source and the write map at the target; at most five
    statements for each list that brings the kind."""
    return [*_reads(route), _write(route)]


def _reads(route: Route) -> Iterator[Table]:
    kinds = {route.kind, PARTS.get(Kind(route.kind), route.kind)}
    for stream in streams(route):
        reading = maps.reading(route.source, stream)
        for fieldmap in reading.maps:
            kind = str(fieldmap.target.kind)
            if kind in kinds:
                sample = _seen(route.source, stream, reading, fieldmap)
                yield _table(
                    Direction.READ, route.source, kind, fieldmap, sample, stream.key
                )


def _write(route: Route) -> Table:
    kind = Kind(route.writes)
    writing = maps.writing(route.target, kind)
    shown = newest.links([(route.source_id, route.kind)], A_FEW)
    link = shown.select_related("record").first()
    sample = None
    if link is not None:
        trial = Delivery(
            tenant_id=route.tenant_id, route=route, record=link.record, kind=kind
        )
        thing, context = compose.looked_at(route, kind, trial)
        if thing is not None:
            known = context.only(writing.map.uses, writing.map.lookups)
            sample = Sample(thing, known, str(link.record))
    return _table(Direction.WRITE, route.target, str(kind), writing.map, sample)


def _table(
    direction: str,
    connection: Connection,
    kind: str,
    fieldmap: FieldMap[Any],
    sample: Sample | None,
    lists: str = "",
) -> Table:
    own = overriding.rows(connection, direction, kind)
    found = [
        _field(fieldmap, name, rule, own.get(name), sample)
        for name, rule in fieldmap.rules.items()
    ]
    added = [row for name, row in own.items() if name not in fieldmap.rules]
    found += [_added(row, sample) for row in added]
    # A stable order: the required ones first, else as the map applies them.
    found.sort(key=lambda field: not field.required)
    return Table(
        direction,
        connection,
        kind,
        lists,
        [each for field in found for each in (field, *_inside_of(fieldmap, field))],
        _unmapped(fieldmap),
        sample.name if sample else "",
        _places(sample.source) if sample else (),
    )


def _field(
    fieldmap: FieldMap[Any],
    name: str,
    rule: Rule,
    own: Override | None,
    sample: Sample | None,
) -> Field:
    path = str(getattr(rule, "path", ""))
    words = rule.describe()
    how = words.removeprefix(path).lstrip(", ") if path else words
    required = bool(getattr(rule, "required", False)) or name in _needed(fieldmap)
    field = Field(name, path, how, required, own)
    if sample is None:
        return field
    field = field._replace(value=_at(sample.source, path, name))
    try:
        result = rule(sample.source, sample.context)
    except FAILURES as error:
        return field._replace(wrong=texts.words(str(error)))
    return field._replace(result=texts.words(result, name))


def _added(row: Override, sample: Sample | None) -> Field:
    """A field of the merchant's own that the platform's map does not know."""
    how = f"as {row.then}" if row.then else ""
    field = Field(row.field, row.path, how, own=row)
    if sample is None:
        return field
    field = field._replace(value=_at(sample.source, row.path, row.field))
    try:
        rule = at(row.path, FUNCTIONS.get(row.then), default=None)
        result = rule(sample.source, sample.context)
    except FAILURES as error:
        return field._replace(wrong=texts.words(str(error)))
    return field._replace(result=texts.words(result, row.field))


def _inside_of(fieldmap: FieldMap[Any], field: Field) -> Iterator[Field]:
    """The fields of a map that a rule applies to every element of what it finds."""
    for function in getattr(fieldmap.rules.get(field.name), "functions", ()):
        inner = getattr(function, "__self__", None)
        if isinstance(inner, FieldMap):
            for name, words in inner.describe():
                yield Field(f"{field.name}[].{name}", "", words, inner=True)


def _at(source: Any, path: str, name: str) -> str:
    try:
        return texts.words(paths.read(source, path), name) if path else ""
    except FAILURES:
        return ""


def _needed(fieldmap: FieldMap[Any]) -> set[str]:
    """Fields a record cannot be made without."""
    if not is_dataclass(fieldmap.target):
        return set()
    return {
        field.name
        for field in fields(fieldmap.target)
        if field.default is MISSING and field.default_factory is MISSING
    }


def _unmapped(fieldmap: FieldMap[Any]) -> list[str]:
    """Fields of a record that no rule fills; a payload has any it likes."""
    if not is_dataclass(fieldmap.target):
        return []
    known = [field.name for field in fields(fieldmap.target)]
    return [name for name in known if name not in (*fieldmap.rules, "attributes")]


def _places(source: Any) -> list[str]:
    """The paths of what stands in a row or a record, two levels deep."""
    found = []
    for name, value in _inside(source):
        inner = [f"{name}.{below}" for below, _value in _inside(value)]
        found += inner or [name]
    return sorted(found)


def _inside(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(str(name), each) for name, each in value.items()]
    if is_dataclass(value) and not isinstance(value, type):
        return [(each.name, getattr(value, each.name)) for each in fields(value)]
    return []


def _seen(
    connection: Connection, stream: Stream, reading: Reading, fieldmap: FieldMap[Any]
) -> Sample | None:
    """The row of a list that was seen last, with its parts, as the map sees it."""
    mine = Sighting.objects.for_tenant(connection.tenant_id).filter(
        connection=connection, gone_at=None
    )
    row = (
        mine.filter(stream=stream.key)
        .exclude(body=None)
        .order_by("-seen_at", "-pk")
        .first()
    )
    if row is None:
        return None
    parts: dict[str, list[bytes]] = defaultdict(list)
    if stream.parts:
        names = {row.external_id, row.owner} - {""}
        brought = mine.filter(stream__in=stream.parts, owner__in=names)
        for part in brought.exclude(body=None).order_by("external_id"):
            parts[part.stream].append(zlib.decompress(bytes(part.body or b"")))
    context = reading.context.only(fieldmap.uses, fieldmap.lookups)
    try:
        source = reading.source(zlib.decompress(bytes(row.body or b"")), parts)
        if fieldmap.over is not None:
            source = next(iter(derive(fieldmap.over)(source, context)), None)
    except FAILURES:
        return None
    if source is None:
        return None
    return Sample(source, context, f"{stream.key} {row.external_id}")
