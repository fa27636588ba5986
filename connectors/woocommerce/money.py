"""What of an order the books want: taxed lines, what was paid, what was given back.

https://woocommerce.github.io/woocommerce-rest-api-docs/#order-refunds
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from integration.canonical.values import Money
from integration.contract.mapping import number

Row = Mapping[str, Any]
# Where the reader puts an order's refunds; the shop's own list holds their sums alone.
REFUNDS = "refund_rows"
# What a refund of no line is called where nobody gave a reason.
UNNAMED = "Refund"
LINES = ("line_items", "shipping_lines", "fee_lines")
# Negative in a refund.
AMOUNTS = ("total", "total_tax", "subtotal", "subtotal_tax")


def goods(order: Row) -> list[Row]:
    """What was bought, each line with its tax code."""
    return _coded(order.get("line_items"), rates(order))


def shipping(order: Row) -> list[Row]:
    """What bringing it costs, each line with its tax code."""
    return _coded(order.get("shipping_lines"), rates(order))


def fees(order: Row) -> list[Row]:
    """What was charged besides, each line with its tax code."""
    return _coded(order.get("fee_lines"), rates(order))


def rates(order: Row) -> dict[str, str]:
    """The code of every tax rate an order was reckoned with, by the rate's id."""
    return {
        str(line["rate_id"]): str(line.get("rate_code") or line["rate_id"])
        for line in order.get("tax_lines") or ()
    }


def tax_code(line: Row, codes: Mapping[str, str]) -> str:
    """The codes of the rates a line was taxed with, in order of the alphabet.

    The shop names its other rates too, with an empty total; a rate of nothing has "0".
    """
    named = {
        codes.get(str(tax["id"]), str(tax["id"]))
        for tax in line.get("taxes") or ()
        if tax.get("total") not in (None, "")
    }
    return "+".join(sorted(named))


def _coded(lines: Iterable[Row] | None, codes: Mapping[str, str]) -> list[Row]:
    return [{**line, "tax_code": tax_code(line, codes)} for line in lines or ()]


def paid(order: Row) -> tuple[Row, ...]:
    """The order where its money came; nothing where none did, or none was asked."""
    taken = order.get("date_paid_gmt") and number(order.get("total") or 0) > 0
    return (order,) if taken else ()


def payment_id(order: Row) -> str:
    """A payment has no id in the shop: an order is paid once."""
    return f"{order['id']}:paid"


def amount(order: Row) -> Money:
    """What was paid: the total, in the currency the buyer paid."""
    return Money(number(order["total"]), str(order["currency"]))


def given_back(order: Row) -> list[Row]:
    """The refunds the reader put into an order, each with the order it is of.

    One that gives everything back and names no line gives back the order's own lines.
    """
    return [
        {**refund, **_all_lines(refund, order), "order": order}
        for refund in order.get(REFUNDS) or ()
    ]


def _all_lines(refund: Row, order: Row) -> dict[str, list[Row]]:
    named = any(refund.get(kind) for kind in LINES)
    if named or number(refund["amount"]) != number(order["total"]):
        return {}
    return {kind: [_turned(line) for line in order.get(kind) or ()] for kind in LINES}


def refund_number(refund: Row) -> str:
    """Its order's number and its own id: a count would shift when one is deleted."""
    return f"{refund['order']['number']}-R{refund['id']}"


def goods_back(refund: Row) -> list[Row]:
    """The goods a refund takes back, as lines of positive amounts."""
    return _coded(_positive(refund, "line_items"), _rates_of(refund))


def shipping_back(refund: Row) -> list[Row]:
    """The shipping a refund gives back, as lines of positive amounts."""
    return _coded(_positive(refund, "shipping_lines"), _rates_of(refund))


def fees_back(refund: Row) -> list[Row]:
    """The fees a refund gives back, as lines of positive amounts.

    Where its lines come to nothing, one of the refund's whole amount: how much of that
    is tax the shop does not know.
    """
    found = _coded(_positive(refund, "fee_lines"), _rates_of(refund))
    every = (*goods_back(refund), *shipping_back(refund), *found)
    if any(number(line["total"]) + _tax(line) for line in every):
        return found
    name = str(refund.get("reason") or "").strip() or UNNAMED
    whole = {"id": refund["id"], "name": name, "total": refund["amount"]}
    return [*found, {**whole, "total_tax": Decimal(0), "tax_code": ""}]


def tax_back(refund: Row) -> Decimal:
    """How much of a refund is tax, by its lines."""
    lines = (*goods_back(refund), *shipping_back(refund), *fees_back(refund))
    return sum((_tax(line) for line in lines), Decimal(0))


def paid_back(refund: Row) -> Decimal:
    """What went back to the buyer: all of it, unless nothing had been paid."""
    if refund.get("refunded_payment") or refund["order"].get("date_paid_gmt"):
        return number(refund["amount"])
    return Decimal(0)


def _rates_of(refund: Row) -> dict[str, str]:
    return rates(refund) | rates(refund["order"])


def _tax(line: Row) -> Decimal:
    return number(line.get("total_tax") or 0)


def _positive(refund: Row, kind: str) -> list[Row]:
    return [_turned(line) for line in refund.get(kind) or ()]


def _turned(line: Row) -> Row:
    """A line of a refund with its signs turned. Money given back without goods is
    said of no quantity: it is taken for one."""
    turned: dict[str, Any] = {
        name: -number(line[name]) for name in AMOUNTS if line.get(name)
    }
    if "quantity" in line:
        quantity = -number(line["quantity"])
        turned["quantity"] = quantity or Decimal(1 if number(line["total"]) else 0)
    return {**line, **turned}
