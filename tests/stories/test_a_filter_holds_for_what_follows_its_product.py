"""A filter holds however a thing comes to be owed: also as its product was made in the
shop, and where a map changes."""

from integration.engine import laying
from tests.road import Road


def test_stock_that_does_not_fit_is_not_sent_with_a_new_product(road: Road) -> None:
    merchant = road.merchant(routes=False)
    for kind in ("category", "product"):
        merchant.route(kind)
    first, *others = (row["product_number"] for row in road.goods())
    merchant.route("stock", filters={"product.reference": [first]})
    road.start(merchant)
    road.later(hours=3)
    names = {row["id"]: row["product_number"] for row in road.goods()}
    counted = {
        names[sku]
        for sku, row in road.shelf().items()
        if row["stock_quantity"] is not None
    }
    assert len(road.shelf()) == len(others) + 1
    assert counted == {first}


def test_what_no_longer_fits_is_not_written_for_another_map(road: Road) -> None:
    merchant = road.merchant(routes=False)
    merchant.route("category")
    route = merchant.route("product")
    road.start(merchant)
    before = {sku: row["name"] for sku, row in road.shelf().items()}
    first, *_ = road.goods()
    number = first["product_number"]
    laying.change(route, filters={"product.reference": [number]})
    merchant.point(merchant.shop, "name", "reference")
    road.later(minutes=5)
    after = {sku: row["name"] for sku, row in road.shelf().items()}
    assert after == before | {first["id"]: number}
