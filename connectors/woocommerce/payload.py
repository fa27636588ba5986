"""The functions behind the writing tables: one value of ours, put into the shop's."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from connectors.woocommerce.words import tax_included
from integration.canonical.catalog import (
    Category,
    Image,
    Price,
    Product,
    Status,
    Stock,
)
from integration.contract.mapping import Context, resolve
from integration.errors import BadConfig, BadRecord, Unsupported


def only_sku(product: Product) -> str:
    """The SKU of a product sold in one form.

    BadRecord without one: the shop could never be asked for it again.
    """
    if len(product.variants) > 1:
        raise Unsupported(
            f"{product.title} comes in {len(product.variants)} forms; Weft writes "
            "products of one form to WooCommerce.",
            code="several_variants",
        )
    sku = product.variants[0].sku if product.variants else ""
    if not sku:
        raise BadRecord("", "It has no SKU to know it by.", code="field_empty")
    return sku


def slug(product: Product) -> str | None:
    """The product's address in the shop, as Crystal words it; None: the shop's choice.

    A name unlike the number: small letters, each space a hyphen, a hyphen, the number;
    else the name. The shop bends it further, so it is never compared with the answer.
    https://help.getcrystal.com/en/articles/8243427-crystal-e-commerce-integration-woocommerce-mappings
    """
    title, reference = product.title, product.reference
    if title == reference or not reference:
        return title if reference else None
    return f"{title.lower().replace(' ', '-')}-{reference}"


def backorders(stock: Stock, context: Context) -> str | None:
    """Whether it may be sold while none is there, and whether the buyer is told.

    None where the source does not say: the shop's own choice stays.
    """
    if stock.backorder is None:
        return None
    return str(context.setting("backorder_word", "yes")) if stock.backorder else "no"


def shop_status(product: Product, context: Context) -> str:
    """Public while it is offered; else put away, never deleted."""
    if product.status == Status.LIVE:
        return "publish"
    return str(context.setting("unpublish_as", "draft"))


def tag_names(tags: Sequence[str]) -> list[dict[str, str]]:
    """Tags by name; the shop makes those it does not have."""
    return [{"name": tag} for tag in dict.fromkeys(tags)]


def category_ids(product: Product, context: Context) -> list[dict[str, int]]:
    """Categories by id: by name the shop would drop them silently."""
    return [{"id": int(resolve(item, context))} for item in product.categories]


def parent_id(category: Category, context: Context) -> int | None:
    """The id of the category above it."""
    return int(resolve(category.parent, context)) if category.parent else None


def images(pictures: Sequence[Image]) -> list[dict[str, str]]:
    """Each picture once; the writer turns those the shop has into their ids there."""
    unique = {image.key: image for image in pictures}
    return [
        {"key": image.key, "src": image.url, "alt": image.alt}
        for image in unique.values()
    ]


def whole_stock(stock: Stock) -> int | None:
    """Whole things, rounded down; what is owed counts as none. None: not counted."""
    if not stock.tracked:
        return None
    return max(0, int(stock.available.to_integral_value(ROUND_FLOOR)))


def price_text(price: Price, context: Context) -> str:
    """The amount as text, with a dot and the shop's decimals; "" where there is none.

    Text that is not a plain number would be taken all the same: `9,95` as 995, `abc` as
    no price. BadConfig where currency or tax differ: nothing is converted.
    """
    if price.money is None:
        return ""
    if price.money.amount < 0:
        raise BadRecord("", "A price cannot be less than nothing.", code="negative")
    _same_currency(price.money.currency, context.setting("currency"))
    _same_tax(price.tax_included, tax_included(price, context))
    decimals = int(context.setting("price_num_decimals", 2))
    amount: Decimal = price.money.rounded(decimals).amount
    return f"{amount:f}"


def _same_currency(ours: str, theirs: Any) -> None:
    if ours != theirs:
        raise BadConfig(
            "currency",
            f"The prices are in {ours}, the shop sells in {theirs or 'no known one'}.",
            code="currency_differs",
            hint="Set both to one currency; Weft converts nothing.",
        )


def _same_tax(ours: bool | None, theirs: bool | None) -> None:
    if ours is not None and theirs is not None and ours is not theirs:
        raise BadConfig(
            "prices_include_tax",
            "The prices come with tax, the shop takes them without tax."
            if ours
            else "The prices come without tax, the shop takes them with tax.",
            code="tax_differs",
            hint="In WooCommerce, Settings, Tax, choose how prices are entered.",
        )
