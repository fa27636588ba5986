"""Checks orders as they arrive and books them, repeated ones included."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.crystal.sandbox.catalogue import stable_uuid, stamp
from connectors.crystal.sandbox.flaws import is_number

REFERENCE = "reference"
EXTERNAL_ID = "external_id"
DATE = "date"
CURRENCY = "currency"
CLIENT = "client"
BILLING = "billing"
SHIPPING = "shipping"
LINES = "lines"
PAYMENT = "payment"
SHIPPING_TOTAL = "shipping_total"
FEES_TOTAL = "fees_total"
TAX_TOTAL = "tax_total"
TOTAL = "total"
NOTE = "note"

LINE_PRODUCT = "product_id"
LINE_NAME = "name"
LINE_QUANTITY = "quantity"
LINE_UNIT_PRICE = "unit_price"
LINE_DISCOUNT = "discount"
LINE_TAX = "tax"
LINE_NET = "net"

TEXTS = (REFERENCE, EXTERNAL_ID, DATE, CURRENCY)
OBJECTS = (CLIENT, PAYMENT)
HALF_CENT = Decimal("0.005")

Order = dict[str, Any]


class Refused(Exception):
    """An order Crystal does not take; `field` is the path of what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class OrderBook:
    """The orders of one organisation. Nothing recognises an order sent twice."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def take(
        self, body: Any, products: Mapping[str, dict[str, Any]], now: datetime
    ) -> Order:
        """Book an order and take its goods from stock; raises `Refused`.

        Stock moves without touching the products' `last_updated`.
        """
        check_order(body, products)
        number = len(self.orders) + 1
        order = {
            "id": stable_uuid(f"order/{number}"),
            "number": f"SO-{number:06d}",
            "status": "open",
            "created": stamp(now),
            **body,
        }
        self.orders.append(order)
        for line in body[LINES]:
            product = products[line[LINE_PRODUCT]]
            if is_number(product["quantity"]):
                left = Decimal(str(product["quantity"])) - _number(line, LINE_QUANTITY)
                product["quantity"] = int(left) if left == left.to_integral() else left
        return order

    def find(self, external_id: str | None, reference: str | None) -> list[Order]:
        """List the orders that carry the given marks; None matches any."""
        return [
            order
            for order in self.orders
            if external_id in (None, order[EXTERNAL_ID])
            and reference in (None, order[REFERENCE])
        ]

    def repeated(self) -> dict[str, int]:
        """Count the orders of every external id that was booked more than once."""
        counts: dict[str, int] = {}
        for order in self.orders:
            counts[order[EXTERNAL_ID]] = counts.get(order[EXTERNAL_ID], 0) + 1
        return {mark: count for mark, count in counts.items() if count > 1}


def check_order(body: Any, products: Mapping[str, Any]) -> None:
    """Raise `Refused` for the first thing wrong with an order.

    A line's `net` is quantity times unit price less discount, without tax; nets,
    shipping, fees (when given) and tax add up to the total, to the cent.
    """
    if not isinstance(body, dict):
        raise Refused("", "The body is not a JSON object.")
    _check_head(body)
    lines = body.get(LINES)
    if not isinstance(lines, list) or not lines:
        raise Refused(LINES, "An order has at least one line.")
    nets = sum(_check_lines(lines, products), Decimal(0))
    fees = _number(body, FEES_TOTAL) if FEES_TOTAL in body else Decimal(0)
    added = nets + _number(body, SHIPPING_TOTAL) + fees + _number(body, TAX_TOTAL)
    total = _number(body, TOTAL)
    if abs(added - total) >= HALF_CENT:
        raise Refused(TOTAL, f"Lines, shipping and tax add up to {added}, not {total}.")


def _check_head(body: Order) -> None:
    for field in TEXTS:
        if not isinstance(body.get(field), str) or not body[field].strip():
            raise Refused(field, "This text is required.")
    for field in OBJECTS:
        if not isinstance(body.get(field), dict):
            raise Refused(field, "This object is required.")
    for field in (BILLING, SHIPPING):
        if not isinstance(body.get(field) or {}, dict):
            raise Refused(field, "An address is an object.")
    _check_terms(body)


def _check_terms(body: Order) -> None:
    if len(body[CURRENCY]) != 3 or not body[CURRENCY].isupper():
        raise Refused(CURRENCY, "A currency is three capital letters.")
    try:
        datetime.fromisoformat(body[DATE])
    except ValueError:
        raise Refused(DATE, "A date is written in ISO 8601.") from None


def _check_lines(lines: list[Any], products: Mapping[str, Any]) -> Iterator[Decimal]:
    for place, line in enumerate(lines):
        where = f"{LINES}[{place}]"
        if not isinstance(line, dict):
            raise Refused(where, "A line is an object.")
        if str(line.get(LINE_PRODUCT)) not in products:
            raise Refused(f"{where}.{LINE_PRODUCT}", "There is no such product.")
        quantity = _number(line, LINE_QUANTITY, where)
        if quantity <= 0:
            raise Refused(f"{where}.{LINE_QUANTITY}", "A quantity is above zero.")
        _number(line, LINE_TAX, where)
        net = _number(line, LINE_NET, where)
        price = _number(line, LINE_UNIT_PRICE, where)
        expected = quantity * price - _number(line, LINE_DISCOUNT, where)
        # A unit price rounded to the cent is off by up to half a cent per piece.
        if abs(expected - net) > HALF_CENT * (quantity + 1):
            raise Refused(
                f"{where}.{LINE_NET}",
                f"Quantity times unit price less discount is {expected}, not {net}.",
            )
        yield net


def _number(holder: Mapping[str, Any], field: str, where: str = "") -> Decimal:
    value = holder.get(field)
    path = f"{where}.{field}" if where else field
    if not is_number(value) and not isinstance(value, str):
        raise Refused(path, "This number is required.")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Refused(path, "This is not a number.") from None
    if not number.is_finite():
        raise Refused(path, "This is not a number.")
    return number
