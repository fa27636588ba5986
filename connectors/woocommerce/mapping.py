"""The shop's fields for ours, both directions: one table per kind.

A rule's named function is in `words` or `buyers` (reading) or `payload` (writing);
the tables of orders are in `sales`.
https://woocommerce.github.io/woocommerce-rest-api-docs/
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from connectors.woocommerce import buyers, payload, words
from integration.canonical.catalog import Image, Price, Product, Status, Stock, Variant
from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.shop import Setting
from integration.contract.mapping import (
    FieldMap,
    at,
    choice,
    const,
    derive,
    each,
    ref,
)

# --- Reading --------------------------------------------------------------------------

STATUS = {
    "publish": Status.LIVE,
    "draft": Status.HIDDEN,
    "pending": Status.HIDDEN,
    "private": Status.HIDDEN,
    "future": Status.HIDDEN,
    "trash": Status.DISCONTINUED,
}

IMAGE = FieldMap(
    Image,
    key=at("id", str),
    url=at("src"),
    alt=at("alt", default=""),
)

VARIANT = FieldMap(
    Variant,
    uses=("weight_unit",),
    external_id=at("id", str),
    sku=at("sku", default=""),
    barcode=at("global_unique_id", default=""),
    title=at("name", words.plain, default=""),
    options=at("attributes", words.options, default=()),
    weight_g=derive(words.grams),
    backorder=at("backorders", words.may_be_owed, default=False),
)

PRODUCT = FieldMap(
    Product,
    uses=("weight_unit",),
    external_id=at("id", str),
    title=at("name", words.plain, default=""),
    slug=at("slug", unquote, default=""),
    description_html=at("description", default=""),
    summary=at("short_description", default=""),
    brand=at("brands[0].name", words.plain, default=""),
    categories=at("categories", words.category_refs, default=()),
    tags=at("tags", words.names, default=()),
    images=each("images", IMAGE),
    status=at("status", choice(STATUS)),
    published=derive(words.is_published),
    variants=each(words.named_variants, VARIANT),
)

STOCK = FieldMap(
    Stock,
    over=words.variants_of,
    external_id=at("id", str),
    variant=ref(Kind.VARIANT, "id", sku="sku"),
    levels=derive(words.levels),
    tracked=derive(words.is_tracked),
    backorder=at("backorders", words.may_be_owed, default=None),
)

PRICE = FieldMap(
    Price,
    over=words.variants_of,
    uses=("currency", "prices_include_tax", "calc_taxes"),
    external_id=at("id", str),
    variant=ref(Kind.VARIANT, "id", sku="sku"),
    money=derive(words.regular_price),
    sale=derive(words.sale),
    tax_included=derive(words.tax_included),
)

CUSTOMER = FieldMap(
    Customer,
    external_id=at("id", str),
    email=at("email", default=""),
    first_name=at("first_name", default=""),
    last_name=at("last_name", default=""),
    company=at("billing.company", default=""),
    phone=at("billing.phone", default=""),
    billing=at("billing", buyers.address, default=None),
    shipping=at("shipping", buyers.address, default=None),
)

# Who buys without an account is known by what was filled in at the checkout.
GUEST = FieldMap(Customer, over=buyers.guests).extended(CUSTOMER.rules)

SETTING = FieldMap(
    Setting,
    external_id=at("id"),
    value=at("value", str, default=""),
)

# --- Writing --------------------------------------------------------------------------

Payload = FieldMap[dict[str, Any]]

CATEGORY_OUT: Payload = FieldMap(
    dict,
    name=at("name"),
    parent=derive(payload.parent_id),
)

PRODUCT_OUT: Payload = FieldMap(
    dict,
    uses=("unpublish_as",),
    sku=derive(payload.only_sku),
    type=const("simple"),
    name=at("title"),
    slug=derive(payload.slug),
    status=derive(payload.shop_status),
    catalog_visibility=at("published", choice({"True": "visible", "False": "hidden"})),
    description=at("description_html", default=""),
    short_description=at("summary", default=""),
    categories=derive(payload.category_ids),
    tags=at("tags", payload.tag_names),
    images=at("images", payload.images),
)

# The shop forgets `backorders` of a product whose stock it does not count: they go
# together, each time.
STOCK_OUT: Payload = FieldMap(
    dict,
    uses=("backorder_word",),
    manage_stock=at("tracked"),
    stock_quantity=derive(payload.whole_stock),
    backorders=derive(payload.backorders),
)

# A sale price stays the shop's own: sending none would end the merchant's sales.
PRICE_OUT: Payload = FieldMap(
    dict,
    uses=("currency", "price_num_decimals", "prices_include_tax", "calc_taxes"),
    regular_price=derive(payload.price_text),
)
