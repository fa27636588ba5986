"""An order as a list shows it: who bought what, and where it stands on each way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Max, Min, Q, QuerySet

from integration.canonical.codec import decode
from integration.canonical.kinds import Kind
from integration.canonical.sales import Order
from integration.insight import standing
from integration.models import Connection, Delivery, Link, Record, Route, Tenant
from integration.models.delivery import OPEN_DELIVERIES
from synclog.models import ErrorState, SyncError

# An order, and what becomes of it where there are no orders.
SOLD = (Kind.ORDER.value, Kind.INVOICE.value)
# Stored payloads are no part of a list.
HEAVY = ("frozen", "payload")
# Causes of a read by the clock: no webhook had told of the thing.
POLLS = ("schedule", "rotation", "missed")


class Stop(NamedTuple):
    """One platform an order goes to: its last delivery, its link there, its state.

    `may_exist`: it was sent, and nobody knows what became of it.
    """

    route: Route
    delivery: Delivery | None
    link: Link | None
    number: str
    state: str
    next_try: datetime | None
    tries: tuple[int, int] | None
    reason: str
    may_exist: bool


@dataclass(slots=True)
class Line:
    """One order of the list. `told` is its open problem that people were told of."""

    record: Record
    number: str = ""
    customer: str = ""
    total: Decimal | None = None
    currency: str = ""
    placed_at: datetime | None = None
    source: Connection | None = None
    stops: list[Stop] = field(default_factory=list)
    told: SyncError | None = None
    polled: bool = False

    @property
    def state(self) -> str:
        """The worst of where it stands on its way."""
        states = {stop.state for stop in self.stops} or {standing.RECEIVED}
        return next(state for state in standing.WORST if state in states)


def sold(tenant: Tenant) -> QuerySet[Delivery]:
    """The deliveries of orders and of the invoices made of them."""
    return Delivery.objects.for_tenant(tenant).filter(kind__in=SOLD)


def lines(
    tenant: Tenant, records: Sequence[Record], ways: Sequence[Route]
) -> list[Line]:
    """What the list tells of these orders; five statements."""
    links = _links(tenant, records)
    latest, first = _deliveries(tenant, records)
    problems = _problems(tenant, records)
    found = []
    for record in records:
        here = links[record.pk]
        line = _line(record, here, ways)
        sent = latest.get(record.pk, {})
        line.stops = stops(here, sent, ways)
        line.told = problems.get(record.pk)
        line.polled = first.get(record.pk, "") in POLLS and _calls(line.source)
        found.append(line)
    return found


def line_of(
    record: Record,
    links: Sequence[Link],
    deliveries: Sequence[Delivery],
    ways: Sequence[Route],
) -> Line:
    """One order as the list has it, from what is at hand; deliveries come by age."""
    sold = [way for way in ways if way.kind == Kind.ORDER]
    mine = [
        row for row in deliveries if row.record_id == record.pk and row.kind in SOLD
    ]
    line = _line(record, links, sold)
    line.stops = stops(links, that_count(mine).get(record.pk, {}), sold)
    line.polled = bool(mine) and mine[0].cause in POLLS and _calls(line.source)
    return line


def _calls(source: Connection | None) -> bool:
    """Whether a platform was asked to tell of news by itself."""
    return source is not None and source.webhooks_checked_at is not None


def _links(tenant: Tenant, records: Sequence[Record]) -> dict[int, list[Link]]:
    stored = Link.objects.for_tenant(tenant).filter(record__in=records, kind__in=SOLD)
    found: dict[int, list[Link]] = defaultdict(list)
    for link in stored.defer("sent", "handles").order_by("pk"):
        found[link.record_id].append(link)
    return found


def _deliveries(
    tenant: Tenant, records: Sequence[Record]
) -> tuple[dict[int, dict[int, Delivery]], dict[int, str]]:
    """By record and route the delivery that counts; by record the first one's cause."""
    spans = (
        sold(tenant)
        .filter(record__in=records)
        .order_by()
        .values_list("record", "route")
        .annotate(Min("pk"), Max("pk"))
    )
    firsts: dict[int, int] = {}
    ends = []
    for record_id, _route, first, last in spans:
        firsts[record_id] = min(first, firsts.get(record_id, first))
        ends.append(last)
    stored = sold(tenant).filter(
        Q(pk__in={*ends, *firsts.values()})
        | Q(record__in=records, state__in=OPEN_DELIVERIES)
    )
    causes: dict[int, str] = {}
    rows = list(stored.select_related("waits_for__record").defer(*HEAVY).order_by("pk"))
    for row in rows:
        if firsts.get(row.record_id) == row.pk:
            causes[row.record_id] = row.cause
    return that_count(row for row in rows), causes


