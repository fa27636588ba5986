"""Shows orders and their lines as the REST API does."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.woocommerce.sandbox.amounts import number, shown
from connectors.woocommerce.sandbox.dates import twins
from connectors.woocommerce.sandbox.exchange import Record
from connectors.woocommerce.sandbox.order_status import needs_processing
from connectors.woocommerce.sandbox.shop import Shop

DATES = {
    "date_created": "created",
    "date_modified": "modified",
    "date_completed": "date_completed",
    "date_paid": "date_paid",
}
AMOUNTS = ("subtotal", "subtotal_tax", "total", "total_tax")


def order_shown(shop: Shop, order: Record, places: int) -> Record:
    """Show an order with its amounts rounded to `places` decimals (`dp`)."""
    dates: Record = {}
    for name, field in DATES.items():
        dates |= twins(name, order[field], shop.settings.offset)
    sums = {name: shown(amount, places) for name, amount in order["sums"].items()}
    return {
        **{name: order[name] for name in ("id", "parent_id", "status", "currency")},
        "version": order["version"],
        "prices_include_tax": order["prices_include_tax"],
        "date_created": dates["date_created"],
        "date_modified": dates["date_modified"],
        **sums,
        **{name: order[name] for name in ("customer_id", "order_key", "billing")},
        "shipping": order["shipping"],
        **_payment(order),
        "date_completed": dates["date_completed"],
        "date_paid": dates["date_paid"],
        "cart_hash": "",
        "number": str(order["id"]),
        "meta_data": order["meta_data"],
        **_lines(shop, order, places),
        "refunds": _refunds(shop, order, places),
        "payment_url": f"{shop.home}/checkout/order-pay/{order['id']}/"
        f"?pay_for_order=true&key={order['order_key']}",
        **_state(shop, order),
        **{name: value for name, value in dates.items() if name.endswith("_gmt")},
        "currency_symbol": shop.settings.symbol,
        "_links": _links(shop, order),
    }


def line_shown(shop: Shop, line: Record, places: int) -> Record:
    """Show a product line: amounts are net, `price` is a number and not rounded."""
    product = shop.catalogue.products.get(line["variation_id"] or line["product_id"])
    parent = shop.catalogue.products.get(line["product_id"])
    is_part = bool(line["variation_id"])
    quantity = line["quantity"] or 1
    amounts = _written(line, AMOUNTS, places)
    names = ("id", "name", "product_id", "variation_id", "quantity", "tax_class")
    return {
        **{name: line[name] for name in names},
        **{name: amounts[name] for name in AMOUNTS},
        "taxes": [
            _written(tax, ("total", "subtotal"), places) for tax in line["taxes"]
        ],
        "meta_data": [_readable(product, row) for row in line["meta_data"]],
        "sku": product["sku"] if product else None,
        "global_unique_id": product["global_unique_id"] if product else None,
        "price": number(line["total"] / quantity),
        "image": _image(shop, product, is_part=is_part),
        "parent_name": parent["name"] if is_part and parent else None,
    }


def extra_shown(line: Record, places: int) -> Record:
    """Show a shipping or fee line."""
    taxes = [_written(tax, ("total",), places) for tax in line["taxes"]]
    return _written(line, ("total", "total_tax"), places) | {"taxes": taxes}


def tax_shown(line: Record, places: int) -> Record:
    """Show the sum of one tax rate."""
    percent = {"rate_percent": number(line["rate_percent"])}
    return _written(line, ("tax_total", "shipping_tax_total"), places) | percent


def _payment(order: Record) -> Record:
    return {
        "payment_method": order["payment_method"],
        "payment_method_title": order["payment_method_title"],
        "transaction_id": order["transaction_id"],
        "customer_ip_address": "",
        "customer_user_agent": "",
        "created_via": order["created_via"],
        "customer_note": order["customer_note"],
    }


def _lines(shop: Shop, order: Record, places: int) -> Record:
    return {
        "line_items": [line_shown(shop, row, places) for row in order["line_items"]],
        "tax_lines": [tax_shown(row, places) for row in order["tax_lines"]],
        "shipping_lines": [extra_shown(row, places) for row in order["shipping_lines"]],
        "fee_lines": [extra_shown(row, places) for row in order["fee_lines"]],
        "coupon_lines": [],
    }


def _refunds(shop: Shop, order: Record, places: int) -> list[Record]:
    return [
        {
            "id": row["id"],
            "reason": row["reason"],
            "total": shown(-row["amount"], places),
            "total_tax": shown(-row["tax"], places),
        }
        for row in reversed(shop.refunds.values())
        if row["parent_id"] == order["id"]
    ]


def _state(shop: Shop, order: Record) -> Record:
    status, total = order["status"], order["sums"]["total"]
    return {
        "is_editable": status in ("pending", "on-hold", "auto-draft"),
        "needs_payment": status in ("pending", "failed") and total > 0,
        "needs_processing": needs_processing(shop, order),
    }


def _links(shop: Shop, order: Record) -> Record:
    path = f"/orders/{order['id']}"
    mails = f"{shop.root}{path}/actions/email_templates"
    more: Record = {"email_templates": [{"embeddable": True, "href": mails}]}
    if order["customer_id"]:
        href = f"{shop.root}/customers/{order['customer_id']}"
        more["customer"] = [{"href": href}]
    return shop.links(path, "/orders", more)


def _written(row: Record, names: tuple[str, ...], places: int) -> Record:
    """Copy a row with its amounts as text."""
    amounts: dict[str, Decimal] = {name: row[name] for name in names if name in row}
    return {**row, **{name: shown(value, places) for name, value in amounts.items()}}


def _readable(product: Record | None, row: Record) -> Record:
    attributes = product["attributes"] if product else ()
    found: Mapping[str, Any] = next(
        (item for item in attributes if item["slug"] == row["key"]), {}
    )
    return {
        **row,
        "display_key": found.get("name", row["key"]),
        "display_value": found.get("option", row["value"]),
    }


def _image(shop: Shop, product: Record | None, *, is_part: bool) -> Record:
    if product is None or (is_part and not product["images"]):
        return {"id": 0, "src": ""}
    if not product["images"]:
        return {"id": "", "src": ""}
    first = shop.gallery.shown(product["images"][0], shop.settings.offset)
    return {"id": str(first["id"]), "src": first["src"]}
