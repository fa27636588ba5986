"""Makes invoices of orders and credit notes of refunds, once for all platforms.

What is made always adds up: rounding is named, and what cannot be explained is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from integration.canonical.accounts import CreditNote, Invoice, Refund
from integration.canonical.kinds import Kind
from integration.canonical.record import Record
from integration.canonical.sales import Order, OrderLine
from integration.canonical.values import Ref
from integration.errors import BadRecord

# ISO 4217 currencies without a minor unit; all others are taken to the hundredth.
WITHOUT_CENTS = frozenset(
    ("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF")
)


def invoice_of(order: Order) -> Invoice:
    """The invoice of an order. BadRecord where the lines do not reach its total."""
    return Invoice(
        external_id=order.external_id,
        order=Ref(Kind.ORDER, order.external_id),
        number=order.number,
        at=order.placed_at,
        currency=order.currency,
        total=order.total,
        total_tax=order.total_tax,
        lines=order.lines,
        rounding=residue(order.lines, order.total, order.currency),
        customer=order.customer,
        buyer=order.buyer,
        tax_included=order.prices_include_tax,
        reference=order.number,
        note=order.note,
        attributes=order.attributes,
    )


def credit_note_of(refund: Refund) -> CreditNote:
    """The credit note of a refund. BadRecord where the lines do not reach its total."""
    return CreditNote(
        external_id=refund.external_id,
        order=refund.order,
        number=refund.number,
        at=refund.at,
        currency=refund.currency,
        total=refund.total,
        total_tax=refund.total_tax,
        lines=refund.lines,
        rounding=residue(refund.lines, refund.total, refund.currency),
        customer=refund.customer,
        order_number=refund.order_number,
        method=refund.method,
        paid_back=refund.paid_back,
        reason=refund.reason,
        attributes=refund.attributes,
    )


def residue(lines: Sequence[OrderLine], total: Decimal, currency: str) -> Decimal:
    """What the total has beyond the lines and their taxes.

    Shops round line by line, so up to one minor unit for each line is rounding; more is
    a sum that does not add up (BadRecord): nobody books what nobody understands.
    """
    summed = sum((line.net + line.tax for line in lines), Decimal(0))
    over = total - summed
    unit = Decimal(1) if currency in WITHOUT_CENTS else Decimal("0.01")
    if abs(over) > unit * max(1, len(lines)):
        raise BadRecord(
            "total",
            f"Lines and taxes add up to {summed:f}, but the total is {total:f}.",
            code="total_differs",
            hint="Check it in the shop, and enter it in the books by hand.",
        )
    return over


MAKERS: Mapping[Kind, Callable[[Any], Record]] = {
    Kind.INVOICE: invoice_of,
    Kind.CREDIT_NOTE: credit_note_of,
}


def made_of(kind: Kind, source: Record) -> Record:
    """`source` as a thing of `kind`; itself where it is one already."""
    if source.kind == kind:
        return source
    return MAKERS[kind](source)
