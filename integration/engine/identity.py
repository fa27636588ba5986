"""Which record each thing of a page is: by its link, by a natural key, or a new one.

Set-based: a fixed number of statements however many things a page holds.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from integration.canonical.kinds import FACETS
from integration.canonical.record import Record as Canonical
from integration.canonical.values import Ref
from integration.engine import revisions
from integration.engine.key_rules import KeyRules
from integration.models import Connection, Link, MatchKey, Record, bulk
from integration.models.record import normalised

# What a connection calls a thing.
Name = tuple[str, str]


@dataclass(slots=True)
class New:
    """A record made just now, as far as a page needs it."""

    kind: str
    label: str
    whole: Record | New | None
    pk: int = 0
    uid: uuid.UUID = field(default_factory=uuid.uuid4)
    revision: int = 0


@dataclass
class Identities:
    """The record behind every name on a page, the links there were before, and the
    records made just now, which have their numbers but are not stored yet."""

    records: dict[Name, Record | New] = field(default_factory=dict)
    links: dict[Name, Link] = field(default_factory=dict)
    made: list[New] = field(default_factory=list)

    @cached_property
    def new(self) -> set[int]:
        """The primary keys of the records made just now."""
        return {new.pk for new in self.made}


def name_of(thing: Canonical | Ref) -> Name:
    """Kind and external id."""
    return (str(thing.kind), thing.external_id)


def identify(connection: Connection, things: Sequence[Canonical]) -> Identities:
    """Find or make the record of every thing, its parts and its owner."""
    found = Identities()
    own = list(holders(things))
    owners = [thing.owner() for thing in things]
    pointed = [owner for owner in owners if owner is not None]
    names = {name_of(thing) for thing in (*things, *own)}
    names |= {name_of(owner) for owner in pointed}
    found.links = _links(connection, names)
    found.records = {name: link.record for name, link in found.links.items()}
    _settle(connection, found, own)
    _settle_owners(connection, found, pointed)
    _number(connection, found.made)
    for thing in things:
        owner = thing.owner()
        if owner is not None:
            found.records[name_of(thing)] = found.records[name_of(owner)]
    return found


def holders(things: Sequence[Canonical]) -> Iterator[Canonical]:
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
    # What a link shows is told by its digest here, and would be most of its memory.
    return {(link.kind, link.external_id): link for link in stored.defer("data")}


def _settle(
    connection: Connection, found: Identities, things: Sequence[Canonical]
) -> None:
    """Give every thing without a link a record: the one match, else a new one."""
    missing = {
        name_of(thing): thing for thing in things if name_of(thing) not in found.records
    }
    if not missing:
        return
    found.records |= match(connection, missing)
    wholes = {
        name_of(part): name_of(thing) for thing in things for part in thing.parts()
    }
    for thing in things:
        story = thing.belongs_to()
        if story is None:
            continue
        if name_of(story) in missing or name_of(story) in found.records:
            wholes[name_of(thing)] = name_of(story)
    labels = {name: thing.label for name, thing in missing.items()}
    _create(found, labels, wholes)


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
    found.records |= match(connection, missing)
    _create(found, {name: name[1] for name in missing}, {})


def _create(
    found: Identities, labels: Mapping[Name, str], wholes: Mapping[Name, Name]
) -> None:
    """Make the records nobody knows yet; a whole stands before its parts."""
    for name, label in labels.items():
        if name not in found.records:
            whole = found.records[wholes[name]] if name in wholes else None
            new = New(name[0], label[:300], whole)
            found.records[name] = new
            found.made.append(new)


def _number(connection: Connection, made: Sequence[New]) -> None:
    if not made:
        return
    for new, pk in zip(made, bulk.reserve(Record, len(made)), strict=True):
        new.pk = pk
    revisions.number(connection.tenant_id, made)


def match(
    connection: Connection, things: Mapping[Name, Canonical | Ref]
) -> dict[Name, Record]:
    """Live records other connections know by the same natural key.

    Only where exactly one has it, and this connection does not know it by another id.
    """
    others = Connection.everywhere.filter(tenant=connection.tenant_id)
    if not others.exclude(pk=connection.pk).exists():
        return {}
    wanted: dict[tuple[str, str, str], list[Name]] = defaultdict(list)
    for name, thing in things.items():
        keys = thing.keys if isinstance(thing, Ref) else thing.keys()
        for key, value in keys.items():
            wanted[(name[0], key, normalised(value))].append(name)
    if not wanted:
        return {}
    known = _key_holders(connection, wanted)
    found: dict[Name, Record] = {}
    for key_of, names in wanted.items():
        records = known.get(key_of, {})
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
    rules = KeyRules(connection.tenant_id)
    known: dict[tuple[str, str, str], dict[int, Record]] = defaultdict(dict)
    for key in stored:
        if rules.allow(key.kind, connection.pk, key.connection_id, key.name):
            known[(key.kind, key.name, key.value)][key.record_id] = key.record
    return known
