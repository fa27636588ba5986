"""Compares what two connections have: what matches, what is on one side only, and what
stands in the way of matching.

Counts are sums of the database; spelling is compared for a bounded number of things,
and for all of them where the findings are written to a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet

from integration.canonical.catalog import Product, Variant
from integration.canonical.codec import decode
from integration.canonical.kinds import Kind
from integration.errors import Permanent
from integration.models import Connection, Link, MatchKey
from integration.models.record import normalised

# What is matched by which key.
KEYS = {Kind.VARIANT: "sku", Kind.CUSTOMER: "email"}
# What a line of the file may be about.
ALONE, KEYLESS, DOUBLED, SPELLED = "alone", "keyless", "doubled", "spelled"
# Things whose spelling a page compares.
MOST = 2_000
CHUNK = 500


class Side(NamedTuple):
    """What one connection has of a kind: all of it, what the other lacks, what has no
    key, and how many keys several of its things share."""

    connection: Connection
    total: int
    alone: int
    keyless: int
    doubled: int


class Compared(NamedTuple):
    """Two connections' things of one kind; `spelled` are keys that differ in case or
    blanks alone, each as (here, there)."""

    kind: Kind
    here: Side
    there: Side
    matched: int
    spelled: list[tuple[str, str]]

    @property
    def ambiguous(self) -> int:
        """Keys that nobody can be told by."""
        return self.here.doubled + self.there.doubled


class Row(NamedTuple):
    """One finding as a line of a file."""

    finding: str
    kind: str
    connection: str
    key: str
    name: str
    external_id: str


def kinds_of(kind: Kind) -> tuple[Kind, ...]:
    """What is matched between the ends of a route that brings this kind."""
    if kind in (Kind.PRODUCT, Kind.VARIANT, Kind.STOCK, Kind.PRICE):
        return (Kind.VARIANT,)
    return (kind,) if kind in KEYS else ()


def compare(here: Connection, there: Connection, kind: Kind) -> Compared:
    """What two connections of one merchant have of a kind; a fixed number of
    statements."""
    matched = _matched(here, there, kind).count()
    spelled = _spelled(here, there, MOST) if kind == Kind.VARIANT else []
    return Compared(
        kind,
        _side(here, kind, matched),
        _side(there, kind, matched),
        matched,
        spelled,
    )


def rows(here: Connection, there: Connection, kind: Kind) -> Iterator[Row]:
    """Every finding about a kind, what matches left out; read in pieces."""
    for one, other in ((here, there), (there, here)):
        lonely = _live(one, kind).exclude(
            pk__in=_matched(one, other, kind).values("pk")
        )
        yield from _lines(ALONE, one, kind, lonely)
        yield from _lines(KEYLESS, one, kind, _keyless(one, kind))
        for value in _doubled(one, kind).iterator(chunk_size=CHUNK):
            key = value["value"]
            yield Row(DOUBLED, str(kind), one.label, key, "", "")
    if kind == Kind.VARIANT:
        for mine, theirs in _spelled(here, there, None):
            yield Row(SPELLED, str(kind), here.label, mine, theirs, "")


def _live(connection: Connection, kind: Kind) -> QuerySet[Link]:
    return Link.objects.for_tenant(connection.tenant_id).filter(
        connection=connection, kind=kind, gone_at=None
    )


def _matched(here: Connection, there: Connection, kind: Kind) -> QuerySet[Link]:
    """The links of one side whose record the other side has too."""
    same = _live(there, kind).filter(record=OuterRef("record"))
    return _live(here, kind).filter(Exists(same))


def _side(connection: Connection, kind: Kind, matched: int) -> Side:
    total = _live(connection, kind).count()
    return Side(
        connection,
        total,
        total - matched,
        _keyless(connection, kind).count(),
        _doubled(connection, kind).count(),
    )


def _keyless(connection: Connection, kind: Kind) -> QuerySet[Link]:
    held = MatchKey.objects.for_tenant(connection.tenant_id).filter(
        connection=connection, record=OuterRef("record"), name=KEYS[kind]
    )
    return _live(connection, kind).exclude(Exists(held))


def _doubled(connection: Connection, kind: Kind) -> QuerySet[Any, Any]:
    """Keys that several live things of one connection share."""
    held = MatchKey.objects.for_tenant(connection.tenant_id).filter(
        connection=connection, kind=kind, name=KEYS[kind]
    )
    # Whether things live is looked at only where there are several of them.
    live = held.filter(
        value__in=_several(held), record__gone_at=None, record__merged_into=None
    )
    return _several(live).order_by("value")


def _several(held: QuerySet[MatchKey]) -> QuerySet[Any, Any]:
    """The keys among these that stand there more than once."""
    counted = held.order_by().values("value").annotate(times=Count("pk"))
    return counted.filter(times__gt=1).values("value")


def _lines(
    finding: str, connection: Connection, kind: Kind, found: QuerySet[Link]
) -> Iterator[Row]:
    key = MatchKey.objects.for_tenant(connection.tenant_id).filter(
        connection=connection, record=OuterRef("record"), name=KEYS[kind]
    )
    told = found.annotate(key=key.values("value")[:1]).values_list(
        "key", "record__label", "external_id"
    )
    for value, label, external_id in told.iterator(chunk_size=CHUNK):
        yield Row(finding, str(kind), connection.label, value or "", label, external_id)


def _spelled(
    here: Connection, there: Connection, most: int | None
) -> list[tuple[str, str]]:
    """SKUs that are one only when case and blanks are left out."""
    mine = _skus(here, most)
    return [
        (mine[key], theirs)
        for key, theirs in _skus(there, most).items()
        if key in mine and mine[key] != theirs
    ]


def _skus(connection: Connection, most: int | None) -> dict[str, str]:
    """SKUs as the platform writes them, by how they are compared."""
    stored = Link.objects.for_tenant(connection.tenant_id).filter(
        connection=connection,
        kind__in=(Kind.PRODUCT, Kind.VARIANT),
        gone_at=None,
        data__isnull=False,
    )
    told = stored.order_by("pk").values_list("kind", "data")[:most]
    found: dict[str, str] = {}
    for kind, data in told.iterator(chunk_size=CHUNK):
        for variant in _variants(Kind(kind), bytes(data)):
            if variant.sku:
                found.setdefault(normalised(variant.sku), variant.sku)
    return found


def _variants(kind: Kind, data: bytes) -> tuple[Variant, ...]:
    try:
        thing = decode(kind, data)
    except Permanent:
        return ()
    if isinstance(thing, Product):
        return thing.variants
    return (thing,) if isinstance(thing, Variant) else ()
