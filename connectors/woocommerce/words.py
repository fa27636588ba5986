"""The functions behind the reading tables: one value of the shop's, put into ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from html import unescape
from typing import Any

from integration.canonical.catalog import Level, Sale
from integration.canonical.kinds import Kind
from integration.canonical.sales import Fulfilment, PaymentState
from integration.canonical.values import Money, Ref
from integration.contract.mapping import Context, number
from integration.errors import BadConfig

Row = Mapping[str, Any]
GRAMS = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
# The most decimals a shop reckons with; asked for with `dp=6`.
FINEST = Decimal("0.000001")


def utc(text: str) -> datetime:
    """A `_gmt` date: written without an offset, to the second."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def plain(text: Any) -> str:
    """A name without the `&amp;` WordPress keeps in it."""
    return unescape(str(text)).strip()


def variants_of(row: Row) -> Iterable[Row]:
    """The variations the reader put into a product; without any, the product."""
    return row.get("variations") or (row,)


def named_variants(row: Row) -> Iterable[Row]:
    """The same, each by its full name: the shop calls a variation "Blue, 42" alone."""
    variations = row.get("variations")
    if not variations:
        return (row,)
    return [{**part, "name": _full_name(row, part)} for part in variations]


def _full_name(row: Row, part: Row) -> str:
    """As an order's line calls it: the product's name, a dash, the choices."""
    whole = str(row.get("name") or "")
    chosen = ", ".join(str(value) for _, value in options(part.get("attributes") or ()))
    own = str(part.get("name") or chosen)
    if not whole or not own or own.startswith(whole):
        return own or whole
    return f"{whole} - {own}"


def options(attributes: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """A variation's choices. A product's own attributes have no single `option`."""
    return tuple(
        (plain(item["name"]), plain(item["option"]))
        for item in attributes
        if item.get("option")
    )


def names(terms: Sequence[Row]) -> tuple[str, ...]:
    """The names of tags."""
    return tuple(plain(term["name"]) for term in terms)


def category_refs(terms: Sequence[Row]) -> tuple[Ref, ...]:
    """Pointers to categories; their names came along."""
    return tuple(
        Ref(Kind.CATEGORY, str(term["id"]), {"name": plain(term["name"])})
        for term in terms
    )


def is_published(row: Row) -> bool:
    """Whether buyers come across it: public, and not kept out of the catalogue."""
    return row.get("status") == "publish" and row.get("catalog_visibility") != "hidden"


def grams(row: Row, context: Context) -> Decimal | None:
    """The weight, from the unit the shop is set to; None where either is not known."""
    unit = GRAMS.get(str(context.setting("weight_unit")))
    if not row.get("weight") or unit is None:
        return None
    return number(row["weight"]) * unit


def may_be_owed(word: str) -> bool:
    """Whether it is sold while none is there: `no`, `notify` or `yes`."""
    return word != "no"


def is_tracked(row: Row) -> bool:
    """Whether the shop counts it; a variation may be counted with its parent."""
    return row.get("manage_stock") in (True, "parent")


def levels(row: Row) -> tuple[Level, ...]:
    """The one number a shop has; nothing where it does not count."""
    if not is_tracked(row):
        return ()
    return (Level(available=number(row.get("stock_quantity") or 0)),)


def regular_price(row: Row, context: Context) -> Money | None:
    """The price without any sale, in the shop's only currency."""
    return _money(row.get("regular_price"), context)


def sale(row: Row, context: Context) -> Sale | None:
    """The reduced price and when it holds."""
    money = _money(row.get("sale_price"), context)
    if money is None:
        return None
    begin, end = row.get("date_on_sale_from_gmt"), row.get("date_on_sale_to_gmt")
    return Sale(
        money=money,
        starts_at=utc(begin) if begin else None,
        ends_at=utc(end) if end else None,
    )


def tax_included(source: Any, context: Context) -> bool | None:
    """Whether catalogue prices hold tax; None where the shop knows no taxes."""
    if context.setting("calc_taxes") == "no":
        return None
    return {"yes": True, "no": False}.get(str(context.setting("prices_include_tax")))


def _money(text: Any, context: Context) -> Money | None:
    if text in (None, ""):
        return None
    currency = context.setting("currency")
    if not currency:
        raise BadConfig(
            "currency",
            "The shop's currency is not known yet.",
            hint="Test the connection once; it is read then, and daily.",
        )
    return Money(number(text), currency)


def unit_price(line: Row) -> Decimal:
    """What one costs after discounts, without tax.

    The shop's own `price` is the same, but a binary fraction of endless digits.
    """
    quantity, total = number(line["quantity"]), number(line["total"])
    if not quantity:
        return total
    return (total / quantity).quantize(FINEST, ROUND_HALF_UP)


def discount(line: Row) -> Decimal:
    """What coupons took off the line, without tax."""
    return number(line["subtotal"]) - number(line["total"])


def sold_variant(line: Row) -> Ref | None:
    """What was sold: its variation, else its product.

    None for a line the shop kept after its product was deleted, or took for a product
    that never was: it says 0 then.
    """
    sold = line.get("variation_id") or line.get("product_id")
    if not sold:
        return None
    sku = line.get("sku")
    return Ref(Kind.VARIANT, str(sold), {"sku": sku} if sku else {})


def payment(row: Row) -> PaymentState:
    """Where the money stands; an unknown status (a plugin's) is judged by its date."""
    status = row.get("status")
    if status == "refunded":
        return PaymentState.REFUNDED
    if row.get("date_paid_gmt") or status in ("processing", "completed"):
        return PaymentState.PAID
    return PaymentState.AWAITING


def fulfilment(row: Row) -> Fulfilment:
    """Where the goods stand; a plugin's status is open until the order is completed."""
    if row.get("status") in ("cancelled", "failed", "trash"):
        return Fulfilment.CANCELLED
    if row.get("status") == "completed" or row.get("date_completed_gmt"):
        return Fulfilment.SHIPPED
    return Fulfilment.CANCELLED if row.get("status") == "refunded" else Fulfilment.OPEN
