"""Fills a shop with things that were there before: a few of its own, or given rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.woocommerce.sandbox.addresses import merged
from connectors.woocommerce.sandbox.amounts import decimal
from connectors.woocommerce.sandbox.catalogue import blank_product
from connectors.woocommerce.sandbox.customers import blank_customer, keep_customer
from connectors.woocommerce.sandbox.dates import moment_of
from connectors.woocommerce.sandbox.exchange import Record
from connectors.woocommerce.sandbox.orders import blank_order
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.slugs import slug_of
from connectors.woocommerce.sandbox.totals import settle

MOMENTS = {"created": "date_created_gmt", "modified": "date_modified_gmt"}
SALE_DATES = ("date_on_sale_from", "date_on_sale_to")
LINES = ("line_items", "shipping_lines", "fee_lines")
FEW: Mapping[str, Any] = {
    "categories": [{"name": "Kitchen"}, {"name": "Pantry"}],
    "products": [
        {"name": "Enamel mug", "sku": "MUG-1", "regular_price": "9.90"},
        {"name": "Olive oil 1 L", "sku": "OIL-1", "regular_price": "12.50"},
        {"name": "Kanelbulle på fat", "sku": "BUN-1", "regular_price": "35.00"},
    ],
    "customers": [
        {"email": "ann@example.com", "first_name": "Ann", "username": "ann"},
        {"email": "nikos@example.com", "first_name": "Νίκος", "username": "nikos"},
    ],
}


def seed(shop: Shop, body: Mapping[str, Any]) -> dict[str, list[int]]:
    """Put rows into the shop without telling webhooks, and give their ids.

    The body has lists under categories, tags, products, variations, customers and
    orders, each row as the API shows one; ids and dates are kept where they are given.
    `next_id` is the next id of a post. An empty body makes a few products, categories
    and customers.
    """
    rows = body or FEW
    made: dict[str, list[int]] = {}
    for kind in ("categories", "tags"):
        made[kind] = _seed_terms(shop, kind, rows.get(kind, ()))
    for kind in ("products", "variations"):
        made[kind] = [_product(shop, row) for row in rows.get(kind, ())]
    made["customers"] = [_customer(shop, row) for row in rows.get("customers", ())]
    made["orders"] = [_order(shop, row) for row in rows.get("orders", ())]
    if body.get("next_id"):
        shop.reserve("post", int(body["next_id"]) - 1)
    return made


def _seed_terms(shop: Shop, kind: str, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    ids = []
    for row in sorted(rows, key=lambda row: int(row.get("id") or 0)):
        held = shop.terms.find(kind, int(row.get("id") or 0))
        ids.append((held or shop.terms.add(kind, row))["id"])
    return ids


def _number(shop: Shop, kind: str, row: Mapping[str, Any]) -> int:
    number = int(row.get("id") or shop.number(kind))
    shop.reserve(kind, number)
    return number


def _dated(record: Record, row: Mapping[str, Any]) -> None:
    for field, name in MOMENTS.items():
        record[field] = moment_of(row.get(name)) or record[field]


def _product(shop: Shop, row: Mapping[str, Any]) -> int:
    product = blank_product(_number(shop, "post", row), shop.now())
    product |= {name: row[name] for name in product if name in row}
    _dated(product, row)
    for name in SALE_DATES:
        product[name] = moment_of(row.get(f"{name}_gmt"))
    for kind in ("categories", "tags"):
        product[kind] = [item["id"] for item in row.get(kind, ())]
    product["images"] = []
    if product["type"] != "variation":
        product["slug"] = product["slug"] or slug_of(product["name"])
    shop.catalogue.put(product)
    return int(product["id"])


def _customer(shop: Shop, row: Mapping[str, Any]) -> int:
    customer = blank_customer(shop, _number(shop, "customer", row))
    blank = {kind: customer[kind] for kind in ("billing", "shipping")}
    customer |= {name: row[name] for name in customer if name in row}
    for kind, address in blank.items():
        customer[kind] = merged(address, row.get(kind))
    _dated(customer, row)
    keep_customer(shop, customer)
    return int(customer["id"])


def _order(shop: Shop, row: Mapping[str, Any]) -> int:
    order = blank_order(shop, _number(shop, "post", row))
    order |= {name: row[name] for name in order if name in row}
    _dated(order, row)
    for name in ("date_paid", "date_completed"):
        order[name] = moment_of(row.get(f"{name}_gmt"))
    for kind in LINES:
        order[kind] = [_line(shop, line) for line in row.get(kind, ())]
    order["tax_lines"] = []
    order["stock_reduced"] = order["date_paid"] is not None
    settle(shop, order)
    shop.orders[order["id"]] = order
    return int(order["id"])


def _line(shop: Shop, row: Mapping[str, Any]) -> Record:
    dropped = ("taxes", "price", "image", "sku", "global_unique_id", "parent_name")
    line = {name: value for name, value in row.items() if name not in dropped}
    shop.reserve("line", int(line["id"]))
    for name in ("subtotal", "total"):
        if name in line:
            line[name] = decimal(line[name])
    names = ("id", "key", "value")
    meta = [{name: item[name] for name in names} for item in row["meta_data"]]
    return {"tax_status": "taxable", **line, "meta_data": meta}
