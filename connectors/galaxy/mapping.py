"""Galaxy's words for our words, as tables: items and customers in, sales out.

http://webshop-host.northeurope.cloudapp.azure.com/sync-service-reference
"""

from __future__ import annotations

from typing import Any

from connectors.galaxy import forms, items, newcomer, orders, parties
from connectors.galaxy.lookups import ATTRIBUTES, CATEGORIES, DIMENSIONS, entries
from connectors.galaxy.rows import guid
from integration.canonical.catalog import Category, Price, Product, Stock, Variant
from integration.canonical.kinds import Kind
from integration.canonical.parties import Customer
from integration.canonical.shop import Setting
from integration.contract.mapping import FieldMap, at, derive, each, ref

Payload = FieldMap[dict[str, Any]]
COMBINED = ("variant_fields", "sku_field")
TABLES = (CATEGORIES, ATTRIBUTES, DIMENSIONS)

# --- Reading --------------------------------------------------------------------------

CATEGORY = FieldMap(
    Category,
    over=items.shelves,
    uses=("category_root",),
    lookups=(CATEGORIES,),
    external_id=at("external_id"),
    name=at("label"),
    parent=derive(items.parent_ref),
)

VARIANT = FieldMap(
    Variant,
    uses=(*COMBINED, "part_code", "weight_unit"),
    lookups=(DIMENSIONS,),
    external_id=at("id"),
    sku=at("sku", default=""),
    barcode=derive(forms.barcode),
    title=at("code", default=""),
    options=derive(forms.options),
    weight_g=derive(forms.grams),
    attributes=derive(forms.more_codes),
)

PRODUCT = FieldMap(
    Product,
    uses=(
        *(*COMBINED, "part_code", "weight_unit", "category_root", "image_base_url"),
        "zone",
    ),
    lookups=TABLES,
    external_id=at("row.ID", guid),
    title=derive(items.title),
    reference=at("row.Code", str, default=""),
    description_html=at("row.ExtDescription", str, default=""),
    categories=derive(items.category_refs),
    images=derive(items.images),
    variants=each(forms.forms, VARIANT),
    attributes=derive(items.attributes),
)

STOCK = FieldMap(
    Stock,
    over=forms.forms,
    uses=(*COMBINED, "part_code"),
    external_id=at("id"),
    variant=ref(Kind.VARIANT, "id", sku="sku"),
    levels=derive(forms.quantity),
)

PRICE = FieldMap(
    Price,
    over=forms.forms,
    uses=(*COMBINED, "price_list", "currency", "prices_include_tax"),
    external_id=at("id"),
    variant=ref(Kind.VARIANT, "id", sku="sku"),
    money=derive(forms.money),
    tax_included=derive(forms.tax_included),
)

CUSTOMER = FieldMap(
    Customer,
    lookups=("countries", "prefectures", "cities", "currencies"),
    external_id=at("row.ID", guid),
    account_number=at("row.Code", str, default=""),
    company=at("row.Description", str, default=""),
    email=derive(parties.email),
    phone=derive(parties.phone),
    billing=derive(parties.billing),
    shipping=derive(parties.shipping),
    addresses=derive(parties.every_address),
    currency=derive(parties.currency),
    price_list=derive(parties.price_list),
    discount_percent=derive(parties.discount),
    attributes=derive(parties.attributes),
)

SETTING = FieldMap(
    Setting,
    external_id=at("id"),
    value=at("value", str, default=""),
)

ENTRIES = {table: entries(table) for table in TABLES}

# --- Writing --------------------------------------------------------------------------

# The writer adds the ID, which is our mark.
CUSTOMER_OUT: Payload = FieldMap(
    dict,
    lookups=("countries", "prefectures", "cities", "currencies"),
    Code=at("account_number", default=""),
    Description=derive(newcomer.name),
    Name=derive(newcomer.name),
    TIN=at("tax_number", default=""),
    CurrencyID=derive(newcomer.currency_id),
    CustomerSites=derive(newcomer.sites),
)

# `customer` is the linked customer, whose trader the writer looks up.
ORDER_OUT: Payload = FieldMap(
    dict,
    uses=(
        *("company_id", "zone", "order_amounts", "order_prefix", "line_item"),
        *("guest_trader", "entry_extra"),
    ),
    lookups=("currencies", "countries"),
).extended(
    {
        "customer": derive(orders.customer_id),
        "body.header": derive(orders.header),
        "body.data": derive(orders.document),
    }
)
