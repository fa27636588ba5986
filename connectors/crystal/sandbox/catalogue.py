"""Makes up the catalogue: the same products at every start."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from connectors.crystal.sandbox.flaws import BREAKS, ODDITIES, Product
from connectors.crystal.sandbox.words import (
    POINTS,
    QUALITIES,
    SENTENCES,
    SHELVES,
    SIZES,
    TAGS,
    VENDORS,
    Shelf,
)

SIZE = 1000
FIRST_CREATED = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)
LAST_UPDATED = datetime(2025, 10, 31, 20, 0, tzinfo=UTC)


def build_catalogue(
    files_url: str, size: int = SIZE, broken: bool = True
) -> list[Product]:
    """Give the first `size` products; `broken=False` leaves all of them sound.

    `files_url` is the address below which images are served. A smaller catalogue is
    the beginning of a larger one; the first broken product is number 41.
    """
    chance = Random(20251)
    names: set[str] = set()
    products = [_product(chance, number, names, files_url) for number in range(size)]
    changes = {**ODDITIES, **(BREAKS if broken else {})}
    for number, change in changes.items():
        if number < size:
            change(products[number], products, files_url)
    return products


def stable_uuid(text: str) -> str:
    """Give the uuid that always stands for `text`."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://crystal.example.test/{text}"))


def stamp(moment: datetime) -> str:
    """Write a moment as the API does: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def blank_product(product_id: str, now: datetime) -> Product:
    """Give a plain sound product to start from when one is added by hand."""
    vendor, code = VENDORS[0]
    shelf = SHELVES[0]
    return {
        "id": product_id,
        "product_number": f"NEW-{product_id[:6]}",
        "name": f"New product {product_id[:6]}",
        "description": "",
        "short_description": "",
        "images": [],
        "tags": [],
        "allow_backorder": False,
        "quantity": 10,
        "price": Decimal("10.00"),
        "created": stamp(now),
        "last_updated": stamp(now),
        "is_visible": True,
        "vendor": {"id": stable_uuid(code), "name": vendor, "code": code},
        "item_type": {"id": stable_uuid(shelf.prefix), "name": shelf.name},
    }


def _product(chance: Random, number: int, names: set[str], files_url: str) -> Product:
    shelf = chance.choice(SHELVES)
    created = FIRST_CREATED + timedelta(minutes=chance.randrange(1_200_000))
    changed = created + (LAST_UPDATED - created) * chance.random()
    product = blank_product(
        str(uuid.UUID(int=chance.getrandbits(128), version=4)), created
    )
    vendor, code = chance.choice(VENDORS)
    product.update(
        product_number=f"{shelf.prefix}-{1000 + number}",
        name=_name(chance, shelf, names),
        description=_description(chance, shelf.language),
        short_description=chance.choice(("", *SENTENCES[shelf.language])),
        images=_images(chance, number, files_url),
        tags=chance.sample(TAGS, chance.randrange(5)),
        allow_backorder=chance.random() < 0.2,
        quantity=_quantity(chance),
        price=_price(chance),
        last_updated=stamp(changed),
        vendor={"id": stable_uuid(code), "name": vendor, "code": code},
        item_type={"id": stable_uuid(shelf.prefix), "name": shelf.name},
    )
    return product


def _name(chance: Random, shelf: Shelf, names: set[str]) -> str:
    while True:
        good = chance.choice(shelf.goods)
        quality = chance.choice(QUALITIES[shelf.language])
        name = f"{good} {quality}, {chance.choice(SIZES[shelf.language])}"
        if name not in names:
            names.add(name)
            return name


def _description(chance: Random, language: str) -> str:
    first, second = chance.sample(SENTENCES[language], 2)
    points = "".join(f"<li>{point}</li>" for point in POINTS[language])
    return chance.choice(
        (
            f"<p>{first} {second}</p>",
            f"<p>{first}</p>\n<ul>{points}</ul>\n<p><em>{second}</em></p>",
            f'<p class="lead">{first}</p><blockquote>{second}</blockquote>',
            f"<h3>{second}</h3><ol>{points}</ol>",
        )
    )


def _images(chance: Random, number: int, files_url: str) -> list[Any]:
    count = chance.choices((0, 1, 2, 3, 4), weights=(40, 25, 18, 11, 6))[0]
    return [
        f"{files_url}/{number + 1:04d}-{place}.png" for place in range(1, count + 1)
    ]


def _quantity(chance: Random) -> int | Decimal:
    kind = chance.random()
    if kind < 0.08:
        return 0
    if kind < 0.10:
        return -chance.randrange(1, 9)
    if kind < 0.13:
        return Decimal(chance.randrange(1, 40)) + Decimal("0.5")
    return chance.randrange(1, 240)


def _price(chance: Random) -> Decimal:
    kind = chance.random()
    if kind < 0.03:
        return Decimal(chance.randrange(1001, 99_999)).scaleb(-3)
    if kind < 0.08:
        return Decimal(chance.randrange(5, 400))
    return Decimal(chance.randrange(195, 129_900)).scaleb(-2)
