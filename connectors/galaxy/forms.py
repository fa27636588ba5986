"""The forms in which an item is sold: itself alone, or combinations of its dimensions.

How an installation writes combinations is not published; the names of their fields are
settings, and `items/metadata` tells them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from connectors.galaxy.facts import CURRENCY
from connectors.galaxy.fields import PART_CODE, VARIANT_FIELDS
from connectors.galaxy.items import ALTER_CODES, BALANCES, PRICES, Source
from connectors.galaxy.lookups import DIMENSIONS, value_id
from connectors.galaxy.rows import decimal, guid
from integration.canonical.catalog import Level
from integration.canonical.values import Money, Value
from integration.contract.mapping import Context, number
from integration.contract.messages import Json
from integration.errors import BadConfig, BadRecord

GRAMS = {"kg": Decimal(1000), "g": Decimal(1)}


class Names(NamedTuple):
    """What an installation calls the fields of combinations."""

    combinations: str
    values: str
    dimension: str
    value: str
    code: str


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its row, the item's, and the parts that are about it."""

    id: str
    sku: str
    row: Json
    source: Source
    code: str
    names: Names


def forms(source: Source, context: Context) -> Iterator[Form]:
    """The combinations; the item itself where it has none."""
    row, names = source["row"], _names(context)
    item = guid(row["ID"])
    combinations = row.get(names.combinations) or ()
    if not combinations:
        sku = row.get(str(context.setting("sku_field") or "Code"))
        yield Form(item, str(sku or ""), row, source, "", names)
    for each in combinations:
        code = str(each.get(names.code) or "")
        yield Form(f"{item}/{guid(each['ID'])}", code, each, source, code, names)


def options(form: Form, context: Context) -> tuple[tuple[str, str], ...]:
    """Dimension and value, in the order the combination names them."""
    if form.row is form.source["row"]:
        return ()
    names = form.names
    return tuple(
        (
            context.entry(DIMENSIONS, guid(each[names.dimension])).label,
            context.entry(
                DIMENSIONS, value_id(each[names.dimension], each[names.value])
            ).label,
        )
        for each in form.row.get(names.values) or ()
    )


def barcode(form: Form, context: Context) -> str:
    """The first of its alter codes."""
    return next(iter(_alter_codes(form, context)), "")


def more_codes(form: Form, context: Context) -> dict[str, Value]:
    """The alter codes beside the first."""
    codes = _alter_codes(form, context)[1:]
    return {"alter_codes": " ".join(codes)} if codes else {}


def grams(form: Form, context: Context) -> Decimal | None:
    """The weight, the item's where a combination has none; 0 means it is not known."""
    weight = form.row.get("Weight") or form.source["row"].get("Weight")
    unit = GRAMS[str(context.setting("weight_unit") or "kg")]
    return number(weight) * unit if weight else None


def quantity(form: Form, context: Context) -> tuple[Level, ...]:
    """All balances together, as Galaxy counts: fractions and below zero too.

    Several rows of one code are places of one stock; no row at all is none there.
    """
    rows = _about(form, BALANCES, context)
    found = (decimal(row.get("Balance")) for row in rows)
    return (Level(available=sum(found, Decimal(0))),)


def money(form: Form, context: Context) -> Money | None:
    """The price of the list that was chosen, else the form's, else the item's."""
    price = _listed(form, context)
    for row in (form.row, form.source["row"]):
        price = row.get("ItemPrice") if price is None else price
    if price is None:
        return None
    amount = number(price)
    if amount < 0:
        raise BadRecord(
            "ItemPrice",
            f"The price is {amount:f}, below zero.",
            code="price_negative",
            hint="Correct the item in Galaxy.",
        )
    return Money(amount, str(context.setting("currency") or CURRENCY))


def tax_included(form: Form, context: Context) -> bool:
    """As set; unless it is, prices hold tax, for web scenarios serve consumers."""
    told = context.setting("prices_include_tax", True)
    return told if isinstance(told, bool) else str(told).lower() in ("1", "true", "yes")


def _names(context: Context) -> Names:
    given = str(context.setting("variant_fields") or VARIANT_FIELDS).split(",")
    names = [name.strip() for name in given]
    if len(names) != len(Names._fields):
        raise BadConfig(
            "variant_fields",
            f"{len(names)} names are given, five are needed.",
            hint=f"Such as: {VARIANT_FIELDS}",
        )
    return Names(*names)


def _alter_codes(form: Form, context: Context) -> list[str]:
    codes = (row.get("Code") for row in _about(form, ALTER_CODES, context))
    return sorted({str(code) for code in codes if code})


def _about(form: Form, name: str, context: Context) -> list[Json]:
    """The parts of one list that are about this form."""
    field = str(context.setting("part_code") or PART_CODE)
    rows: Sequence[Any] = form.source.get(name) or ()
    alone = form.row is form.source["row"]
    return [row for row in rows if alone or str(row.get(field) or "") == form.code]


def _listed(form: Form, context: Context) -> Any:
    wanted = guid(context.setting("price_list"))
    rows = form.source.get(PRICES) or () if wanted else ()
    mine = (row for row in rows if guid(row.get("PricelistID")) == wanted)
    return next((row["Price"] for row in mine if row.get("Price") is not None), None)
