"""Computes lines and documents: tax per line, rounded, then summed.

Rules: https://developer.xero.com/documentation/api-guides/rounding-in-xero
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from connectors.xero.sandbox.dates import Row

EXCLUSIVE, INCLUSIVE, NO_TAX = "Exclusive", "Inclusive", "NoTax"
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


def rounded(amount: Decimal, places: int = 2) -> Decimal:
    """Round to so many places, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def discount_of(line: Row) -> Decimal:
    """Give what a line's discount takes off, before rounding."""
    whole: Decimal = line["Quantity"] * line["UnitAmount"]
    if line.get("DiscountRate"):
        rate: Decimal = line["DiscountRate"]
        return whole * rate / HUNDRED
    taken: Decimal = line.get("DiscountAmount") or ZERO
    return taken


def line_amount(line: Row) -> Decimal:
    """Give quantity times unit amount less discount, to the cent."""
    whole: Decimal = line["Quantity"] * line["UnitAmount"]
    return rounded(whole - discount_of(line))


def line_tax(amount: Decimal, percent: Decimal, kind: str) -> Decimal:
    """Give the tax of a line's amount; with Inclusive it is within the amount."""
    if kind == NO_TAX:
        return ZERO
    if kind == INCLUSIVE:
        return rounded(amount * percent / (HUNDRED + percent))
    return rounded(amount * percent / HUNDRED)


def document_totals(lines: Iterable[Row], kind: str) -> Row:
    """Give SubTotal, TotalTax, Total and TotalDiscount of a document."""
    lines = list(lines)
    tax = sum((line["TaxAmount"] for line in lines), ZERO)
    amounts = sum((line["LineAmount"] for line in lines), ZERO)
    net = amounts - tax if kind == INCLUSIVE else amounts
    return {
        "SubTotal": net,
        "TotalTax": tax,
        "Total": net + tax,
        "TotalDiscount": rounded(sum((discount_of(line) for line in lines), ZERO)),
    }
