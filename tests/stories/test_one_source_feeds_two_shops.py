"""One back office feeds two shops: products, stock and prices reach both."""

from integration.engine import routes
from integration.models import Connection, Link, Record
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
