"""A merchant's own rows of a field map: checked, stored, taken back, each audited.

What a row changes is mapped anew from what is stored, without a call, within a minute.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.contract.mapping import FieldMap
from integration.contract.overrides import FUNCTIONS, Row, read_map, write_map
from integration.errors import BadConfig
from integration.models import Connection, Direction, Link, Override, Sighting
from synclog import journal

# An item is found again by it: another would be another item.
FIXED = ("external_id",)
# More rows than that are "more than": nobody waits for a count of millions.
MOST = 10_000


def set_row(
    connection: Connection,
    direction: str,
    kind: str,
    row: Row,
    user: User | None = None,
) -> Override:
    """Store a row in the place of the one its field had; raises BadConfig naming
    `field`, `path` or `then` where the map cannot take it."""
    check(connection, direction, kind, row)
    with transaction.atomic():
        mine = _mine(connection, direction, kind)
        former = mine.filter(field=row.field).first()
        stored, _ = mine.update_or_create(
            tenant_id=connection.tenant_id,
            connection=connection,
            direction=direction,
            kind=kind,
            field=row.field,
            defaults={"path": row.path, "then": row.then},
        )
        before = _told(former) if former else None
        _audit(connection, direction, kind, row.field, user, before, _told(stored))
    return stored


def take_back(override: Override, user: User | None = None) -> None:
    """The field is filled as the platform's own map says again, or no more."""
    with transaction.atomic():
        override.delete()
        _audit(
            override.connection,
            override.direction,
            override.kind,
            override.field,
            user,
            _told(override),
            None,
        )


def check(connection: Connection, direction: str, kind: str, row: Row) -> None:
    """Raise BadConfig where the connection's map cannot take this row."""
    maps = own_maps(connection, direction, kind)
    if not row.field or not all(row.field.split(".")):
        raise BadConfig("field", f"“{row.field}” is no name of a field.")
    if direction == Direction.READ and row.field in FIXED:
        raise BadConfig("field", f"{row.field} cannot be filled from elsewhere.")
    if not row.path:
        raise BadConfig("path", "Say where the value stands.")
    if row.then and row.then not in FUNCTIONS:
        raise BadConfig("then", f"There is no {row.then!r}: {', '.join(FUNCTIONS)}.")
    extended = read_map if direction == Direction.READ else write_map
    for fieldmap in maps:
        try:
            extended(fieldmap, [row])
        except ValueError as error:
            raise BadConfig("path", f"This cannot be read: {error}.") from error


def own_maps(connection: Connection, direction: str, kind: str) -> list[FieldMap[Any]]:
    """The platform's own maps of a kind; BadConfig where it has none that way."""
    connector = registry.connector(connection.platform)
    found: list[FieldMap[Any]]
    if direction == Direction.WRITE:
        writes = connector.writes.get(Kind(kind))
        found = [writes.map] if writes else []
    else:
        found = [
            fieldmap
            for stream in connector.streams
            for fieldmap in stream.maps
            if fieldmap.target.kind == kind
        ]
    if not found:
        does = "takes" if direction == Direction.WRITE else "gives"
        raise BadConfig("kind", f"{connector.label} {does} no {kind}.")
    return found


def rows(connection: Connection, direction: str, kind: str) -> dict[str, Override]:
    """The merchant's own rows of one map, by field."""
    return {row.field: row for row in _mine(connection, direction, kind).order_by("pk")}


def anew(connection: Connection, direction: str, kind: str) -> int:
    """How many stored items another row of this map maps anew, counted up to one more
    than ten thousand."""
    if direction == Direction.WRITE:
        linked = Link.everywhere.filter(connection=connection, kind=kind, gone_at=None)
        return linked.order_by()[: MOST + 1].count()
    connector = registry.connector(connection.platform)
    lists = [
        stream.key
        for stream in connector.streams
        if any(fieldmap.target.kind == kind for fieldmap in stream.maps)
    ]
    seen = Sighting.everywhere.filter(connection=connection, stream__in=lists)
    return seen.order_by()[: MOST + 1].count()


def _mine(connection: Connection, direction: str, kind: str) -> QuerySet[Override]:
    return Override.everywhere.filter(
        connection=connection, direction=direction, kind=kind
    )


def _told(row: Override) -> dict[str, str]:
    return {"path": row.path, "then": row.then}


def _audit(
    connection: Connection,
    direction: str,
    kind: str,
    field: str,
    user: User | None,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
) -> None:
    what = f"{connection}: {direction} {kind} {field}"
    journal.audit(
        connection.tenant_id,
        "field_map_changed",
        what,
        user=user,
        before=before,
        after=after,
    )
