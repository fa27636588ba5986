"""What of a Crystal product no path says: its name, images, numbers and faults."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from integration.canonical.catalog import Image, Level
from integration.canonical.kinds import Kind
from integration.canonical.values import Money, Ref, Value
from integration.contract import paths
from integration.contract.mapping import Context, number
from integration.errors import BadConfig, BadRecord

Row = Any
MEND = "Correct the product in Crystal."


def sound(row: Row) -> tuple[Row]:
    """The row alone, once nothing is left that only the merchant can mend.

    Raises BadRecord with Crystal's own name of the field. A price of zero and a
    quantity below zero are sound.
    """
    for field in ("id", "name", "product_number"):
        _readable(row, field)
    if not paths.read(row, "id"):
        raise BadRecord("id", "Crystal lists this product without an id.", hint=MEND)
    if not name_or_product_number(row).strip():
        message = "This product has neither a name nor a product number."
        raise BadRecord("name", message, code="name_missing", hint=MEND)
    if _number(row, "price") < 0:
        message = f"The price is {row['price']}, below zero."
        raise BadRecord("price", message, code="price_negative", hint=MEND)
    _number(row, "quantity")
    return (row,)


def _readable(row: Row, field: str) -> None:
    try:
        text(paths.read(row, field) or "")
    except ValueError as error:
        message = f"The {field} cannot be read: {error}."
        code = f"{field}_unreadable"
        raise BadRecord(field, message, code=code, hint=MEND) from None


def _number(row: Row, field: str) -> Decimal:
    value = paths.read(row, field)
    if value is None or value == "":
        message = f"This product has no {field}."
        raise BadRecord(field, message, code=f"{field}_missing", hint=MEND)
    try:
        return number(value)
    except ValueError:
        message = f"The {field} is “{str(value)[:60]}”, which is not a number."
        code = f"{field}_unreadable"
        raise BadRecord(field, message, code=code, hint=MEND) from None


def text(value: Any) -> str:
    """A text or number as text; ValueError for anything with an inside."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"{str(value)[:60]!r} is not a text")
    return str(value)


def yes_or_no(value: Any) -> bool:
    """A boolean as JSON means it; ValueError for a word that only sounds like one."""
    if not isinstance(value, bool):
        raise ValueError(f"{str(value)[:60]!r} is neither true nor false")
    return value


def name_or_product_number(row: Row) -> str:
    """Crystal's own fallback towards Shopify, good for every target."""
    name = text(paths.read(row, "name") or "")
    return name if name.strip() else text(paths.read(row, "product_number") or "")


def item_type(row: Row) -> Iterator[Row]:
    """The item type where it has both id and name; else the product has none."""
    found = paths.read(row, "item_type")
    if paths.read(found, "id") and paths.read(found, "name"):
        yield found


def ref_of_item_type(row: Row) -> tuple[Ref, ...]:
    """By id: two item types may bear one name."""
    return tuple(
        Ref(Kind.CATEGORY, text(found["id"]), {"name": text(found["name"])})
        for found in item_type(row)
    )


def each_tag(row: Row) -> tuple[str, ...]:
    """In Crystal's order, each once."""
    tags = (text(tag).strip() for tag in paths.read(row, "tags") or ())
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def each_image(row: Row) -> tuple[Image, ...]:
    """Addresses, or objects with `src` or `url`; the first is the main one."""
    images = paths.read(row, "images") or []
    if not isinstance(images, list):
        raise ValueError("they are not a list")
    return tuple(_image(image) for image in images if image not in (None, ""))


def _image(image: Any) -> Image:
    inside = image if isinstance(image, dict) else {"src": image}
    url = text(inside.get("src") or inside.get("url") or "")
    if not url:
        raise BadRecord("", "An image has no address.", code="image_nowhere", hint=MEND)
    # A signature in the query is renewed all the time: it makes no new picture.
    stable = urlsplit(url)._replace(query="", fragment="").geturl()
    return Image(key=stable, url=url, alt=text(inside.get("alt") or ""))


def vendor_code_and_id(row: Row) -> dict[str, Value]:
    """What of the vendor has no field of its own."""
    places = {"brand_code": "vendor.code", "brand_external_id": "vendor.id"}
    found = {name: paths.read(row, path) for name, path in places.items()}
    return {name: text(value) for name, value in found.items() if value}


def itself(row: Row) -> tuple[Row]:
    """One Crystal product is one sellable item."""
    return (row,)


def quantity_at_one_place(row: Row) -> tuple[Level, ...]:
    """As Crystal counts, below zero and in fractions too: each shop's map clamps."""
    return (Level(available=number(row["quantity"])),)


def price_in_set_currency(row: Row, context: Context) -> Money:
    """Crystal names no currency, so the connection's setting does."""
    return Money(number(row["price"]), own_currency(context))


def own_currency(context: Context) -> str:
    """The connection's currency; BadConfig where it is not set."""
    currency = str(context.setting("currency") or "")
    if not currency:
        raise BadConfig("currency", "Weft must be told the currency of Crystal.")
    return currency
