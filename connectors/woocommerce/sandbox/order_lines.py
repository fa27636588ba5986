"""Changes the lines of orders by what was sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.woocommerce.sandbox.amounts import decimal, inner
from connectors.woocommerce.sandbox.exchange import Record, Refusal
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.slugs import slug_of
from connectors.woocommerce.sandbox.totals import net_total

Sent = Mapping[str, Any]
NAMING = {
    "line_items": ("product_id", "name"),
    "shipping_lines": ("method_id", "method_title"),
    "fee_lines": ("name",),
}
"""Fields that remove a line when they are sent as null."""


def change_lines(shop: Shop, order: Record, sent: Sent) -> bool:
    """Change an order's lines in place and tell whether any were sent.

    A line with an id is changed, one without is added: repeating a request without
    ids doubles the lines. Quantity 0 or a null name removes one.
    """
    touched = False
    for kind, make in MAKERS.items():
        for item in sent.get(kind) or ():
            touched = True
            if item.get("id"):
                _change_one(shop, order, kind, item)
            else:
                order[kind].append(make(shop, item))
    return touched


def product_of(shop: Shop, line: Mapping[str, Any]) -> Record | None:
    """Give the variation or product a line names by id or sku, None when unknown."""
    products = shop.catalogue.products
    if line.get("sku"):
        found = shop.catalogue.with_sku(str(line["sku"]))
        return found[0] if found else None
    number = int(line.get("variation_id") or line.get("product_id") or 0)
    return products.get(number)


def _product_line(shop: Shop, item: Sent) -> Record:
    if not any(item.get(name) for name in ("product_id", "variation_id", "sku")):
        code = "woocommerce_rest_required_product_reference"
        raise Refusal(code, "Product ID or SKU is required.")
    product = product_of(shop, item)
    quantity = 1 if item.get("quantity") is None else int(item["quantity"])
    line: Record = {
        "id": shop.number("line"),
        "name": str(item.get("name") or _line_name(shop, product)),
        "product_id": 0,
        "variation_id": 0,
        "quantity": quantity,
        "tax_class": product["tax_class"] if product else "",
        "tax_status": product["tax_status"] if product else "taxable",
        "meta_data": [],
    }
    if product:
        parent = product["parent_id"] if product["type"] == "variation" else 0
        line["product_id"] = parent or product["id"]
        line["variation_id"] = product["id"] if parent else 0
        shop.merge_meta(line["meta_data"], _option_meta(product))
    net = net_total(shop, product, quantity)
    line["subtotal"] = _amount(item, "subtotal", _amount(item, "total", net))
    line["total"] = _amount(item, "total", line["subtotal"])
    shop.merge_meta(line["meta_data"], item.get("meta_data"))
    return line


def _shipping_line(shop: Shop, item: Sent) -> Record:
    if not item.get("method_id") and not item.get("method_title"):
        code = "woocommerce_rest_invalid_shipping_item"
        raise Refusal(code, "Shipping method ID is required.")
    line: Record = {
        "id": shop.number("line"),
        "method_title": str(item.get("method_title") or ""),
        "method_id": str(item.get("method_id") or ""),
        "instance_id": str(item.get("instance_id") or ""),
        "total": _amount(item, "total", decimal("")),
        "tax_status": "taxable",
        "meta_data": [],
    }
    shop.merge_meta(line["meta_data"], item.get("meta_data"))
    return line


def _fee_line(shop: Shop, item: Sent) -> Record:
    if not item.get("name"):
        raise Refusal("woocommerce_rest_invalid_fee_item", "Fee name is required.")
    line: Record = {
        "id": shop.number("line"),
        "name": str(item["name"]),
        "tax_class": str(item.get("tax_class") or ""),
        "tax_status": str(item.get("tax_status") or "taxable"),
        "amount": str(item.get("amount") or ""),
        "total": _amount(item, "total", decimal("")),
        "meta_data": [],
    }
    shop.merge_meta(line["meta_data"], item.get("meta_data"))
    return line


MAKERS: Mapping[str, Callable[[Shop, Sent], Record]] = {
    "line_items": _product_line,
    "shipping_lines": _shipping_line,
    "fee_lines": _fee_line,
}


def _change_one(shop: Shop, order: Record, kind: str, item: Sent) -> None:
    line = next((row for row in order[kind] if row["id"] == item["id"]), None)
    if line is None:
        raise Refusal(
            "woocommerce_rest_invalid_item_id",
            "Order item ID provided is not associated with order.",
        )
    empty = any(name in item and item[name] is None for name in NAMING[kind])
    if empty or item.get("quantity") == 0:
        order[kind].remove(line)
        return
    for name in ("name", "quantity", "method_id", "method_title", "tax_class"):
        if item.get(name) is not None and name in line:
            line[name] = item[name]
    for name in ("subtotal", "total"):
        if name in line:
            line[name] = _amount(item, name, line[name])
    shop.merge_meta(line["meta_data"], item.get("meta_data"))


def _amount(item: Sent, name: str, default: Any) -> Any:
    return default if item.get(name) is None else inner(decimal(item[name]))


def _line_name(shop: Shop, product: Record | None) -> str:
    if product is None:
        return ""
    if product["type"] != "variation":
        return str(product["name"])
    options = ", ".join(item["option"] for item in product["attributes"])
    return f"{shop.catalogue.products[product['parent_id']]['name']} - {options}"


def _option_meta(product: Record) -> Sequence[Record]:
    if product["type"] != "variation":
        return ()
    return [
        {
            "key": item["slug"],
            "value": slug_of(item["option"]) if item["id"] else item["option"],
        }
        for item in product["attributes"]
    ]
