"""The field maps in force: a connector's own, with the merchant's overrides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from integration.canonical.codec import digest
from integration.canonical.kinds import Kind
from integration.canonical.record import Record
from integration.contract import registry
from integration.contract.connector import Stream, Writes
from integration.contract.mapping import Context, FieldMap
from integration.contract.overrides import Row, read_map, write_map
from integration.engine import lookups
from integration.errors import BadRecord
from integration.http.body import Unreadable, parse
from integration.models import Connection, Direction, Override, Route

# The rows that belong to another, as they were sent, by their list.
Parts = Mapping[str, Sequence[bytes]]
NO_PARTS: Parts = MappingProxyType({})
# A zero byte as JSON writes it.
ZERO = b"\\u0000"


class Reading(NamedTuple):
    """How the rows of one stream become records; `digest` stands for all of it.

    `parts` are the lists whose rows the maps see beside the row itself.
    """

    maps: tuple[FieldMap[Any], ...]
    context: Context
    digest: bytes
    parts: tuple[str, ...] = ()

    def records(self, body: bytes, parts: Parts = NO_PARTS) -> list[Record]:
        """Every record one row and its parts (bodies by list) become. BadRecord where
        any of them cannot be made."""
        row = self.source(body, parts)
        return [
            record
            for fieldmap in self.maps
            for record in fieldmap.records(row, self.context)
        ]

    def source(self, body: bytes, parts: Parts = NO_PARTS) -> Any:
        """What the maps see of one row and its parts. BadRecord where it is none."""
        row = _parsed(body)
        if not self.parts:
            return row
        brought = {name: list(map(_parsed, parts.get(name, ()))) for name in self.parts}
        return {"row": row, **brought}


class Writing(NamedTuple):
    """How one kind becomes a platform's payload."""

    writes: Writes
    map: FieldMap[dict[str, Any]]
    context: Context


def _parsed(body: bytes) -> Any:
    """A stored row, parsed. BadRecord where it is none."""
    try:
        row = parse(body)
    except Unreadable as error:
        message = f"This item cannot be read: {error.what}."
        raise BadRecord("", message, code=error.code) from error
    return _without_zeros(row) if ZERO in body else row


def _without_zeros(value: Any) -> Any:
    """Texts without zero bytes: PostgreSQL holds none, and nobody can see them."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_zeros(item) for item in value]
    if isinstance(value, dict):
        return {_without_zeros(k): _without_zeros(v) for k, v in value.items()}
    return value


def reading(connection: Connection, stream: Stream) -> Reading:
    """The maps of a stream; made once per run, for their digest costs something."""
    rows = _rows(connection, Direction.READ)
    maps = tuple(
        read_map(fieldmap, rows.get(fieldmap.target.kind, ()))
        for fieldmap in stream.maps
    )
    context = _context(connection, maps)
    together = b"".join(fieldmap.digest(context) for fieldmap in maps)
    together += "".join(stream.parts).encode()
    return Reading(maps, context, digest(together), tuple(stream.parts))


def writing(connection: Connection, kind: Kind) -> Writing:
    """The map that writes `kind` to a connection; KeyError where it is not written."""
    writes = registry.connector(connection.platform).writes[kind]
    rows = _rows(connection, Direction.WRITE)
    fieldmap = write_map(writes.map, rows.get(kind, ()))
    return Writing(writes, fieldmap, _context(connection, [fieldmap]))


def _context(connection: Connection, maps: Iterable[FieldMap[Any]]) -> Context:
    """What a connection tells its maps: of its tables only those they name."""
    return Context(
        settings=connection.settings,
        facts=connection.facts,
        lookups=lookups.tables(
            connection, {name for fieldmap in maps for name in fieldmap.lookups}
        ),
    )


def route_digest(route: Route) -> bytes:
    """Changes when what the route writes would change though no record did."""
    found = writing(route.target, Kind(route.writes))
    said = (route.filters, route.pairs, route.options)
    words = repr((route.policy, *(sorted(each.items()) for each in said))).encode()
    return digest(found.map.digest(found.context) + words)


def _rows(connection: Connection, direction: str) -> dict[str, list[Row]]:
    overrides: Iterable[Override] = Override.everywhere.filter(
        connection=connection, direction=direction
    ).order_by("id")
    found: dict[str, list[Row]] = {}
    for override in overrides:
        row = Row(override.field, override.path, override.then)
        found.setdefault(override.kind, []).append(row)
    return found
