"""The list of items: which there are, and of one page of them all that a line tells.

A page costs the same few statements however many items there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from integration.canonical.catalog import Price, Stock
from integration.canonical.kinds import PARTS, SALES, Kind, owner_kind
from integration.canonical.record import Record as Canonical
from integration.contract import registry
from integration.insight import finding, values
from integration.insight.conditions import About, State, only, records, stated
from integration.insight.values import Facets, Place, Stray
from integration.models import Connection, Link, MatchKey, Record, Sighting, Tenant
from integration.models.record import normalised

# What a list is chosen by; `ANY` comes from the search box.
LISTED = (Kind.PRODUCT, Kind.VARIANT, Kind.STOCK, Kind.PRICE, Kind.CUSTOMER)
ANY = "any"
# Variants whose stock and prices one page looks at.
PARTS_MOST = 500
# Old rows that a filter begins with.
FEW = 5_000


class Chosen(NamedTuple):
    """What a list was asked for; `before`: not seen since then."""

    kind: str = Kind.PRODUCT
    term: str = ""
    state: State | None = None
    before: datetime | None = None


class Told(NamedTuple):
    """One platform's word for a value."""

    connection: Connection
    text: str


class Cell(NamedTuple):
    """What platforms say of one value, each different word once."""

    told: Sequence[Told] = ()
    differs: bool = False


@dataclass(slots=True)
class Row:
    """One line of the list. `code` is its SKU or e-mail, "" where it has none."""

    record: Record
    state: State
    code: str = ""
    title: str = ""
    stock: Cell = Cell()
    price: Cell = Cell()
    parts: int = 0
    seen_at: datetime | None = None
    section: str = "items"
    uid: str = ""
    strays: list[Stray] = field(default_factory=list)


def listed(about: About, chosen: Chosen) -> QuerySet[Record]:
    """The records a list shows. What differs and what is in step only `rows` can tell:
    of these two states the whole list is looked through."""
    if chosen.kind == ANY:
        return finding.records(about.tenant, chosen.term)
    found = records(about)
    if chosen.term:
        named = finding.records(about.tenant, chosen.term)
        own = Q(pk__in=named.values("pk"))
        if Kind(about.kind) not in (Kind.PRODUCT, Kind.CUSTOMER):
            own |= Q(parent__in=named.filter(kind=Kind.PRODUCT).values("pk"))
        found = found.filter(own)
    if chosen.before is not None:
        found = unseen(about, found, chosen.before)
    if chosen.state in (None, State.DIFFERS, State.IN_STEP):
        return found
    return only(about, chosen.state, found)


def rows(about: About, page: Sequence[Record]) -> list[Row]:
    """All that is told of these records, in their order."""
    if not page:
        return []
    states = _states(about, page)
    parts = _parts(about.tenant, page)
    every = [*page, *(part for each in parts.values() for part in each)]
    codes = _codes(about.tenant, every)
    sold = [record.pk for record in every if record.kind in PARTS]
    facets = values.facets(about.tenant, sold) if sold else {}
    strays = values.strays(about.routes, facets)
    seen = _seen(about.tenant, page)
    places = _connections(about, facets)
    found = []
    for record in page:
        own = parts.get(record.pk, [record])
        section, uid = finding.page_of(record)
        row = Row(record, states[record.pk], section=section, uid=uid)
        # A product is called by the SKU of its only variant, as that is written.
        only = codes.get(own[0].pk, "") if len(own) == 1 else ""
        row.code = only or codes.get(record.pk, "")
        row.title = record.parent.label if record.parent else record.label
        row.parts = len(own) if record.pk in parts else 0
        row.strays = [stray for part in own for stray in strays.get(part.pk, ())]
        row.stock = _cell(Kind.STOCK, own, facets, places, row.strays)
        row.price = _cell(Kind.PRICE, own, facets, places, row.strays)
        row.seen_at = seen.get(record.pk) or seen.get(record.parent_id or 0)
        row.state = _refined(about, row)
        found.append(row)
    return found


def _refined(about: About, row: Row) -> State:
    """In step is only what no platform contradicts."""
    alone = about.kind in values.FACET_KINDS
    concerned = [each for each in row.strays if not alone or each.kind == about.kind]
    return State.DIFFERS if row.state is State.IN_STEP and concerned else row.state


def _states(about: About, page: Sequence[Record]) -> dict[int, State]:
    """How these stand; of a search among all kinds each as its kind does."""
    kinds = {about.kind} if about.kind != ANY else {record.kind for record in page}
    found: dict[int, State] = {}
    for kind in sorted(kinds):
        own = owner_kind(Kind(kind))
        keys = [record.pk for record in page if record.kind == own]
        rows = Record.objects.for_tenant(about.tenant).filter(pk__in=keys)
        told = stated(about._replace(kind=kind, among=keys), rows)
        found |= {pk: State(s) for pk, s in told.values_list("pk", "state")}
    return found


def _parts(tenant: Tenant, page: Sequence[Record]) -> dict[int, list[Record]]:
    """The variants of the products among these, of the first ones all."""
    keys = [record.pk for record in page if record.kind == Kind.PRODUCT]
    if not keys:
        return {}
    stored = Record.objects.for_tenant(tenant).filter(
        parent__in=keys, kind=Kind.VARIANT, merged_into=None
    )
    chosen = list(stored.order_by("parent", "pk")[: PARTS_MOST + 1])
    found: dict[int, list[Record]] = defaultdict(list)
    for part in chosen:
        found[part.parent_id or 0].append(part)
    if len(chosen) > PARTS_MOST:
        # The last one's variants are not all here, and sums over some would be wrong.
        found.pop(chosen[-1].parent_id or 0)
    return found


