"""The rest of a document, out of a template the merchant's integrator can change.

How Galaxy calls payment, shipping and charges in an entry is not published, so no name
of theirs stands in code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from integration.canonical.record import Record
from integration.canonical.sales import LineType, Order, OrderLine
from integration.contract.connector import Vocabulary
from integration.contract.mapping import Context
from integration.contract.messages import Json
from integration.errors import BadConfig

PAYMENT, SHIPPING, CHARGE, AMOUNT = "{payment}", "{shipping}", "{charge}", "{amount}"
CHARGES = (LineType.SHIPPING, LineType.FEE, LineType.DISCOUNT)
# Stands for a place that has nothing to say, and is left out.
NOTHING = object()


def filled(order: Order, context: Context) -> Json:
    """The template with its places filled; {} where there is none.

    Raises Unpaired for a word that nobody has said Galaxy's entry for.
    """
    template = _template(context)
    if not template:
        return {}
    values = {
        PAYMENT: lambda: _paired("payment", order.payment_method, context),
        SHIPPING: lambda: _paired("shipping", _shipping_word(order), context),
    }
    found = _fill(template, values, order, context)
    return found if isinstance(found, dict) else {}


def places_charges(context: Context) -> bool:
    """Whether the template says where shipping costs and fees go."""
    return CHARGE in repr(_template(context)) or AMOUNT in repr(_template(context))


def amount(line: OrderLine, context: Context) -> Decimal:
    """A line's total after discounts, with tax or without as set."""
    gross = context.setting("order_amounts") != "net"
    return line.net + line.tax if gross else line.net


def _fill(node: Any, values: Mapping[str, Any], order: Order, context: Context) -> Any:
    if isinstance(node, str):
        return values[node]() if node in values else node
    if isinstance(node, dict):
        inside = {
            name: _fill(one, values, order, context) for name, one in node.items()
        }
        kept = {name: one for name, one in inside.items() if one is not NOTHING}
        return kept if kept or not node else NOTHING
    if isinstance(node, list) and (CHARGE in repr(node) or AMOUNT in repr(node)):
        return [
            _fill(one, {**values, **_charge(line, context)}, order, context)
            for line in order.lines
            if line.type in CHARGES
            for one in node
        ]
    if isinstance(node, list):
        inside_list = (_fill(one, values, order, context) for one in node)
        return [one for one in inside_list if one is not NOTHING]
    return node


def _charge(line: OrderLine, context: Context) -> dict[str, Any]:
    word, _ = _charge_word(line)
    return {
        CHARGE: lambda: context.pair("charge", word, line.name),
        AMOUNT: lambda: amount(line, context),
    }


def _paired(vocabulary: str, word: str, context: Context) -> Any:
    return context.pair(vocabulary, word) if word else NOTHING


def _template(context: Context) -> Json:
    return _read(str(context.setting("entry_extra") or ""))


@lru_cache(maxsize=16)
def _read(text: str) -> Json:
    try:
        found = msgspec.json.decode(text) if text.strip() else {}
    except msgspec.DecodeError:
        found = None
    if not isinstance(found, dict):
        raise BadConfig(
            "entry_extra",
            "What is to be added to each document is not a JSON object.",
            hint='Such as {"paymentmethod": {"id": "{payment}"}}.',
        )
    return found


# --- The words a merchant pairs with Galaxy's lists -----------------------------------


def _shipping_word(order: Order) -> str:
    lines = (line.name for line in order.lines if line.type is LineType.SHIPPING)
    return next(lines, "")


def _charge_word(line: OrderLine) -> tuple[str, str]:
    """Shipping is one charge whatever its method; a fee is what it is called."""
    if line.type is LineType.SHIPPING:
        return "shipping", "Shipping"
    return line.name, line.name


def _payments(record: Record) -> Iterator[tuple[str, str]]:
    if isinstance(record, Order) and record.payment_method:
        yield record.payment_method, record.payment_method


def _shippings(record: Record) -> Iterator[tuple[str, str]]:
    if isinstance(record, Order) and (word := _shipping_word(record)):
        yield word, word


def _charges(record: Record) -> Iterator[tuple[str, str]]:
    for line in record.lines if isinstance(record, Order) else ():
        if line.type in CHARGES:
            yield _charge_word(line)


PAIRS = (
    Vocabulary(
        key="payment",
        label="Payment methods",
        table="paymentmethods",
        words=_payments,
        help="What each way to pay in the shop is called in Galaxy.",
    ),
    Vocabulary(
        key="shipping",
        label="Shipping methods",
        table="shippingmethods",
        words=_shippings,
        help="What each way to ship in the shop is called in Galaxy.",
    ),
    Vocabulary(
        key="charge",
        label="Charges",
        table="charges",
        words=_charges,
        help="Under which charge shipping costs and each fee are booked.",
    ),
)
