"""The functions behind the tables of items: a variant and its price, for Xero."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.xero.fields import INCLUSIVE
from connectors.xero.lines import LONGEST_CODE
from connectors.xero.words import ACCOUNTS, entry_of
from integration.canonical.catalog import Price, Variant
from integration.contract.mapping import Context
from integration.errors import BadConfig, BadRecord, Unsupported

LONGEST_NAME = 50


def code(variant: Variant) -> str:
    """The SKU. BadRecord without one, and for one longer than Xero's codes."""
    if not variant.sku:
        raise BadRecord("", "It has no SKU to know it by.", code="field_empty")
    if len(variant.sku) > LONGEST_CODE:
        raise BadRecord(
            "",
            f"The SKU {variant.sku} has {len(variant.sku)} characters; an item's code "
            f"in Xero has at most {LONGEST_CODE}.",
            code="code_too_long",
            hint="Shorten the SKU. Until then its sales are posted as plain text.",
        )
    return variant.sku


def name(variant: Variant) -> str:
    """What it is called, as far as Xero keeps it."""
    return description(variant)[:LONGEST_NAME].strip()


def description(variant: Variant) -> str:
    """The text a line of an invoice begins with: name and chosen options."""
    chosen = ", ".join(value for _, value in variant.options)
    title = variant.title or variant.sku
    return f"{title} ({chosen})" if chosen and chosen not in title else title


def sales_details(variant: Variant, context: Context) -> dict[str, Any] | None:
    """The account it is sold on, where one is set for all."""
    chosen = str(context.setting("sales_account") or "")
    if not chosen:
        return None
    entry = entry_of(ACCOUNTS, chosen, context)
    return {"AccountCode": entry.code if entry else chosen}


def unit_price(price: Price, context: Context) -> Decimal:
    """The price to four places.

    BadConfig where currency or tax differ: nothing is converted.
    """
    if price.money is None:
        raise Unsupported(
            "Xero keeps the last price of what has none any more.", code="no_price"
        )
    if price.money.amount < 0:
        raise BadRecord("", "A price cannot be less than nothing.", code="negative")
    own = context.setting("currency")
    if price.money.currency != own:
        raise BadConfig(
            "currency",
            f"The prices are in {price.money.currency}, the organisation's items in "
            f"{own or 'no known currency'}.",
            code="currency_differs",
            hint="Set both to one currency; Weft converts nothing.",
        )
    inclusive = context.setting("amounts") == INCLUSIVE
    if price.tax_included is not None and price.tax_included is not inclusive:
        raise BadConfig(
            "amounts",
            "The prices come without tax, lines in Xero are posted with tax."
            if inclusive
            else "The prices come with tax, lines in Xero are posted without tax.",
            code="tax_differs",
            hint="Choose the same for amounts on lines.",
        )
    return price.money.rounded(4).amount
