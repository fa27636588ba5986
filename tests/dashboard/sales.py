"""Orders in a shop, invoices in the books, made row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from integration.canonical.accounts import Invoice, Payment
from integration.canonical.codec import encode
from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.record import Record as Canonical
from integration.canonical.sales import LineType, Order, OrderLine
from integration.canonical.values import Money, Ref
from integration.models import Connection, Delivery, Link, Record, Route

if TYPE_CHECKING:
    from tests.admin.rows import Rows

PLACED = datetime(2026, 3, 1, 12, 58, tzinfo=UTC)


class Sales:
    """A merchant's shop whose orders become invoices in the books."""

    def __init__(self, rows: Rows) -> None:
        self.tenant, self.shop = rows.tenant, rows.shop
        self.books = rows.connection("xero", "books")
        self.route = self.way(Kind.ORDER, Kind.INVOICE)

    def way(self, kind: Kind, made: Kind | str = "") -> Route:
        """A route from the shop to the books."""
        return Route.everywhere.create(
            tenant=self.tenant,
            kind=kind,
            as_kind=made,
            source=self.shop,
            target=self.books,
        )

    def order(self, number: str, name: str = "Anna Holm", **more: Any) -> Record:
        """An order as the shop shows it."""
        record = Record.everywhere.create(
            tenant=self.tenant, kind=Kind.ORDER, label=f"Order {number}", revision=1
        )
        first, _, last = name.partition(" ")
        email = f"{first.lower()}@example.com"
        buyer = Customer(
            external_id="c1", first_name=first, last_name=last, email=email
        )
        self.link(record, self.shop, an_order(number, buyer=buyer, **more))
        return record

    def invoiced(self, record: Record, number: str, **more: Any) -> Link:
        """Its invoice in the books."""
        found = self.link(record, self.books, an_invoice(number, **more))
        found.sent_at = timezone.now()
        found.save()
        return found

    def link(self, record: Record, connection: Connection, said: Canonical) -> Link:
        """What a platform calls a record, and says of it."""
        return Link.everywhere.create(
            tenant=self.tenant,
            connection=connection,
            kind=said.kind,
            external_id=said.external_id,
            record=record,
            data=encode(said),
        )

    def owed(self, record: Record, state: str = "planned", **more: Any) -> Delivery:
        """A delivery of it to the books."""
        lost = {"ended_at": timezone.now()} if state in ("gave_up", "done") else {}
        return Delivery.everywhere.create(
            **{
                "tenant": self.tenant,
                "route": self.route,
                "record": record,
                "kind": "invoice",
                "state": state,
                "wanted": 1,
                **lost,
                **more,
            }
        )

    def paid(self, order: Record) -> Record:
        """A payment of the order, known to the shop alone."""
        record = Record.everywhere.create(
            tenant=self.tenant, kind=Kind.PAYMENT, label="Payment", parent=order
        )
        payment = Payment(
            external_id=f"p{order.pk}",
            order=Ref(Kind.ORDER, "1"),
            money=Money(Decimal("124.00"), "SEK"),
            at=PLACED,
        )
        self.link(record, self.shop, payment)
        return record


def lines(shipping: str = "20.00") -> tuple[OrderLine, ...]:
    """A mug and its shipping."""
    return (
        OrderLine(
            id="1",
            type=LineType.GOODS,
            name="Mug",
            quantity=Decimal(1),
            unit_price=Decimal("80.00"),
            net=Decimal("80.00"),
            tax=Decimal("20.00"),
            variant=Ref(Kind.VARIANT, "v1"),
        ),
        OrderLine(
            id="2",
            type=LineType.SHIPPING,
            name="Post",
            quantity=Decimal(1),
            unit_price=Decimal(shipping),
            net=Decimal(shipping),
            tax=Decimal("4.00"),
        ),
    )


def an_order(number: str, **more: Any) -> Order:
    """An order of 124.00, as the shop computed it."""
    values: dict[str, Any] = {
        "external_id": f"shop-{number}",
        "number": number,
        "placed_at": PLACED,
        "currency": "SEK",
        "total": Decimal("124.00"),
        "total_tax": Decimal("24.00"),
        "lines": lines(),
    }
    return Order(**{**values, **more})


def an_invoice(number: str, **more: Any) -> Invoice:
    """An invoice of 124.00, its lines not told apart."""
    plain = [
        OrderLine(
            id=each.id,
            type=LineType.GOODS,
            name=each.name,
            quantity=each.quantity,
            unit_price=each.unit_price,
            net=each.net,
            tax=each.tax,
        )
        for each in lines()
    ]
    values: dict[str, Any] = {
        "external_id": f"inv-{number}",
        "order": Ref(Kind.ORDER),
        "number": number,
        "at": PLACED,
        "currency": "SEK",
        "total": Decimal("124.00"),
        "total_tax": Decimal("24.00"),
        "lines": tuple(plain),
    }
    return Invoice(**{**values, **more})


def soon(minutes: int = 30) -> datetime:
    """A time that has not come."""
    return timezone.now() + timedelta(minutes=minutes)
