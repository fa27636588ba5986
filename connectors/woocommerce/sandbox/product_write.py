"""Changes products by what was sent, with everything the shop refuses or bends."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from connectors.woocommerce.sandbox.amounts import normalised
from connectors.woocommerce.sandbox.dates import moment_of
from connectors.woocommerce.sandbox.exchange import Record, Refusal, truth
from connectors.woocommerce.sandbox.images import checked
from connectors.woocommerce.sandbox.markup import kept_html
from connectors.woocommerce.sandbox.pricing import settle_sale, settle_stock
from connectors.woocommerce.sandbox.schema import META, Rule, check
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.slugs import free_slug, slug_of
from connectors.woocommerce.sandbox.terms import DEFAULT_CATEGORY

STATUSES = ("draft", "pending", "private", "publish", "future", "auto-draft", "trash")
UNNAMED = ("draft", "pending", "auto-draft")
"""Statuses in which a product has no slug until it gets one."""
HTML = ("name", "description", "short_description")
TERMS: Rule = [{"id": "integer", "name": "string"}]
SHARED: Mapping[str, Rule] = {
    "sku": "string",
    "description": "string",
    "regular_price": "string",
    "sale_price": "string",
    "date_on_sale_from": "string",
    "date_on_sale_from_gmt": "string",
    "date_on_sale_to": "string",
    "date_on_sale_to_gmt": "string",
    "global_unique_id": "string",
    "tax_status": ("taxable", "shipping", "none"),
    "tax_class": "string",
    "stock_quantity": "integer",
    "inventory_delta": "integer",
    "stock_status": ("instock", "outofstock", "onbackorder"),
    "backorders": ("no", "notify", "yes"),
    "low_stock_amount": "integer",
    "weight": "string",
    "dimensions": "object",
    "shipping_class": "string",
    "virtual": "boolean",
    "downloadable": "boolean",
    "downloads": "array",
    "download_limit": "integer",
    "download_expiry": "integer",
    "menu_order": "integer",
    "meta_data": META,
    "status": STATUSES,
}
PRODUCT: Mapping[str, Rule] = {
    **SHARED,
    "name": "string",
    "slug": "string",
    "type": ("simple", "grouped", "external", "variable"),
    "featured": "boolean",
    "catalog_visibility": ("visible", "catalog", "search", "hidden"),
    "short_description": "string",
    "manage_stock": "boolean",
    "sold_individually": "boolean",
    "reviews_allowed": "boolean",
    "external_url": "string",
    "button_text": "string",
    "upsell_ids": "array",
    "cross_sell_ids": "array",
    "grouped_products": "array",
    "parent_id": "integer",
    "purchase_note": "string",
    "post_password": "string",
    "categories": TERMS,
    "tags": TERMS,
    "images": [{"id": "integer", "src": "string", "name": "string", "alt": "string"}],
    "attributes": [{"id": "integer", "name": "string", "options": "array"}],
    "default_attributes": [{"id": "integer", "name": "string", "option": "string"}],
}
BOUND = frozenset(
    {
        "sku",
        "slug",
        "regular_price",
        "sale_price",
        "stock_quantity",
        "inventory_delta",
        "manage_stock",
        "dimensions",
        "meta_data",
        "categories",
        "tags",
        "images",
        "image",
        "attributes",
        "parent_id",
    }
)
"""Fields with rules of their own; the other checked ones are taken as they are."""


def change_product(shop: Shop, product: Record, sent: Mapping[str, Any]) -> None:
    """Change a product's own copy by what was sent; the caller keeps it afterwards.

    Raises `Refusal` for wrong types, a sku that is taken and images that fail.
    """
    check(sent, PRODUCT)
    set_shared(shop, product, sent, PRODUCT)
    if sent.get("slug"):
        wanted = slug_of(sent["slug"])
        if wanted != product["slug"]:
            product["slug"] = free_slug(wanted, shop.catalogue.slugs)
    if sent.get("attributes") is not None:
        product["attributes"] = [
            _attribute(item, place) for place, item in enumerate(sent["attributes"])
        ]
    if sent.get("parent_id") is not None:
        product["parent_id"] = int(sent["parent_id"])
    _set_terms(shop, product, sent)
    if sent.get("images") is not None:
        product["images"] = kept_images(shop, sent["images"])


def name_slug(shop: Shop, product: Record) -> None:
    """Make a slug of the name where there is none and the status wants one."""
    if not product["slug"] and product["status"] not in UNNAMED:
        wanted = slug_of(product["name"]) or str(product["id"])
        product["slug"] = free_slug(wanted, shop.catalogue.slugs)


def set_shared(
    shop: Shop, product: Record, sent: Mapping[str, Any], rules: Mapping[str, Rule]
) -> None:
    """Set what products and variations have in common."""
    if sent.get("sku") is not None:
        sku = sent["sku"].strip()
        check_sku(shop, sku, product["id"])
        product["sku"] = sku
    for field, rule in rules.items():
        value = sent.get(field)
        if value is None or field in BOUND or field.startswith("date_on_sale"):
            continue
        product[field] = kept_html(value) if field in HTML else _cast(value, rule)
    for field in ("regular_price", "sale_price"):
        if sent.get(field) is not None:
            product[field] = normalised(sent[field])
    _set_sale_dates(shop, product, sent)
    _set_stock(product, sent)
    if sent.get("dimensions") is not None:
        known = product["dimensions"]
        product["dimensions"] = known | {
            name: str(value) for name, value in sent["dimensions"].items()
        }
    settle_sale(product)
    shop.merge_meta(product["meta_data"], sent.get("meta_data"))


def check_sku(shop: Shop, sku: str, own: int) -> None:
    """Refuse a sku that another product has, in whatever case.

    A holder in the trash is only noticed when a product is made, under another code
    and without telling which product it is.
    """
    holders = [row for row in shop.catalogue.with_sku(sku) if row["id"] != own]
    live = [row for row in holders if row["status"] != "trash"]
    if live:
        raise Refusal(
            "product_invalid_sku",
            "Invalid or duplicated SKU.",
            data={"resource_id": live[0]["id"], "unique_sku": _free_sku(shop, sku)},
        )
    if holders and own not in shop.catalogue.products:
        reason = f"The SKU ({sku}) is already present in the lookup table."
        raise Refusal("woocommerce_rest_product_not_created", reason)


def kept_images(shop: Shop, sent: list[Mapping[str, Any]]) -> list[int]:
    """Give the attachments for images sent by id or by address.

    All are downloaded before any is kept, so that a failing one leaves nothing behind.
    """
    checked(shop.gallery, sent)
    most = shop.settings.max_upload
    fetched = [
        shop.gallery.fetch(image["src"], most)
        if image.get("src") and not image.get("id")
        else None
        for image in sent
    ]
    kept = []
    for image, found in zip(sent, fetched, strict=True):
        if found is not None:
            data, kind = found
            row = shop.gallery.add(shop.number(), image["src"], data, kind, shop.now())
        elif image.get("id"):
            row = shop.gallery.attachments[int(image["id"])]
        else:
            continue
        row["name"] = image.get("name") or row["name"]
        row["alt"] = image.get("alt", row["alt"])
        kept.append(row["id"])
    return kept


def _cast(value: Any, rule: Rule) -> Any:
    if rule == "boolean":
        return truth(value)
    return int(value) if rule == "integer" else value


def _set_sale_dates(shop: Shop, product: Record, sent: Mapping[str, Any]) -> None:
    for field in ("date_on_sale_from", "date_on_sale_to"):
        for name, offset in ((field, shop.settings.offset), (f"{field}_gmt", 0)):
            if sent.get(name) is not None:
                product[field] = moment_of(sent[name], offset)


def _set_stock(product: Record, sent: Mapping[str, Any]) -> None:
    manage = sent.get("manage_stock")
    if manage is not None:
        product["manage_stock"] = "parent" if manage == "parent" else truth(manage)
    if sent.get("stock_quantity") is not None:
        product["stock_quantity"] = int(sent["stock_quantity"])
    if sent.get("inventory_delta") is not None:
        before = product["stock_quantity"] or 0
        product["stock_quantity"] = before + int(sent["inventory_delta"])
    settle_stock(product)


def _set_terms(shop: Shop, product: Record, sent: Mapping[str, Any]) -> None:
    terms = shop.terms
    if sent.get("categories") is not None:
        ids = [int(item.get("id") or 0) for item in sent["categories"]]
        known = [number for number in ids if terms.find("categories", number)]
        product["categories"] = list(dict.fromkeys(known))
    product["categories"] = product["categories"] or [DEFAULT_CATEGORY]
    if sent.get("tags") is not None:
        rows = [
            terms.find("tags", int(item["id"]))
            if item.get("id")
            else terms.tag_named(item["name"])
            for item in sent["tags"]
            if item.get("id") or str(item.get("name") or "").strip()
        ]
        product["tags"] = list(dict.fromkeys(row["id"] for row in rows if row))


def _attribute(item: Mapping[str, Any], place: int) -> Record:
    name = str(item.get("name") or "")
    number = int(item.get("id") or 0)
    return {
        "id": number,
        "name": name,
        "slug": f"pa_{slug_of(name)}" if number else name,
        "position": int(item.get("position") or place),
        "visible": truth(item.get("visible", False)),
        "variation": truth(item.get("variation", False)),
        "options": [str(option) for option in item.get("options") or ()],
    }


def _free_sku(shop: Shop, sku: str) -> str:
    for number in count(1):
        if not shop.catalogue.with_sku(f"{sku}-{number}"):
            return f"{sku}-{number}"
    raise AssertionError("counting never ends")
