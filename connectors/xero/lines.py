"""The lines of a sale as Xero books them: to the cent the shop's amounts and taxes.

Rounding is a line of its own, for everybody to see.
https://developer.xero.com/documentation/api-guides/rounding-in-xero
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from connectors.xero import words
from connectors.xero.fields import INCLUSIVE
from integration.canonical.accounts import CreditNote, Invoice
from integration.canonical.sales import OrderLine
from integration.contract.books import residue
from integration.contract.mapping import Context, resolve
from integration.errors import BadConfig

CENT, FINEST = Decimal("0.01"), Decimal("0.0001")
ZERO = Decimal(0)
LONGEST = 4000
# The most characters an item's code can have.
LONGEST_CODE = 30
Line = dict[str, Any]


class Share(NamedTuple):
    """A line's part of the document, in whole cents."""

    line: OrderLine
    gross: Decimal
    tax: Decimal

    def amount(self, inclusive: bool) -> Decimal:
        """The line's total, with its tax or without it."""
        return self.gross if inclusive else self.gross - self.tax


def line_items(document: Invoice | CreditNote, context: Context) -> list[Line]:
    """All lines, and one for rounding where they miss the total.

    BadRecord where they miss it by more than rounding explains.
    """
    residue(document.lines, document.total, document.currency)
    inclusive = context.setting("amounts") == INCLUSIVE
    tracking = _tracking(context)
    shares = list(in_cents(document.lines))
    found = [_line(share, inclusive, context) for share in shares]
    over = cents(document.total) - sum((share.gross for share in shares), ZERO)
    if over:
        found.append(_rounding(over, context))
    for line in found:
        line |= tracking
    return found


def in_cents(lines: Sequence[OrderLine]) -> Iterator[Share]:
    """Every line in cents, so that their sums are the sums of the exact amounts.

    A shop may reckon in smaller parts; what each line loses goes into the next one.
    """
    gross = tax = told_gross = told_tax = ZERO
    for line in lines:
        gross, tax = gross + line.net + line.tax, tax + line.tax
        share = Share(line, cents(gross) - told_gross, cents(tax) - told_tax)
        told_gross, told_tax = cents(gross), cents(tax)
        yield share


def total_of(lines: Sequence[Line], types: str) -> Decimal:
    """What a document with these lines comes to."""
    amounts = sum((Decimal(line["LineAmount"]) for line in lines), ZERO)
    if types == "Inclusive":
        return amounts
    return amounts + sum((Decimal(line["TaxAmount"]) for line in lines), ZERO)


def line_amount_types(document: object, context: Context) -> str:
    """Whether the lines hold their tax, in Xero's word."""
    inclusive = context.setting("amounts") == INCLUSIVE
    return "Inclusive" if inclusive else "Exclusive"


def cents(amount: Decimal) -> Decimal:
    """To the hundredth, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def _line(share: Share, inclusive: bool, context: Context) -> Line:
    line, amount = share.line, share.amount(inclusive)
    quantity, unit = _by_unit(line, amount)
    described = _described(line)
    if quantity != line.quantity:
        described = f"{described} ({line.quantity.normalize():f} pieces)"
    found = {
        "Description": described[:LONGEST],
        "Quantity": quantity,
        "UnitAmount": unit,
        "LineAmount": amount,
        "TaxAmount": share.tax,
        "TaxType": words.tax_type(words.tax_word(line), context),
        "AccountCode": words.sales_account(line, context),
    }
    item = _item(line, context)
    return found | {"Item": {"ItemID": item}} if item else found


def _by_unit(line: OrderLine, amount: Decimal) -> tuple[Decimal, Decimal]:
    """Quantity and price of one, where their product is the line's amount to the cent;
    else one of the whole amount: Xero would refuse or change what does not add up."""
    quantity = line.quantity
    if quantity > 0 and quantity == quantity.quantize(FINEST):
        for unit in (line.unit_price, amount / quantity):
            unit = unit.quantize(FINEST, ROUND_HALF_UP)
            if cents(quantity * unit) == amount:
                return quantity, unit
    return Decimal(1), amount


def _described(line: OrderLine) -> str:
    text = line.name.strip() or line.sku or str(line.type).capitalize()
    return f"{text} (less {cents(line.discount):f})" if line.discount > 0 else text


def _item(line: OrderLine, context: Context) -> str:
    """The id of the line's item; "" where it has none and can have none.

    MissingLink where its product is not there yet: it is made first.
    """
    if context.setting("use_items", True) is False or line.variant is None:
        return ""
    if not line.sku or len(line.sku) > LONGEST_CODE:
        return ""
    return resolve(line.variant, context)


def _rounding(over: Decimal, context: Context) -> Line:
    account, tax = words.rounding(context)
    return {
        "Description": "Rounding",
        "Quantity": Decimal(1),
        "UnitAmount": over,
        "LineAmount": over,
        "TaxAmount": Decimal("0.00"),
        "TaxType": tax,
        "AccountCode": account,
    }


def _tracking(context: Context) -> Line:
    """What every line is filed under. BadConfig for a category without an option."""
    category = str(context.setting("tracking_category") or "")
    option = str(context.setting("tracking_option") or "")
    if not category:
        return {}
    if not option:
        raise BadConfig(
            "tracking_option", f"Which option of “{category}” lines get is not set."
        )
    return {"Tracking": [{"Name": category, "Option": option}]}