def that_count(rows: Iterable[Delivery]) -> dict[int, dict[int, Delivery]]:
    """By record and route the open delivery, else the last; rows come by age."""
    found: dict[int, dict[int, Delivery]] = defaultdict(dict)
    for row in rows:
        known = found[row.record_id].get(row.route_id)
        if known is None or known.state not in OPEN_DELIVERIES:
            found[row.record_id][row.route_id] = row
    return found


def _problems(tenant: Tenant, records: Sequence[Record]) -> dict[int, SyncError]:
    """The latest open problem of each order."""
    rows = SyncError.objects.for_tenant(tenant).filter(
        record__in=records, state=ErrorState.OPEN
    )
    return {row.record_id: row for row in rows.order_by("last_at")}


def _line(record: Record, links: Sequence[Link], ways: Sequence[Route]) -> Line:
    line = Line(record, number=record.label)
    sources = {way.source_id: way.source for way in ways}
    for link in links:
        if link.kind == Kind.ORDER and link.data and link.connection_id in sources:
            line.source = sources[link.connection_id]
            order = decode(Kind.ORDER, bytes(link.data))
            if isinstance(order, Order):
                line.number, line.customer = order.number, buyer(order)
                line.total, line.currency = order.total, order.currency
                line.placed_at = order.placed_at
            break
    return line


def buyer(order: Order) -> str:
    """Who bought, as far as the order says: a name, else an e-mail."""
    if order.buyer is not None and order.buyer.label != order.buyer.external_id:
        return order.buyer.label
    if order.billing is not None:
        told = (order.billing.name, order.billing.company, order.billing.email)
        return next(filter(None, told), "")
    return order.customer.keys.get("email", "") if order.customer else ""


def stops(
    links: Sequence[Link], sent: Mapping[int, Delivery], ways: Sequence[Route]
) -> list[Stop]:
    """Where an order goes, route by route; a route switched off only where it has
    carried this one."""
    begun = {link.connection_id for link in links if link.kind == Kind.ORDER}
    there = {(link.connection_id, link.kind): link for link in links}
    found = []
    for way in ways:
        delivery = sent.get(way.pk)
        link = there.get((way.target_id, way.writes))
        known = delivery is not None or link is not None
        if not known and not (way.enabled and way.source_id in begun):
            continue
        if delivery is not None:
            delivery.route = way
        found.append(_stop(way, delivery, link))
    return found


def _stop(way: Route, delivery: Delivery | None, link: Link | None) -> Stop:
    state = standing.state_of(delivery, link)
    told = delivery if delivery is not None and state in standing.CONDITIONS else None
    return Stop(
        route=way,
        delivery=delivery,
        link=link,
        number=_number(link),
        state=state,
        next_try=standing.next_try(told) if told else None,
        tries=standing.tries(told) if told else None,
        reason=standing.reason(told) if told else "",
        may_exist=standing.may_exist(told) if told else False,
    )


def _number(link: Link | None) -> str:
    """What the document is called there: its number, else its id."""
    if link is None:
        return ""
    if link.data:
        shown: Any = decode(Kind(link.kind), bytes(link.data))
        return str(getattr(shown, "number", "") or link.external_id)
    return link.external_id
