"""What a sale becomes in the books: invoices, payments, refunds and credit notes.

A shop has orders and refunds; accounts have invoices and credit notes, made of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.record import Record
from integration.canonical.sales import OrderLine
from integration.canonical.values import Money, Ref

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Record):
    """Money taken for an order; `transaction` is what the payment service calls it."""

    kind: ClassVar[Kind] = Kind.PAYMENT

    order: Ref
    money: Money
    at: datetime
    method: str = ""
    transaction: str = ""
    order_number: str = ""

    @property
    def label(self) -> str:
        return f"Payment of order {self.order_number or self.order.external_id}"

    def made_at(self) -> datetime:
        return self.at

    def belongs_to(self) -> Ref:
        return self.order


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Record):
    """Goods or money given back; all amounts are positive. `paid_back` is how much of
    `total` really went back to the buyer."""

    kind: ClassVar[Kind] = Kind.REFUND

    order: Ref
    number: str
    order_number: str
    at: datetime
    currency: str
    total: Decimal
    total_tax: Decimal
    lines: tuple[OrderLine, ...] = ()
    customer: Ref | None = None
    method: str = ""
    paid_back: Decimal = ZERO
    reason: str = ""

    @property
    def label(self) -> str:
        return f"Refund {self.number} of order {self.order_number}"

    def made_at(self) -> datetime:
        return self.at

    def belongs_to(self) -> Ref:
        return self.order


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Record):
    """An order as the books want it; lines, taxes and `rounding` make up the total.

    `due_days` after `at` it is due, where the shop says so. `buyer` is who bought, as
    the order tells it.
    """

    kind: ClassVar[Kind] = Kind.INVOICE

    order: Ref
    number: str
    at: datetime
    currency: str
    total: Decimal
    total_tax: Decimal
    lines: tuple[OrderLine, ...]
    rounding: Decimal = ZERO
    customer: Ref | None = None
    buyer: Customer | None = None
    tax_included: bool | None = None
    reference: str = ""
    note: str = ""
    due_days: int | None = None

    @property
    def label(self) -> str:
        return f"Invoice {self.number}"

    def made_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote(Record):
    """A refund as the books want it; all amounts are positive."""

    kind: ClassVar[Kind] = Kind.CREDIT_NOTE

    order: Ref
    number: str
    at: datetime
    currency: str
    total: Decimal
    total_tax: Decimal
    lines: tuple[OrderLine, ...]
    rounding: Decimal = ZERO
    customer: Ref | None = None
    order_number: str = ""
    method: str = ""
    paid_back: Decimal = ZERO
    reason: str = ""

    @property
    def label(self) -> str:
        return f"Credit note {self.number}"

    def made_at(self) -> datetime:
        return self.at
