"""Crystal's words for our words, as tables: products in, orders out.

Products: the property table Crystal's mapping articles share, such as
https://help.getcrystal.com/en/articles/8243427-crystal-e-commerce-integration-woocommerce-mappings
Orders: no public page describes them; the names on the left are Weft's proposal.
"""

from __future__ import annotations

from connectors.crystal import orders, products
from connectors.crystal.products import text
from integration.canonical.catalog import (
    Category,
    Price,
    Product,
    Stock,
    Variant,
)
from integration.canonical.kinds import Kind
from integration.contract.mapping import FieldMap, Rule, at, derive, each, ref

CATEGORY = FieldMap(
    Category,
    over=products.item_type,
    external_id=at("id", text),
    name=at("name", text),
)

VARIANT = FieldMap(
    Variant,
    external_id=at("id", text),
    # By the uuid as SKU an order line finds its product; it is never edited away.
    sku=at("id", text),
    barcode=at("product_number", text, default=""),
    backorder=at("allow_backorder", products.yes_or_no, default=False),
)

PRODUCT = FieldMap(
    Product,
    over=products.sound,
    external_id=at("id", text),
    title=derive(products.name_or_product_number),
    reference=at("product_number", text, default=""),
    description_html=at("description", text, default=""),
    summary=at("short_description", text, default=""),
    brand=at("vendor.name", text, default=""),
    categories=derive(products.ref_of_item_type),
    tags=derive(products.each_tag),
    images=derive(products.each_image),
    # What is not visible is not listed at all, so this is true in practice.
    published=at("is_visible", products.yes_or_no, default=True),
    variants=each(products.itself, VARIANT),
    attributes=derive(products.vendor_code_and_id),
)

STOCK = FieldMap(
    Stock,
    over=products.sound,
    external_id=at("id", text),
    variant=ref(Kind.VARIANT, "id", sku="id"),
    levels=derive(products.quantity_at_one_place),
    backorder=at("allow_backorder", products.yes_or_no, default=False),
)

PRICE = FieldMap(
    Price,
    over=products.sound,
    uses=("currency",),
    external_id=at("id", text),
    variant=ref(Kind.VARIANT, "id", sku="id"),
    money=derive(products.price_in_set_currency),
)

LINE = FieldMap(
    dict,
    product_id=derive(orders.crystal_product),
    name=at("name", default=""),
    quantity=at("quantity"),
    unit_price=derive(orders.unit_price_before_discount),
    discount=at("discount"),
    tax=at("tax"),
    net=at("net"),
)

ADDRESS_PARTS = (
    *("name", "company", "line1", "line2"),
    *("city", "region", "postcode", "country", "phone"),
)
ADDRESSES: dict[str, Rule] = {
    f"{role}.{part}": at(f"{role}.{part}", default="")
    for role in ("billing", "shipping")
    for part in ADDRESS_PARTS
}

# The writer adds Weft's mark, `external_id`, which no map knows.
ORDER = FieldMap(dict, uses=("currency",)).extended(
    {
        "reference": at("number"),
        "date": at("placed_at", orders.in_utc),
        "currency": derive(orders.same_currency),
        # Before the other sums, so that an order that does not add up says just that.
        "total": derive(orders.total_that_adds_up),
        "tax_total": at("total_tax"),
        "shipping_total": derive(orders.net_of_shipping),
        "fees_total": derive(orders.net_of_fees_discounts_and_rounding),
        "lines": each(orders.goods_lines, LINE),
        "client.email": at("buyer.email", default=""),
        "client.first_name": at("buyer.first_name", default=""),
        "client.last_name": at("buyer.last_name", default=""),
        "client.phone": at("buyer.phone", default=""),
        "client.company": at("buyer.company", default=""),
        **ADDRESSES,
        "payment.method": at("payment_method", default=""),
        "payment.amount": derive(orders.total_if_paid),
        "payment.transaction_id": at("transaction_id", default=""),
        "note": derive(orders.note_with_rounding),
    }
)
