"""Writes what a page became: records, links, keys, and the rows as they were seen.

Rows known to be new are sent, and those of the next table made while the database takes
them in; what was there before is updated by the ORM. Which is which was found under the
tenant's lock, so what is called new cannot be there already.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from integration.canonical.codec import digest, encode, fingerprint
from integration.engine import drift
from integration.engine.detect import Bundle
from integration.engine.identity import Identities, Name, holders, name_of
from integration.engine.intake import Intake, Sorted
from integration.models import Link, MatchKey, Record, Sighting, TenantModel, bulk
from integration.models.record import normalised

Row = tuple[Any, ...]
# Rows updated by one statement.
AT_ONCE = 100
Same = dict[str, Any]


class Table(NamedTuple):
    """What a row of a page brings; what tells it apart, and what of it may change."""

    model: type[TenantModel]
    columns: tuple[str, ...]
    unique: tuple[str, ...] = ()
    changing: tuple[str, ...] = ()


RECORDS = Table(Record, ("id", "uid", "kind", "label", "parent_id", "revision"))
LINKS = Table(
    Link,
    ("kind", "external_id", "record_id", "data", "digest"),
    unique=("connection", "kind", "external_id"),
    # A link that moved to another record keeps the record it had.
    changing=("data", "digest", "gone_at"),
)
KEYS = Table(
    MatchKey,
    ("record_id", "kind", "name", "value"),
    unique=("record", "connection", "name"),
    changing=("value",),
)
SEEN = Table(
    Sighting,
    ("external_id", "owner", "raw_digest", "map_digest", "version", "body"),
    unique=("connection", "stream", "external_id"),
    changing=(
        "owner",
        "raw_digest",
        "map_digest",
        "version",
        "body",
        "seen_at",
        "missed",
        "gone_at",
    ),
)
# Mapped anew as kept: when it was seen stays as it was.
KEPT = SEEN._replace(changing=("map_digest",))


def write(
    intake: Intake,
    found: Sorted,
    bundles: Sequence[Bundle],
    known: Identities,
    unmapped: set[str],
) -> None:
    """Store a page; a row of `unmapped` is mapped anew whenever it is looked at."""
    of_tenant = {"tenant_id": intake.connection.tenant_id}
    of_connection = {**of_tenant, "connection_id": intake.connection.pk}
    of_stream = {"stream": intake.stream.key, "seen_at": intake.now, **of_connection}
    with bulk.sending(Record, RECORDS.columns, _records(known), **of_tenant):
        links = _links(bundles, known)
        new = [row for row in links if row[:2] not in known.links]
    with bulk.sending(Link, LINKS.columns, new, **of_connection):
        keys = _keys(bundles, known)
        seen = _seen(intake, found, unmapped)
    _update(LINKS, [row for row in links if row[:2] in known.links], of_connection)
    drift.notice(intake, bundles, known)
    new = [row for row in keys if row[0] in known.new]
    bulk.insert(MatchKey, KEYS.columns, new, **of_connection)
    _update(KEYS, [row for row in keys if row[0] not in known.new], of_connection)
    new = [row for row in seen if row[0] not in found.known]
    bulk.insert(Sighting, SEEN.columns, new, **of_stream)
    table = KEPT if intake.stored else SEEN
    _update(table, [row for row in seen if row[0] in found.known], of_stream)


def _update(table: Table, rows: Sequence[Row], same: Same) -> None:
    # One statement for a thousand rows would fill the memory with its own text.
    for begin in range(0, len(rows), AT_ONCE):
        table.model.everywhere.bulk_create(
            [
                table.model(**dict(zip(table.columns, row, strict=True)), **same)
                for row in rows[begin : begin + AT_ONCE]
            ],
            update_conflicts=True,
            unique_fields=table.unique,
            update_fields=table.changing,
        )


def _records(known: Identities) -> list[Row]:
    return [
        (
            new.pk,
            new.uid,
            new.kind,
            new.label,
            new.whole.pk if new.whole else None,
            new.revision,
        )
        for new in known.made
    ]


def _links(bundles: Sequence[Bundle], known: Identities) -> list[Row]:
    """What the connection shows of everything that changed, and new identities."""
    shown: dict[Name, tuple[bytes | None, bytes | None]] = {}
    for bundle in bundles:
        for thing in bundle.things:
            if str(thing.kind) in bundle.changed:
                shown[name_of(thing)] = (encode(thing), fingerprint(thing))
            for part in thing.parts():
                before = known.links.get(name_of(part))
                if before is None or before.gone_at:
                    shown[name_of(part)] = (None, None)
    return [(*name, known.records[name].pk, *each) for name, each in shown.items()]


def _keys(bundles: Sequence[Bundle], known: Identities) -> list[Row]:
    """The natural keys by which these things may be found later."""
    if not any(bundle.changed for bundle in bundles):
        return []
    things = [thing for bundle in bundles for thing in bundle.things]
    told = {
        (known.records[name_of(thing)].pk, name): (str(thing.kind), text)
        for thing in holders(things)
        for name, value in thing.keys().items()
        if (text := normalised(value))
    }
    return [(pk, kind, name, text) for (pk, name), (kind, text) in told.items()]


def _seen(intake: Intake, found: Sorted, unmapped: set[str]) -> list[Row]:
    return [
        (
            raw.external_id,
            raw.owner,
            digest(raw.body or b""),
            None if raw.external_id in unmapped else intake.reading.digest,
            raw.version,
            _packed(raw.body or b""),
        )
        for raw in found.fresh
    ]


def _packed(body: bytes) -> bytes:
    """As a sighting keeps it. A small window and little memory: setting up the usual
    ones takes longer than packing two kilobytes."""
    packer = zlib.compressobj(level=1, wbits=12, memLevel=4)
    return packer.compress(body) + packer.flush()
