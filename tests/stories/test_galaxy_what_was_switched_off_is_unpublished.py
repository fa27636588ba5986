"""What Galaxy no longer lists is found by the daily whole read and unpublished."""

from tests.depot_and_shop import Depot


def test_an_item_switched_off_leaves_the_shop_and_comes_back(pantry: Depot) -> None:
    merchant = pantry.in_step()
    item = pantry.plain()[3]
    before = pantry.product(item)
    pantry.galaxy.do("deactivate_item", id=item["ID"])
    pantry.wait(hours=2)
    assert pantry.product(item)["status"] == "publish"
    pantry.wait(days=1)
    gone = pantry.product(item)
    assert (gone["status"], gone["stock_quantity"]) == ("draft", 0)
    published = [row["status"] for row in pantry.road.shelf().values()]
    assert published.count("publish") == len(pantry.plain())
    pantry.galaxy.do("activate_item", id=item["ID"])
    pantry.wait(hours=2)
    back = pantry.product(item)
    for field in ("id", "status", "regular_price", "stock_quantity"):
        assert back[field] == before[field], field
    assert merchant.errors() == []


def test_a_list_that_is_suddenly_empty_unpublishes_nothing(pantry: Depot) -> None:
    merchant = pantry.in_step()
    codes = {item["Code"] for item in pantry.plain()}
    pantry.show_only()
    pantry.wait(days=1)
    pantry.wait(hours=3)
    shelf = pantry.road.shelf()
    assert {sku for sku, row in shelf.items() if row["status"] == "publish"} == codes
    assert "held" in {run.state for run in merchant.runs("items")}
