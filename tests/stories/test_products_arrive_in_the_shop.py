"""Products arrive in the shop."""

from decimal import Decimal
from html import unescape

from tests.road import Road


def test_every_product_of_the_back_office_is_in_the_shop(road: Road) -> None:
    merchant = road.in_step()
    shelf, goods = road.shelf(), road.goods()
    assert shelf.keys() == {row["id"] for row in goods}
    for row in goods:
        there = shelf[row["id"]]
        assert there["name"] == (row["name"] or row["product_number"])
        assert Decimal(there["regular_price"]) == round(Decimal(str(row["price"])), 2)
        assert there["stock_quantity"] == max(0, int(row["quantity"]))
        assert len(there["images"]) == len(row["images"])
        assert sorted(tag["name"] for tag in there["tags"]) == sorted(row["tags"])
        names = [unescape(category["name"]) for category in there["categories"]]
        assert names == [row["item_type"]["name"]]
    assert merchant.errors() == []
