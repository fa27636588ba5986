"""Knows what is odd about some products, and what makes a few of them broken."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

Product = dict[str, Any]

LOST_PREFIX = "lost-"
"""Files whose name starts so are attached to products but answer 404."""

Change = Callable[[Product, list[Product], str], None]


def _set(**fields: Any) -> Change:
    def change(product: Product, products: list[Product], files_url: str) -> None:
        product.update(fields)

    return change


def _same_name(product: Product, products: list[Product], files_url: str) -> None:
    product["name"] = products[10]["name"]


def _image_objects(product: Product, products: list[Product], files_url: str) -> None:
    number = product["product_number"].lower()
    product["images"] = [
        {"src": f"{files_url}/{number}-a.png", "alt": "Åäö & Ωmega"},
        {"src": f"{files_url}/{number}-b.png"},
    ]


def _lost_image(product: Product, products: list[Product], files_url: str) -> None:
    number = product["product_number"].lower()
    product["images"] = [
        f"{files_url}/{number}.png",
        f"{files_url}/{LOST_PREFIX}{number}.png",
    ]


ODDITIES: dict[int, Change] = {
    7: _set(name=""),
    11: _same_name,
    15: _image_objects,
    18: _set(price=Decimal("14.995")),
    23: _set(quantity=-3),
    27: _set(quantity=Decimal("2.5")),
    31: _set(name=None),
    35: _image_objects,
}
"""Unusual but sound: position in the catalogue, counted from 0, and what is done."""

BREAKS: dict[int, Change] = {
    40: _set(price=None),
    97: _set(price=Decimal("-4.50")),
    171: _lost_image,
    260: _set(name="", product_number=""),
    388: _set(price="Pris på begäran"),
    512: _set(quantity="πολλά"),
    700: _lost_image,
    911: _set(images=["bilder/utan-adress.png"]),
}
"""Broken on purpose: position in the catalogue, counted from 0, and what is done."""


def find_break(product: Product, is_served: Callable[[str], bool]) -> str:
    """Name the field that makes a product impossible to sell, or give `""`.

    `is_served` tells whether an image address answers with a file.
    """
    if not product.get("name") and not product.get("product_number"):
        return "name"
    price = product.get("price")
    if price is None or not is_number(price) or price < 0:
        return "price"
    if not is_number(product.get("quantity")):
        return "quantity"
    addresses = (
        image.get("src", "") if isinstance(image, dict) else image
        for image in product.get("images") or ()
    )
    return "" if all(is_served(address) for address in addresses) else "images"


def is_number(value: Any) -> bool:
    """Tell whether a value is a number as JSON means it (so no booleans)."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
