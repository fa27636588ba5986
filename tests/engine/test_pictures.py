"""The address Weft gives a picture that has none."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from integration.canonical.catalog import PICTURE, Image, Product, Stock
from integration.canonical.kinds import Kind
from integration.canonical.values import Ref
from integration.engine import pictures
from integration.models import Link

PUBLIC = "https://cdn.example.com/1.png"


def address(key: str = "p1/9", picture_id: str = "p1", connection_id: int = 7) -> str:
    """Where others may fetch a picture."""
    image = Image(key=key, url=f"{PICTURE}{picture_id}")
    return shown(image, connection_id=connection_id).url


def shown(image: Image, connection_id: int = 7) -> Image:
    """A picture of a product as a target sees it."""
    product = Product(external_id="1", title="Cup", images=(image,))
    link = Link(connection_id=connection_id, kind="product")
    seen: Any = pictures.reachable(product, link)
    (found,) = seen.images
    return found


def test_it_stands_below_the_public_address(settings: Any) -> None:
    settings.WEFT_PUBLIC_URL = "https://weft.example.com"
    found = shown(Image(key="p1/9", url=f"{PICTURE}p1", alt="A cup"))
    assert found.url.startswith("https://weft.example.com/pictures/")
    assert found.url.endswith(".jpg")
    assert (found.key, found.alt) == ("p1/9", "A cup")


def test_it_tells_whose_picture_it_is() -> None:
    *_, token, name = address().split("/")
    assert pictures.asked(token, name) == (7, "p1")


def test_it_is_the_same_for_ever(clock: time_machine.Traveller) -> None:
    before = address()
    clock.shift(366 * 86_400)
    assert address() == before


@pytest.mark.parametrize(
    "other",
    [{"key": "p1/10"}, {"picture_id": "p2"}, {"connection_id": 8}],
    ids=["drawn anew", "another picture", "another connection"],
)
def test_it_is_of_one_state_of_one_picture(other: dict[str, Any]) -> None:
    assert address(**other) != address()


def test_it_leaves_room_where_addresses_are_short() -> None:
    long = "00000000-0000-4000-8000-000000000000"
    assert len(address(picture_id=long, connection_id=1_000_000)) < 200


def test_what_has_an_address_keeps_it() -> None:
    image = Image(key="1", url=PUBLIC)
    assert shown(image) == image


def test_what_has_no_pictures_stays_as_it_is() -> None:
    stock = Stock(external_id="1", variant=Ref(Kind.VARIANT, "1"))
    assert pictures.reachable(stock, Link(connection_id=7)) is stock
