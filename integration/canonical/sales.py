"""What was bought: orders, their lines, payment and status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from integration.canonical.kinds import Kind
from integration.canonical.parties import Address, Customer
from integration.canonical.record import Record
from integration.canonical.values import Ref


class LineType(StrEnum):
    """What an order line stands for."""

    GOODS = "goods"
    SHIPPING = "shipping"
    FEE = "fee"
    DISCOUNT = "discount"


class PaymentState(StrEnum):
    """Where the money of an order stands."""

    AWAITING = "awaiting"
    PAID = "paid"
    REFUNDED = "refunded"


class Fulfilment(StrEnum):
    """Where the goods of an order stand."""

    OPEN = "open"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line. `net` and `tax` are line totals after `discount` (all net of tax).

    `tax_code` is the shop's own word for how the line is taxed, "" where it is not.
    """

    id: str
    type: LineType
    name: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax: Decimal
    discount: Decimal = Decimal(0)
    sku: str = ""
    variant: Ref | None = None
    tax_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Record):
    """A sale as the shop computed it, in the currency the buyer paid."""

    kind: ClassVar[Kind] = Kind.ORDER

    number: str
    placed_at: datetime
    currency: str
    total: Decimal
    total_tax: Decimal
    lines: tuple[OrderLine, ...]
    customer: Ref | None = None
    buyer: Customer | None = None
    prices_include_tax: bool | None = None
    billing: Address | None = None
    shipping: Address | None = None
    payment_method: str = ""
    transaction_id: str = ""
    paid_at: datetime | None = None
    note: str = ""
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"Order {self.number}"

    def made_at(self) -> datetime:
        return self.placed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStatus(Record):
    """Where an order stands; a facet, so that shipping never touches the order.

    `word` is the shop's own status, for routes that filter by it.
    """

    kind: ClassVar[Kind] = Kind.ORDER_STATUS

    order: Ref
    word: str
    payment: PaymentState
    fulfilment: Fulfilment

    def owner(self) -> Ref:
        return self.order
