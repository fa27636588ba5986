"""Pointers to ids on the target, resolved before mapping; set-based.

By link where the source knows the thing by that id, else by a natural key that
exactly one live record has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from integration.canonical.kinds import MADE_OF, ONE_BY, Kind
from integration.canonical.record import Record as Canonical
from integration.canonical.record import refs
from integration.canonical.values import Ref
from integration.contract.mapping import known_as
from integration.engine.key_rules import KeyRules
from integration.models import Connection, Link, MatchKey, Record
from integration.models.record import normalised

Known = tuple[str, str]


def resolve(
    source: Connection, target: Connection, things: Iterable[Canonical]
) -> dict[Known, str]:
    """(kind, id on the source, or keys) -> id on the target, for all that is linked.

    Where the target has another kind in its place, that one's id: the invoice of an
    order. A thing that is not linked itself may be there under its key: two customers
    of one shop with one e-mail are one contact in the books.
    """
    wanted = {known_as(ref): ref for thing in things for ref in refs(thing)}
    if not wanted:
        return {}
    records = records_of(source, wanted)
    there = {
        (link.kind, link.record_id): link.external_id
        for link in Link.everywhere.filter(
            connection=target, record__in=set(records.values()), gone_at=None
        )
    }
    found = {
        name: external_id
        for name, record_id in records.items()
        if (external_id := _there(there, name[0], record_id))
    }
    strange = {name: ref for name, ref in wanted.items() if name not in found}
    return found | _shared(source, target, strange)


def _there(
    there: Mapping[tuple[str, int], str], kind: str, record_id: int
) -> str | None:
    made = [kind, *(made for made, source in MADE_OF.items() if source == kind)]
    ids = (there.get((str(each), record_id)) for each in made)
    return next((external_id for external_id in ids if external_id), None)


def _shared(
    source: Connection, target: Connection, wanted: Mapping[Known, Ref]
) -> dict[Known, str]:
    """Ids of what is one thing there by its key, where exactly one live thing is."""
    asked: dict[tuple[str, str], list[Known]] = defaultdict(list)
    for name, ref in wanted.items():
        value = normalised(ref.keys.get(ONE_BY.get(ref.kind, ""), ""))
        if value:
            asked[(name[0], value)].append(name)
    if not asked:
        return {}
    rows = Link.everywhere.filter(
        connection=target,
        kind__in=set(ONE_BY),
        gone_at=None,
        record__match_keys__name__in=set(ONE_BY.values()),
        record__match_keys__value__in={value for _, value in asked},
    ).values_list("kind", "record__match_keys__value", "external_id")
    rules = KeyRules(source.tenant_id)
    held: dict[Known, set[str]] = defaultdict(set)
    for kind, value, external_id in rows:
        if rules.allow(kind, source.pk, target.pk, ONE_BY[Kind(kind)]):
            for name in asked.get((kind, value), ()):
                held[name].add(external_id)
    return {name: next(iter(ids)) for name, ids in held.items() if len(ids) == 1}


def records_of(source: Connection, wanted: Mapping[Known, Ref]) -> dict[Known, int]:
    """The record behind each pointer, where there is exactly one."""
    links = Link.everywhere.filter(
        connection=source,
        kind__in={kind for kind, _ in wanted},
        external_id__in={ref.external_id for ref in wanted.values()},
    ).values_list("kind", "external_id", "record_id")
    by_id = {(kind, external_id): record for kind, external_id, record in links}
    found = {
        name: by_id[(name[0], ref.external_id)]
        for name, ref in wanted.items()
        if (name[0], ref.external_id) in by_id
    }
    unknown = {name: ref for name, ref in wanted.items() if name not in found}
    return found | _by_key(source, unknown)


def _by_key(source: Connection, wanted: Mapping[Known, Ref]) -> dict[Known, int]:
    keys = {
        (name[0], key, normalised(value))
        for name, ref in wanted.items()
        for key, value in ref.keys.items()
    }
    if not keys:
        return {}
    kinds, names, values = (set(column) for column in zip(*keys, strict=True))
    holders: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    rules = KeyRules(source.tenant_id)
    for row in MatchKey.everywhere.filter(
        tenant_id=source.tenant_id,
        kind__in=kinds,
        name__in=names,
        value__in=values,
        record__merged_into=None,
    ):
        if rules.allow(row.kind, source.pk, row.connection_id, row.name):
            holders[(row.kind, row.name, row.value)].add(row.record_id)
    found: dict[Known, int] = {}
    for name, ref in wanted.items():
        for key, value in ref.keys.items():
            records = holders.get((name[0], key, normalised(value)), set())
            if len(records) == 1:
                found.setdefault(name, next(iter(records)))
    return found


def record_of(source: Connection, ref: Ref) -> Record | None:
    """The one record a pointer stands for, or None."""
    found = records_of(source, {known_as(ref): ref})
    key = found.get(known_as(ref))
    return Record.everywhere.select_related("parent").get(pk=key) if key else None
