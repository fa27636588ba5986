"""Computes what orders come to: net lines, tax on top, the sums of all."""

from collections.abc import Iterable
from decimal import Decimal

from connectors.woocommerce.sandbox.amounts import NONE, decimal, inner, rounded
from connectors.woocommerce.sandbox.exchange import Record
from connectors.woocommerce.sandbox.pricing import price
from connectors.woocommerce.sandbox.shop import Shop

RATE = 1
"""The id of the shop's only tax rate."""
KINDS = ("line_items", "shipping_lines", "fee_lines")


def net_total(shop: Shop, product: Record | None, quantity: int) -> Decimal:
    """Give what a quantity of a product costs without tax, by the catalogue.

    A catalogue price that includes tax is split with the base country's rate.
    """
    if product is None:
        return NONE
    gross = decimal(price(shop.catalogue, product, shop.now())) * quantity
    if shop.settings.prices_include_tax and product["tax_status"] == "taxable":
        return inner(gross / (1 + shop.settings.tax_rate / 100))
    return inner(gross)


def settle(shop: Shop, order: Record) -> None:
    """Tax every line of an order anew and sum it up."""
    rate = shop.settings.tax_rate
    for kind in KINDS:
        for line in order[kind]:
            _tax(line, rate if line["tax_status"] == "taxable" else NONE)
    lines, fees, shipping = (
        order[kind] for kind in ("line_items", "fee_lines", "shipping_lines")
    )
    cart_tax = _sum(lines, "total_tax") + _sum(fees, "total_tax")
    shipping_tax = _sum(shipping, "total_tax")
    order["tax_lines"] = _tax_lines(shop, order, cart_tax, shipping_tax)
    net = sum((_sum(order[kind], "total") for kind in KINDS), NONE)
    order["sums"] = {
        "discount_total": _sum(lines, "subtotal") - _sum(lines, "total"),
        "discount_tax": _sum(lines, "subtotal_tax") - _sum(lines, "total_tax"),
        "shipping_total": _sum(shipping, "total"),
        "shipping_tax": shipping_tax,
        "cart_tax": cart_tax,
        "total": rounded(net + cart_tax + shipping_tax, shop.settings.decimals),
        "total_tax": cart_tax + shipping_tax,
    }


def refunded(shop: Shop, order: Record) -> Decimal:
    """Give what was already paid back of an order."""
    rows = (row for row in shop.refunds.values() if row["parent_id"] == order["id"])
    return sum((row["amount"] for row in rows), NONE)


def _tax(line: Record, rate: Decimal) -> None:
    line["total_tax"] = inner(line["total"] * rate / 100)
    parts = {"id": RATE, "total": line["total_tax"]}
    if "subtotal" in line:
        line["subtotal_tax"] = inner(line["subtotal"] * rate / 100)
        parts["subtotal"] = line["subtotal_tax"]
    line["taxes"] = [parts] if rate else []


def _tax_lines(
    shop: Shop, order: Record, cart_tax: Decimal, shipping_tax: Decimal
) -> list[Record]:
    if not shop.settings.tax_rate:
        return []
    number = order["tax_lines"][0]["id"] if order["tax_lines"] else shop.number("line")
    return [
        {
            "id": number,
            "rate_code": f"{shop.settings.country}-VAT-{RATE}",
            "rate_id": RATE,
            "label": "VAT",
            "compound": False,
            "tax_total": cart_tax,
            "shipping_tax_total": shipping_tax,
            "rate_percent": shop.settings.tax_rate,
            "meta_data": [],
        }
    ]


def _sum(lines: Iterable[Record], field: str) -> Decimal:
    return sum((line[field] for line in lines), NONE)
