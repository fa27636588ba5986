"""Which record each thing of a page is: by its link, by a natural key, or a new one.

Set-based: a fixed number of statements however many things a page holds.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from integration.canonical.kinds import FACETS, Kind
from integration.canonical.record import Record as Canonical
from integration.canonical.values import Ref
from integration.engine import revisions
from integration.models import Connection, Link, MatchKey, Record, bulk
from integration.models.record import normalised

# What a connection calls a thing.
Name = tuple[str, str]


@dataclass(slots=True)
class New:
    """A record made just now, as far as a page needs it."""

    pk: int
    uid: uuid.UUID
    kind: str
    label: str
    parent_id: int | None
    revision: int = 0


@dataclass(slots=True)
class Identities:
    """The record behind every name on a page, the links there were before, and the
    records made just now, which have their number already."""

    records: dict[Name, Record | New] = field(default_factory=dict)
    links: dict[Name, Link] = field(default_factory=dict)
    new: set[int] = field(default_factory=set)


def name_of(thing: Canonical | Ref) -> Name:
    """Kind and external id."""
    return (str(thing.kind), thing.external_id)


def identify(connection: Connection, things: Sequence[Canonical]) -> Identities:
    """Find or make the record of every thing, its parts and its owner."""
    found = Identities()
    holders = list(_holders(things))
    owners = [thing.owner() for thing in things]
    pointed = [owner for owner in owners if owner is not None]
    names = {name_of(thing) for thing in (*things, *holders)}
    names |= {name_of(owner) for owner in pointed}
    found.links = _links(connection, names)
    found.records = {name: link.record for name, link in found.links.items()}
    _settle(connection, found, holders)
    _settle_owners(connection, found, pointed)
    for thing in things:
        owner = thing.owner()
        if owner is not None:
            found.records[name_of(thing)] = found.records[name_of(owner)]
    return found


def _holders(things: Iterable[Canonical]) -> Iterator[Canonical]:
    """Things that have a record of their own, wholes before their parts."""
    own = [thing for thing in things if thing.kind not in FACETS]
    yield from own
    for thing in own:
        yield from thing.parts()


def _links(connection: Connection, names: Iterable[Name]) -> dict[Name, Link]:
    kinds, ids = {kind for kind, _ in names}, {external_id for _, external_id in names}
    stored = Link.everywhere.filter(
        connection=connection, kind__in=kinds, external_id__among=ids
    ).select_related("record")
    return {(link.kind, link.external_id): link for link in stored}


def _settle(
    connection: Connection, found: Identities, things: Sequence[Canonical]
) -> None:
    """Give every thing without a link a record: the one match, else a new one."""
    missing = {
        name_of(thing): thing for thing in things if name_of(thing) not in found.records
    }
    if not missing:
        return
    keys = {name: (Kind(name[0]), thing.keys()) for name, thing in missing.items()}
    found.records |= match(connection, keys)
    wholes = {
        name_of(part): name_of(thing) for thing in things for part in thing.parts()
    }
    labels = {name: thing.label for name, thing in missing.items()}
    _create(connection, found, labels, wholes)


def _settle_owners(
    connection: Connection, found: Identities, owners: Sequence[Ref]
) -> None:
    """An owner not seen yet becomes a bare record: whoever comes first, the other
    finds it."""
    missing = {
        name_of(owner): owner for owner in owners if name_of(owner) not in found.records
    }
    if not missing:
        return
    keys = {name: (owner.kind, owner.keys) for name, owner in missing.items()}
    found.records |= match(connection, keys)
    _create(connection, found, {name: name[1] for name in missing}, {})


def _create(
    connection: Connection,
    found: Identities,
    labels: Mapping[Name, str],
    wholes: Mapping[Name, Name],
) -> None:
    """Make the records nobody knows yet; a whole stands before its parts."""
    names = [name for name in labels if name not in found.records]
    made: dict[Name, New] = {}
    for pk, name in zip(bulk.reserve(Record, len(names)), names, strict=True):
        whole = wholes.get(name)
        parent = found.records[whole].pk if whole else None
        made[name] = New(pk, uuid.uuid4(), name[0], labels[name][:300], parent)
        found.records[name] = made[name]
    revisions.number(connection.tenant_id, made.values())
    columns = ("id", "uid", "kind", "label", "parent_id", "revision")
    rows = (
        (new.pk, new.uid, new.kind, new.label, new.parent_id, new.revision)
        for new in made.values()
    )
    bulk.insert(Record, columns, rows, tenant_id=connection.tenant_id)
    found.new |= {new.pk for new in made.values()}


def match(
    connection: Connection, keys: Mapping[Name, tuple[Kind, Mapping[str, str]]]
) -> dict[Name, Record]:
    """Live records other connections know by the same natural key.

    Only where exactly one has it, and this connection does not know it by another id.
    """
    wanted: dict[tuple[str, str, str], list[Name]] = defaultdict(list)
    for name, (kind, pairs) in keys.items():
        for key, value in pairs.items():
            wanted[(str(kind), key, normalised(value))].append(name)
    if not wanted:
        return {}
    holders = _key_holders(connection, wanted)
    if not holders:
        return {}
    found: dict[Name, Record] = {}
    for key_of, names in wanted.items():
        records = holders.get(key_of, {})
        # Two things of one page with the same key stay apart as well.
        if len(records) == 1 and len(names) == 1 and names[0] not in found:
            found[names[0]] = next(iter(records.values()))
    return found


def _key_holders(
    connection: Connection, wanted: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str, str], dict[int, Record]]:
    kinds, names, values = (set(column) for column in zip(*wanted, strict=True))
    stored = (
        MatchKey.everywhere.filter(
            tenant_id=connection.tenant_id,
            kind__in=kinds,
            name__in=names,
            value__among=values,
            record__gone_at=None,
            record__merged_into=None,
        )
        .exclude(record__links__connection=connection)
        .select_related("record")
    )
    holders: dict[tuple[str, str, str], dict[int, Record]] = defaultdict(dict)
    for key in stored:
        holders[(key.kind, key.name, key.value)][key.record_id] = key.record
    return holders


def remember_keys(
    connection: Connection, found: Identities, things: Iterable[Canonical]
) -> None:
    """Store the natural keys by which these things may be found later."""
    told = {
        (found.records[name_of(thing)].pk, name): (str(thing.kind), normalised(value))
        for thing in _holders(list(things))
        for name, value in thing.keys().items()
        if normalised(value)
    }
    whose = {"tenant_id": connection.tenant_id, "connection_id": connection.pk}
    rows = [(pk, kind, name, value) for (pk, name), (kind, value) in told.items()]
    columns = ("record_id", "kind", "name", "value")
    bulk.insert(
        MatchKey, columns, [row for row in rows if row[0] in found.new], **whose
    )
    MatchKey.everywhere.bulk_create(
        [
            MatchKey(**dict(zip(columns, row, strict=True)), **whose)
            for row in rows
            if row[0] not in found.new
        ],
        update_conflicts=True,
        unique_fields=["record", "connection", "name"],
        update_fields=["value"],
    )