def _codes(tenant: Tenant, of: Sequence[Record]) -> dict[int, str]:
    """SKU or e-mail, as it is written where the record is called by it."""
    labels = {record.pk: record.label for record in of}
    keys = MatchKey.objects.for_tenant(tenant).filter(
        record__in=list(labels), name__in=("sku", "email")
    )
    found = {}
    for record_id, value in keys.values_list("record_id", "value"):
        label = labels[record_id]
        found[record_id] = label if normalised(label) == value else value
    return found


def _connections(about: About, facets: Facets) -> list[Connection]:
    """The connections that say something, sources before those they fill."""
    wanted = {place.connection_id for place in facets}
    if not wanted:
        return []
    sources = {route.source_id for route in about.routes if route.enabled}
    stored = Connection.objects.for_tenant(about.tenant).filter(pk__in=wanted)
    return sorted(stored, key=lambda each: (each.pk not in sources, each.pk))


def _cell(
    kind: Kind,
    own: Sequence[Record],
    facets: Facets,
    places: Sequence[Connection],
    strays: Sequence[Stray],
) -> Cell:
    told: dict[str, Told] = {}
    for connection in places:
        said = [facets.get(Place(each.pk, kind, connection.pk)) for each in own]
        text = _together([thing for thing in said if thing is not None])
        if text:
            told.setdefault(text, Told(connection, text))
    return Cell(list(told.values()), any(stray.kind == kind for stray in strays))


def _together(said: Sequence[Canonical]) -> str:
    """Several variants' stock as a sum, their prices as a span."""
    if len(said) <= 1:
        return values.spoken(said[0]) if said else ""
    stocks = [each for each in said if isinstance(each, Stock) and each.tracked]
    if stocks:
        return values.plainly(sum((each.available for each in stocks), Decimal(0)))
    prices = [each for each in said if isinstance(each, Price) and each.money]
    prices.sort(key=lambda each: each.money.amount if each.money else Decimal(0))
    ends = [values.spoken(each) for each in (prices[:1] + prices[-1:])]
    return " – ".join(dict.fromkeys(ends))


def _seen(tenant: Tenant, page: Sequence[Record]) -> dict[int, datetime]:
    """When each record, or what it is part of, was last seen where that is longest
    ago; in two statements."""
    keys = {record.pk for record in page}
    keys |= {record.parent_id for record in page if record.parent_id}
    names: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    stored = Link.objects.for_tenant(tenant).filter(record__in=keys, gone_at=None)
    for connection, platform, kind, external_id, record in stored.values_list(
        "connection", "connection__platform", "kind", "external_id", "record"
    ):
        for stream in streams(platform, kind):
            names[(connection, external_id)].append((record, stream))
    rows = Sighting.objects.for_tenant(tenant).filter(
        connection__in={connection for connection, _ in names},
        stream__in={stream for each in names.values() for _, stream in each},
        external_id__in={external_id for _, external_id in names},
    )
    found: dict[int, datetime] = {}
    for connection, name, external_id, seen_at in rows.values_list(
        "connection", "stream", "external_id", "seen_at"
    ):
        for record, stream in names.get((connection, external_id), ()):
            if stream == name:
                found[record] = min(found.get(record, seen_at), seen_at)
    return found


def streams(platform: str, kind: str) -> list[str]:
    """The lists of a platform whose rows are things of this kind."""
    connector = registry.connectors().get(platform)
    if connector is None or kind in SALES:
        return []
    return [each.key for each in connector.streams if each.main == kind]


def unseen(
    about: About, found: QuerySet[Record], before: datetime, few: int = FEW
) -> QuerySet[Record]:
    """Those that a platform has not shown since then. Up to `few` old rows tell their
    items; where there are more, nearly any item is old and each is asked."""
    tenant = about.tenant
    own = owner_kind(Kind(about.kind))
    kinds = (own, PARTS[own]) if own in PARTS else (own,)
    place = Q(pk__in=())
    for pk, platform in Connection.objects.for_tenant(tenant).values_list(
        "pk", "platform"
    ):
        names = [name for kind in kinds for name in streams(platform, kind)]
        place |= Q(connection=pk, stream__in=names)
    old = Sighting.objects.for_tenant(tenant).filter(
        place, seen_at__lt=before, gone_at=None
    )
    links = Link.objects.for_tenant(tenant).filter(kind__in=kinds)
    if old.order_by()[: few + 1].count() <= few:
        same = links.filter(
            connection=OuterRef("connection"), external_id=OuterRef("external_id")
        )
        of = old.annotate(of=Subquery(same.values("record")[:1]))
        keys = of.filter(of__isnull=False).values("of")
        return found.filter(Q(pk__in=keys) | Q(parent__in=keys))
    same = old.filter(
        connection=OuterRef("connection"), external_id=OuterRef("external_id")
    )
    shown = links.filter(Exists(same))
    return found.filter(
        Exists(shown.filter(record=OuterRef("pk")))
        | Exists(shown.filter(record=OuterRef("parent")))
    )
