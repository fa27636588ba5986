"""A change in Galaxy reaches its item alone, and costs few calls."""

from __future__ import annotations

from html import unescape

import pytest

from tests.depot_and_shop import DELTA, Depot
from tests.road import Merchant, Row


@pytest.fixture
def item(pantry: Depot) -> Row:
    """An item with one balance and two pictures."""
    return next(
        item
        for item in pantry.plain()
        if len(pantry.parts("itembalances", item)) == 1
        and len(pantry.parts("itemimages", item)) == 2
    )


def changed(pantry: Depot, merchant: Merchant, item: Row) -> Row:
    """Weft looks for changes: five calls there, and no other product is written."""
    others = {
        sku: row for sku, row in pantry.road.shelf().items() if sku != item["Code"]
    }
    pantry.forget()
    pantry.wait(hours=2)
    assert sorted(pantry.asked()) == sorted(DELTA)
    now = pantry.road.shelf()
    assert {sku: row for sku, row in now.items() if sku != item["Code"]} == others
    assert merchant.errors() == []
    return now[item["Code"]]


def test_a_balance_is_one_write(pantry: Depot, item: Row) -> None:
    merchant = pantry.in_step()
    pantry.galaxy.do("change_balance", id=item["ID"], balance=1234)
    assert changed(pantry, merchant, item)["stock_quantity"] == 1234
    assert len(pantry.shop_front.writes()) == 1


def test_a_picture_drawn_anew_is_fetched_alone(pantry: Depot, item: Row) -> None:
    merchant = pantry.in_step()
    before = {image["id"] for image in pantry.product(item)["images"]}
    drawn = pantry.parts("itemimages", item)[0]
    pantry.galaxy.do("change_image", id=drawn["ID"])
    after = {image["id"] for image in changed(pantry, merchant, item)["images"]}
    assert len(before) == len(after) == 2
    assert len(before & after) == 1
    assert len(pantry.shop_front.writes()) == 1


def test_an_alter_code_reaches_its_item(pantry: Depot, item: Row) -> None:
    merchant = pantry.in_step()
    [code] = pantry.parts("itemaltercodes", item)
    pantry.galaxy.do("change_alter_code", id=code["ID"], Code="5201234567890")
    changed(pantry, merchant, item)
    held = pantry.held(merchant.crystal, "product")
    assert held[item["ID"]].variants[0].barcode == "5201234567890"


def test_a_price_is_one_write(pantry: Depot, item: Row) -> None:
    merchant = pantry.in_step()
    pantry.galaxy.do("change_price", id=item["ID"], price="123.45")
    assert changed(pantry, merchant, item)["regular_price"] == "123.45"
    assert len(pantry.shop_front.writes()) == 1


def test_a_renamed_category_is_one_call_and_one_write(pantry: Depot) -> None:
    merchant = pantry.in_step()
    row = pantry.named("itemcategories", "Έλαια")
    pantry.galaxy.do("rename_category", id=row["ID"], Description="Λάδια & ελιές")
    pantry.look(merchant, "itemcategories")
    assert pantry.asked() == ["itemcategories"]
    terms = {unescape(term["name"]) for term in pantry.shop_front.ledger("terms")}
    assert "Λάδια & ελιές" in terms
    assert "Έλαια" not in terms
    assert len(pantry.shop_front.writes()) == 1


def test_a_renamed_attribute_is_one_call(pantry: Depot) -> None:
    merchant = pantry.in_step()
    row = pantry.named("itemattributes", "Οδηγίες φροντίδας")
    pantry.galaxy.do("rename_attribute", id=row["ID"], Description="Φροντίδα")
    pantry.look(merchant, "itemattributes")
    assert pantry.asked() == ["itemattributes"]
    held = pantry.held(merchant.crystal, "product").values()
    names = {name for product in held for name in product.attributes}
    assert "Φροντίδα" in names
    assert "Οδηγίες φροντίδας" not in names
