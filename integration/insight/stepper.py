"""The way of one order, step by step: what is over, where it stands, what comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integration.canonical.kinds import Kind
from integration.canonical.sales import Fulfilment, LineType, Order, OrderStatus
from integration.insight import standing
from integration.insight.order_lines import Stop
from integration.insight.sale import Sale
from integration.models import Connection, Link, Tenant

OVER, HERE, FAILED, AHEAD = "over", "here", "failed", "ahead"
ITEM_KINDS = (Kind.VARIANT.value, Kind.PRODUCT.value)


class Step(NamedTuple):
    """One step: its name, how it stands, since when, and a word about it."""

    name: str
    state: str
    at: datetime | None = None
    note: str = ""


def steps(tenant: Tenant, sale: Sale) -> list[Step]:
    """The steps in their order; two statements, for customer and items."""
    known = _known(tenant, sale)
    found = [_received(sale)]
    for stop in sale.line.stops:
        found += _partners(sale, stop, known)
        found.append(_posted(stop))
    found += _money(sale)
    if sale.status is not None:
        found.append(_shipped(sale.status))
    return found


def _received(sale: Sale) -> Step:
    source = sale.line.source
    note = _("found by the poll") if sale.line.polled else ""
    if source is None:
        return Step(_("Received"), HERE, sale.record.created_at, note)
    name = _("Received from %(platform)s") % {"platform": source.label}
    return Step(name, OVER, sale.record.created_at, note)


# By name on the source: the connections on which that thing is linked.
Known = dict[tuple[str, str], set[int]]


def _known(tenant: Tenant, sale: Sale) -> Known:
    """Where the order's buyer and items are linked."""
    if sale.order is None or sale.line.source is None:
        return {}
    wanted = Q(pk__in=())
    if sale.order.customer is not None and sale.order.customer.external_id:
        name = sale.order.customer.external_id
        wanted |= Q(kind=Kind.CUSTOMER, external_id=name)
    wanted |= Q(kind__in=ITEM_KINDS, external_id__in=_items(sale.order))
    links = Link.objects.for_tenant(tenant)
    here = links.filter(wanted, connection=sale.line.source)
    names = {
        record: (str(kind), external_id)
        for record, kind, external_id in here.values_list(
            "record", "kind", "external_id"
        )
    }
    found: Known = defaultdict(set)
    there = links.filter(record__in=names, gone_at=None)
    for record, connection in there.values_list("record", "connection"):
        found[names[record]].add(connection)
    return found


def _items(order: Order) -> list[str]:
    """The ids of what was bought, each once."""
    ids = [line.variant.external_id for line in _goods(order) if line.variant]
    return list(dict.fromkeys(filter(None, ids)))


def _goods(order: Order) -> list:  # type: ignore[type-arg]
    return [line for line in order.lines if line.type == LineType.GOODS]


def _partners(sale: Sale, stop: Stop, known: Known) -> list[Step]:
    """Buyer and items on one target."""
    if sale.order is None:
        return []
    target, over = stop.route.target, stop.state == standing.POSTED
    return [
        _customer(sale.order, target, known, over),
        _bought(sale.order, target, known, over),
    ]


def _customer(order: Order, target: Connection, known: Known, over: bool) -> Step:
    name = _("Customer in %(platform)s") % {"platform": target.label}
    buyer = order.customer
    if buyer is not None and buyer.external_id:
        there = known.get((str(Kind.CUSTOMER), buyer.external_id), set())
        if target.pk in there:
            return Step(name, OVER, note=_("linked, never overwritten"))
    if over:
        return Step(name, OVER, note=_("written into the order"))
    return Step(name, AHEAD, note=_("linked or created before posting"))


def _bought(order: Order, target: Connection, known: Known, over: bool) -> Step:
    name = _("Items in %(platform)s") % {"platform": target.label}
    items = _items(order)
    linked = sum(
        any(target.pk in known.get((kind, item), ()) for kind in ITEM_KINDS)
        for item in items
    )
    note = ngettext(
        "%(linked)d of %(count)d item linked",
        "%(linked)d of %(count)d items linked",
        len(items),
    ) % {"linked": linked, "count": len(items)}
    if over and linked < len(items):
        note = _("written as lines of the document")
    return Step(name, OVER if over or linked == len(items) else AHEAD, note=note)


def _posted(stop: Stop) -> Step:
    names = {"platform": stop.route.target.label, "number": stop.number}
    if stop.route.writes == Kind.INVOICE:
        name = _("Invoice %(number)s in %(platform)s") % names
    else:
        name = _("Order %(number)s in %(platform)s") % names
    name = " ".join(name.split())
    if stop.state == standing.POSTED:
        return Step(name, OVER, stop.link.sent_at if stop.link else None)
    if stop.state in (standing.GAVE_UP, standing.NEEDS_YOU):
        return Step(name, FAILED, note=stop.reason)
    if stop.state == standing.CLOSED:
        return Step(name, OVER, note=_("closed without a link"))
    if stop.delivery is None:
        return Step(name, AHEAD, note=_("not owed yet: it may not fit the route"))
    return Step(name, HERE, note=stop.reason)


def _money(sale: Sale) -> list[Step]:
    """Payments, refunds and credit notes on their targets, as far as routes bring
    them and the source has any."""
    sources = {way.source_id for way in sale.ways}
    told = [link for link in sale.links if link.connection_id in sources]
    names = {
        Kind.PAYMENT: _("Payment in %(platform)s"),
        Kind.REFUND: _("Refund in %(platform)s"),
    }
    found = []
    for way in sale.ways:
        kind = Kind(way.kind)
        of_kind = {link.record_id for link in told if link.kind == kind}
        if kind not in names or not of_kind:
            continue
        there = [
            link
            for link in sale.links
            if (link.connection_id, link.kind) == (way.target_id, way.writes)
        ]
        found.append(_paid(sale, names[kind], way.target, of_kind, there))
    return found


def _paid(
    sale: Sale, name: str, target: Connection, told: set[int], there: Sequence[Link]
) -> Step:
    title = name % {"platform": target.label}
    if told <= {link.record_id for link in there}:
        return Step(
            title,
            OVER,
            max((link.sent_at for link in there if link.sent_at), default=None),
        )
    stuck = [
        each
        for each in sale.tries
        if each.delivery.record_id in told
        and each.delivery.route.target_id == target.pk
    ]
    lost = (standing.GAVE_UP, standing.NEEDS_YOU)
    for each in stuck:
        if each.open:
            state = FAILED if each.state in lost else HERE
            return Step(title, state, note=each.reason)
    return Step(title, AHEAD, note=_("after the invoice"))


def _shipped(status: OrderStatus) -> Step:
    words = {
        Fulfilment.SHIPPED: (_("Shipped"), OVER),
        Fulfilment.CANCELLED: (_("Cancelled"), FAILED),
        Fulfilment.OPEN: (_("Not shipped yet"), AHEAD),
    }
    name, state = words[status.fulfilment]
    return Step(name, state, note=_("the shop says: %(word)s") % {"word": status.word})
