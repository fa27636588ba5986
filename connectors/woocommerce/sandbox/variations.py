"""Answers for the variations of a variable product."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import quote

from connectors.woocommerce.sandbox.catalogue import blank_product
from connectors.woocommerce.sandbox.dates import twins
from connectors.woocommerce.sandbox.exchange import Answer, Call, Record, Refusal
from connectors.woocommerce.sandbox.listing import chosen, ordered, page
from connectors.woocommerce.sandbox.markup import paragraphs
from connectors.woocommerce.sandbox.pricing import on_sale, price
from connectors.woocommerce.sandbox.product_filters import matching
from connectors.woocommerce.sandbox.product_view import sale_dates
from connectors.woocommerce.sandbox.product_write import (
    SHARED,
    kept_images,
    set_shared,
)
from connectors.woocommerce.sandbox.products import NEW, ORDERS
from connectors.woocommerce.sandbox.schema import Rule, check
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.slugs import slug_of

RULES: Mapping[str, Rule] = {
    **SHARED,
    "image": "object",
    "attributes": [{"id": "integer", "name": "string", "option": "string"}],
}
PLAIN = (
    "virtual",
    "downloadable",
    "downloads",
    "download_limit",
    "download_expiry",
    "tax_status",
    "tax_class",
    "manage_stock",
    "stock_quantity",
    "stock_status",
    "backorders",
)


def list_variations(shop: Shop, call: Call) -> Answer:
    """Answer a page of one product's variations, or of all products' ones."""
    if "parent" in call.ids:
        rows = shop.catalogue.variations_of(_parent(shop, call)["id"])
    else:
        rows = [row for row in shop.catalogue if row["type"] == "variation"]
    skus = str(call.param("sku", "")).casefold()
    if skus:
        wanted = {sku.strip() for sku in skus.split(",")}
        rows = [row for row in rows if row["sku"].casefold() in wanted]
    rows = ordered(call, matching(shop, call, rows), ORDERS, "date")
    context = call.param("context", "view")
    return page(
        call,
        rows,
        lambda row: variation_shown(shop, row, context),
        shop.root + call.path,
    )


def get_variation(shop: Shop, call: Call) -> Answer:
    """Answer one variation of the product in the path."""
    row = _found(shop, call)
    view = variation_shown(shop, row, call.param("context", "view"))
    return Answer(chosen(call, view))


def create_variation(shop: Shop, call: Call) -> Answer:
    """Make a variation; one with the same attributes as another is accepted."""
    parent = _parent(shop, call)
    row = blank_product(NEW, shop.now())
    row |= {"type": "variation", "parent_id": parent["id"], "name": ""}
    _change(shop, row, parent, call.body)
    row["id"] = shop.number()
    _keep(shop, row, parent)
    shop.tell("product.created", row["id"])
    return Answer(chosen(call, variation_shown(shop, row, "edit")), 201)


def update_variation(shop: Shop, call: Call) -> Answer:
    """Change the fields sent; the parent's `date_modified` moves too."""
    parent = _parent(shop, call)
    row = deepcopy(_found(shop, call))
    _change(shop, row, parent, call.body)
    row["modified"] = shop.now()
    _keep(shop, row, parent)
    shop.tell("product.updated", row["id"])
    return Answer(chosen(call, variation_shown(shop, row, "edit")))


def delete_variation(shop: Shop, call: Call) -> Answer:
    """Trash a variation, or remove it when forced."""
    row = _found(shop, call)
    before = variation_shown(shop, row, "edit")
    if call.flag("force"):
        shop.catalogue.drop(row["id"])
    else:
        row = {**row, "status": "trash", "modified": shop.now()}
        shop.catalogue.put(row)
        shop.tell("product.deleted", row["id"])
    return Answer(chosen(call, before))


