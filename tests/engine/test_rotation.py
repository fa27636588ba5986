"""How many items a look takes, and which lists take part."""

from __future__ import annotations

import pytest

from integration.canonical.catalog import Product, Stock
from integration.canonical.kinds import Kind
from integration.canonical.sales import Order
from integration.contract import registry
from integration.contract.connector import Stream
from integration.contract.mapping import FieldMap
from integration.engine.rotation import family, items, turning


def listed(key: str, at_once: int, target: type = Product) -> Stream:
    return Stream(key=key, maps=(FieldMap(target),), at_once=at_once)


@pytest.mark.parametrize(
    ("at_once", "calls", "expected"),
    [
        ((1, 1), 20, 10),
        ((1, 1), 19, 9),
        ((1, 1), 1, 0),
        ((1, 100), 20, 10),
        ((1, 100), 5, 4),
        ((100, 100), 2, 10),
        ((4,), 2, 8),
    ],
)
def test_a_look_takes_as_many_items_as_its_calls_allow(
    at_once: tuple[int, ...], calls: int, expected: int
) -> None:
    streams = [listed(str(place), many) for place, many in enumerate(at_once)]
    assert items(streams, 10, calls) == expected


def test_products_and_their_stock_are_one_family() -> None:
    kinds = {family(listed("products", 1)), family(listed("stock", 1, Stock))}
    assert kinds == {Kind.PRODUCT}
    assert family(listed("orders", 1, Order)) == Kind.ORDER


def test_sales_entries_and_what_cannot_be_fetched_take_no_part() -> None:
    shop = registry.connector("woocommerce")
    wanted = {"order", "product", "customer", "setting"}
    turn = {stream.key for stream in turning(shop, wanted)}
    assert {"products", "customers"} <= turn
    assert "orders" not in turn
    assert turning(shop, {"order"}) == []
