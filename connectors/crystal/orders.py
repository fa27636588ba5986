"""What of an order to Crystal no path says: its products, sums and rounding."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from connectors.crystal.products import own_currency
from integration.canonical.sales import LineType, Order, OrderLine
from integration.contract.books import WITHOUT_CENTS
from integration.contract.mapping import Context, resolve
from integration.errors import BadRecord, MissingLink

ZERO = Decimal("0.00")
FINEST = Decimal("0.000001")


def in_utc(when: datetime) -> str:
    """ISO 8601 with `Z`, whole seconds."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def same_currency(order: Order, context: Context) -> str:
    """Nothing is converted: an order in another currency is for a person to enter."""
    own = own_currency(context)
    if order.currency != own:
        message = f"The order is in {order.currency}, Crystal is kept in {own}."
        raise BadRecord("", message, code="other_currency")
    return order.currency


def total_that_adds_up(order: Order) -> Decimal:
    """The total, which goods, shipping, fees and tax reach to the cent.

    Shops round line by line, so up to one minor unit for each line is let pass; it
    then counts among the fees and is named in the note.
    """
    unit = Decimal(1) if order.currency in WITHOUT_CENTS else Decimal("0.01")
    over = _rounding(order)
    if abs(over) > unit * len(order.lines):
        raise BadRecord(
            "",
            f"Lines, shipping and tax add up to {order.total - over:f}, "
            f"but the total is {order.total:f}.",
            code="total_differs",
            hint="Check the order in the shop and enter it in Crystal by hand.",
        )
    return order.total


def net_of_shipping(order: Order) -> Decimal:
    """Shipping without tax."""
    return _nets(order, LineType.SHIPPING)


def net_of_fees_discounts_and_rounding(order: Order) -> Decimal:
    """What is neither goods nor shipping, without tax; discounts count below zero."""
    return _nets(order, LineType.FEE, LineType.DISCOUNT) + _rounding(order)


def total_if_paid(order: Order) -> Decimal:
    """Nothing yet for cash on delivery."""
    return order.total if order.paid_at else ZERO


def note_with_rounding(order: Order) -> str:
    """The buyer's words, and the rounding where there is any."""
    over = _rounding(order)
    named = f"Rounding {over:f} {order.currency}." if over else ""
    return "\n".join(filter(None, (order.note, named)))


def goods_lines(order: Order, context: Context) -> list[OrderLine]:
    """A line without a Crystal product refuses the order: a person must see it."""
    for place, line in enumerate(order.lines):
        if line.type is LineType.GOODS and not crystal_product(line, context):
            raise BadRecord(
                f"[{place}].sku",
                f"The line “{line.name}” has no Crystal product (SKU “{line.sku}”).",
                code="no_crystal_product",
                hint="Give the shop's product its Crystal id as SKU.",
            )
    return [line for line in order.lines if line.type is LineType.GOODS]


def crystal_product(line: OrderLine, context: Context) -> str:
    """The linked product's uuid, else a SKU that is a uuid, else ""."""
    if line.variant is not None:
        try:
            return resolve(line.variant, context)
        except MissingLink:
            pass
    try:
        return str(UUID(line.sku))
    except ValueError:
        return ""


def unit_price_before_discount(line: OrderLine) -> Decimal:
    """So that quantity times this, less the discount, is the net; without tax."""
    before = line.net + line.discount
    if not line.quantity or line.unit_price * line.quantity == before:
        return line.unit_price
    return (before / line.quantity).quantize(FINEST)


def _nets(order: Order, *types: LineType) -> Decimal:
    return sum((line.net for line in order.lines if line.type in types), ZERO)


def _rounding(order: Order) -> Decimal:
    """What the total has beyond lines and tax; nets are after their discounts."""
    return order.total - order.total_tax - _nets(order, *LineType)
