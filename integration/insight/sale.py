"""One order with all that hangs on it: documents, deliveries, problems, deeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from integration.canonical.codec import decode
from integration.canonical.kinds import BELONGS_TO, Kind
from integration.canonical.record import Record as Canonical
from integration.canonical.sales import Order, OrderStatus
from integration.insight import order_lines, standing, totals
from integration.insight.payload import shown
from integration.models import Connection, Delivery, Link, Record, Route, Tenant
from synclog.models import AuditEvent, ErrorState, SyncError

# Of an order's deliveries and deeds the latest are shown; no sale has more to tell.
MOST = 40
CARRIED = (Kind.ORDER, Kind.ORDER_STATUS, *BELONGS_TO)


class Document(NamedTuple):
    """One thing on one platform that belongs to the order; `what` is its kind."""

    what: str
    connection: Connection
    external_id: str
    number: str
    at: datetime | None
    gone: bool
    status: str


class Try(NamedTuple):
    """One delivery as the page shows it, with what it said."""

    delivery: Delivery
    state: str
    next_try: datetime | None
    tries: tuple[int, int] | None
    reason: str
    ended: str
    safety: str
    may_exist: bool
    payload: str

    @property
    def open(self) -> bool:
        """Whether it is still owed, or was given up: a person may act on it."""
        return self.state in standing.CONDITIONS


@dataclass(slots=True)
class Sale:
    """An order; `family` are its own record and those of its payments and refunds."""

    record: Record
    line: order_lines.Line
    order: Order | None
    status: OrderStatus | None
    links: list[Link]
    ways: list[Route]
    tries: list[Try]
    errors: list[SyncError]
    deeds: list[AuditEvent]
    family: list[Record] = field(default_factory=list)

    @property
    def documents(self) -> list[Document]:
        """What there is of it on every platform."""
        kinds = {*order_lines.SOLD, *BELONGS_TO, Kind.CREDIT_NOTE}
        return [_document(link) for link in self.links if link.kind in kinds]

    @property
    def comparison(self) -> totals.Comparison | None:
        """Its sums beside those of every target; None where its source tells none."""
        if self.line.source is None:
            return None
        source = totals.sums(self.line.source, self.order)
        if source is None:
            return None
        found = [
            (stop.route.target, _decoded(stop.link))
            for stop in self.line.stops
            if stop.link is not None
        ]
        known = [totals.sums(target, said) for target, said in found]
        unseen = [each for each, said in found if said is None]
        return totals.compare(source, [each for each in known if each], unseen)


def gather(tenant: Tenant, uid: UUID) -> Sale | None:
    """All of one order, in seven statements; None where there is no such order."""
    record = Record.objects.for_tenant(tenant).filter(uid=uid, kind=Kind.ORDER).first()
    if record is None:
        return None
    parts = Record.objects.for_tenant(tenant).filter(parent=record)
    family = [record, *parts.order_by("pk")[:MOST]]
    links = _links(tenant, family)
    ways = _ways(tenant)
    rows = _deliveries(tenant, family)
    source_ids = {way.source_id for way in ways}
    own = [link for link in links if link.record_id == record.pk]
    line = order_lines.line_of(record, own, rows, ways)
    return Sale(
        record=record,
        line=line,
        order=_first(own, Kind.ORDER, source_ids),
        status=_first(own, Kind.ORDER_STATUS, source_ids),
        links=links,
        ways=ways,
        tries=_tries(rows, links, ways),
        errors=_errors(tenant, family),
        deeds=_deeds(tenant, record),
        family=family,
    )


def _links(tenant: Tenant, family: Sequence[Record]) -> list[Link]:
    stored = Link.objects.for_tenant(tenant).filter(record__in=family)
    rows = stored.select_related("connection", "record")
    return list(rows.defer("sent", "handles").order_by("pk"))


def _ways(tenant: Tenant) -> list[Route]:
    stored = Route.objects.for_tenant(tenant).filter(kind__in=CARRIED)
    return list(stored.select_related("source", "target").order_by("pk"))


def _deliveries(tenant: Tenant, family: Sequence[Record]) -> list[Delivery]:
    """The latest, the oldest of them first."""
    stored = Delivery.objects.for_tenant(tenant).filter(record__in=family)
    joined = stored.select_related("record", "route__target", "waits_for__record")
    return list(reversed(joined.order_by("-pk")[:MOST]))


def _errors(tenant: Tenant, family: Sequence[Record]) -> list[SyncError]:
    stored = SyncError.objects.for_tenant(tenant).filter(
        record__in=family, state=ErrorState.OPEN
    )
    return list(stored.select_related("connection").order_by("-last_at")[:MOST])


def _deeds(tenant: Tenant, record: Record) -> list[AuditEvent]:
    """What people did to it; the audit calls it by its label."""
    stored = AuditEvent.objects.for_tenant(tenant).filter(
        Q(subject=str(record)), at__gte=record.created_at
    )
    return list(stored.order_by("-at")[:MOST])


def _first(links: Sequence[Link], kind: Kind, sources: set[int]) -> Any:
    """What the source says of this kind; None where it says nothing."""
    for link in links:
        if link.kind == kind and link.connection_id in sources and link.data:
            return decode(kind, bytes(link.data))
    return None


def _decoded(link: Link | None) -> Canonical | None:
    if link is None or not link.data:
        return None
    return decode(Kind(link.kind), bytes(link.data))


def _tries(
    rows: Sequence[Delivery], links: Sequence[Link], ways: Sequence[Route]
) -> list[Try]:
    """Every delivery as it is shown, the latest first. What was given up and followed
    by another is over: nobody acts on it any more."""
    there = {(link.record_id, link.connection_id, link.kind): link for link in links}
    counting = {
        each.pk
        for by_route in order_lines.that_count(rows).values()
        for each in by_route.values()
    }
    found = []
    for row in reversed(rows):
        link = there.get((row.record_id, row.route.target_id, row.kind))
        found.append(_try(row, link, row.pk in counting))
    return found


def _try(row: Delivery, link: Link | None, counts: bool) -> Try:
    state = standing.state_of(row, None)
    if not counts or state not in standing.CONDITIONS:
        state = str(row.state)
    acts = state in standing.CONDITIONS
    return Try(
        delivery=row,
        state=state,
        next_try=standing.next_try(row) if acts else None,
        tries=standing.tries(row) if acts else None,
        reason=standing.reason(row),
        ended=standing.ended(row),
        safety=standing.safety(row, link) if acts else "",
        may_exist=acts and standing.may_exist(row),
        payload=shown(row),
    )


def _document(link: Link) -> Document:
    said: Any = _decoded(link)
    made_at = said.made_at() if said is not None else None
    status = str(said.attributes.get("status") or "") if said is not None else ""
    return Document(
        what=link.kind,
        connection=link.connection,
        external_id=link.external_id,
        number=str(getattr(said, "number", "") or ""),
        at=link.sent_at or made_at,
        gone=link.gone_at is not None,
        status=status,
    )
