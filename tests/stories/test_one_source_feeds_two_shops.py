"""One back office feeds two shops: products, stock and prices reach both."""

import pytest

from integration.contract.messages import Everything
from integration.engine import reread, routes
from integration.models import Connection, Delivery, Link, Record, Route, Run
from tests.road import Merchant, Platform, Road


def with_second(road: Road, second: Platform) -> tuple[Merchant, Connection]:
    merchant = road.merchant()
    other = road.connect_shop(merchant.tenant, url=second.root)
    for kind in ("category", "product", "stock", "price"):
        routes.add(merchant.tenant, kind, merchant.crystal, other)
    road.start(merchant)
    return merchant, other


def by_sku(shop: Platform) -> dict[str, tuple[str, int]]:
    return {
        row["sku"]: (row["regular_price"], row["stock_quantity"])
        for row in shop.ledger("products")
    }


def test_both_shelves_are_alike_and_each_thing_is_one_record(
    road: Road, second_shop: Platform
) -> None:
    merchant, other = with_second(road, second_shop)
    assert by_sku(second_shop) == by_sku(road.front)
    assert len(by_sku(second_shop)) == 12
    assert merchant.errors() == []
    assert (
        Record.objects.for_tenant(merchant.tenant).filter(kind="product").count() == 12
    )
    for shop in (merchant.shop, other):
        assert Link.everywhere.filter(connection=shop, kind="product").count() == 12


def test_a_new_stock_level_reaches_both_with_one_call_each(
    road: Road, second_shop: Platform
) -> None:
    with_second(road, second_shop)
    product = road.goods()[0]
    road.change(product, quantity=321)
    road.forget()
    second_shop.forget()
    road.later(hours=2)
    for shop in (road.front, second_shop):
        assert by_sku(shop)[product["id"]][1] == 321
        assert shop.writes() == ["POST /wp-json/wc/v3/products/batch"]


@pytest.mark.parametrize("resend", [False, True])
def test_a_full_read_for_one_owes_the_other_what_it_finds_changed(
    road: Road, second_shop: Platform, resend: bool
) -> None:
    """Whoever reads it next would find it as stored, and owe it to nobody."""
    merchant, other = with_second(road, second_shop)
    changed, *_ = road.goods()
    road.change(changed, quantity=321)
    second_shop.forget()
    mine = Route.objects.for_tenant(merchant.tenant)
    stock = mine.get(kind="stock", target=merchant.shop)
    reread.route(stock, Everything(resend))
    road.settle()
    for shop in (road.front, second_shop):
        assert by_sku(shop)[changed["id"]][1] == 321
    # What did not change is the business of the one it was read for.
    assert second_shop.writes() == ["POST /wp-json/wc/v3/products/batch"]
    owed = Delivery.everywhere.filter(route__target=other, cause="manual")
    (mine,) = owed.filter(kind="stock")
    assert (mine.record.label, mine.resend, mine.run) == (changed["id"], False, None)
    run = Run.everywhere.filter(limit_to=merchant.shop).latest("pk")
    assert run.state == "done"