def variation_shown(shop: Shop, row: Record, context: str = "view") -> Record:
    """Show a variation; it is also the payload of `product.updated` webhooks."""
    catalogue, offset, moment = shop.catalogue, shop.settings.offset, shop.now()
    parent = catalogue.products[row["parent_id"]]
    text = row["description"]
    images = [shop.gallery.shown(number, offset) for number in row["images"]]
    now = price(catalogue, row, moment)
    path = f"/products/{parent['id']}/variations"
    up = {"up": [{"href": f"{shop.root}/products/{parent['id']}"}]}
    return {
        "id": row["id"],
        "type": "variation",
        **twins("date_created", row["created"], offset),
        **twins("date_modified", row["modified"], offset),
        "description": text if context == "edit" else paragraphs(text),
        "permalink": _permalink(shop, row, parent),
        "sku": row["sku"],
        "global_unique_id": row["global_unique_id"],
        "price": now,
        "regular_price": row["regular_price"],
        "sale_price": row["sale_price"],
        **sale_dates(shop, row),
        "on_sale": on_sale(catalogue, row, moment),
        "status": row["status"],
        "purchasable": bool(now),
        **{name: row[name] for name in PLAIN},
        "backorders_allowed": row["backorders"] != "no",
        "backordered": row["stock_status"] == "onbackorder",
        "low_stock_amount": row["low_stock_amount"],
        "weight": row["weight"] or parent["weight"],
        "dimensions": row["dimensions"],
        "shipping_class": row["shipping_class"],
        "shipping_class_id": 0,
        "image": images[0] if images else None,
        "gallery_image_ids": [],
        "attributes": row["attributes"],
        "menu_order": row["menu_order"],
        "meta_data": row["meta_data"],
        "name": ", ".join(item["option"] for item in row["attributes"]),
        "parent_id": parent["id"],
        "_links": shop.links(f"{path}/{row['id']}", path, up),
    }


def _change(shop: Shop, row: Record, parent: Record, sent: Mapping[str, Any]) -> None:
    check(sent, RULES)
    set_shared(shop, row, sent, RULES)
    if sent.get("attributes") is not None:
        known = {item["name"].casefold(): item for item in parent["attributes"]}
        known |= {item["id"]: item for item in parent["attributes"] if item["id"]}
        row["attributes"] = [_chosen(item, known) for item in sent["attributes"]]
    if "image" in sent:
        image = sent["image"]
        row["images"] = kept_images(shop, [image]) if image else []


def _keep(shop: Shop, row: Record, parent: Record) -> None:
    shop.catalogue.put(row)
    shop.catalogue.put({**parent, "modified": shop.now()})


def _chosen(item: Mapping[str, Any], known: Mapping[Any, Record]) -> Record:
    name = str(item.get("name") or "")
    held = known.get(item.get("id")) or known.get(name.casefold()) or {}
    number = held.get("id", 0)
    label = held.get("name", name)
    return {
        "id": number,
        "name": label,
        "slug": held["slug"] if number else slug_of(label),
        "option": str(item.get("option") or ""),
    }


def _permalink(shop: Shop, row: Record, parent: Record) -> str:
    pairs = [
        (item["slug"], slug_of(item["option"]) if item["id"] else item["option"])
        for item in row["attributes"]
    ]
    query = "&".join(f"attribute_{name}={quote(value)}" for name, value in pairs)
    address = f"{shop.home}/product/{parent['slug']}/"
    return f"{address}?{query}" if query else address


def _parent(shop: Shop, call: Call) -> Record:
    parent = shop.catalogue.products.get(call.ids["parent"])
    if parent is None or parent["type"] == "variation":
        code = "woocommerce_rest_product_variation_invalid_parent"
        raise Refusal(code, "Parent product does not exist.", 404)
    return parent


def _found(shop: Shop, call: Call) -> Record:
    row = shop.catalogue.products.get(call.ids["id"])
    wrong = row is None or row["type"] != "variation"
    if row is None or wrong or row["parent_id"] != call.ids.get("parent"):
        code = "woocommerce_rest_product_variation_invalid_id"
        raise Refusal(code, "Invalid ID.", 404)
    return row
