"""Crystal's traps that only show on the whole road, by the number they are known by."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from integration.contract.messages import Everything, These
from tests.road import Road, clock, road

__all__ = ["clock", "road"]


def listed_twice(road: Road, merchant) -> None:  # type: ignore[no-untyped-def]
    """Two full listings, as two nights bring them."""
    for _ in range(2):
        road.read(merchant.crystal, "products", Everything())


def test_trap_1_a_hidden_product_is_only_missing_and_leaves_after_two_listings(
    road: Road,
) -> None:
    merchant = road.in_step()
    product = road.goods()[0]["id"]
    road.back.do("hide", id=product)
    road.read(merchant.crystal, "products")
    road.read(merchant.crystal, "products", These((product,)))
    assert road.shelf()[product]["status"] == "publish"
    listed_twice(road, merchant)
    assert road.shelf()[product]["status"] == "draft"


def test_trap_2_a_deleted_product_is_unpublished_and_never_deleted(road: Road) -> None:
    merchant = road.in_step()
    product = road.goods()[0]["id"]
    road.back.do("delete", id=product)
    listed_twice(road, merchant)
    assert road.shelf()[product]["status"] == "draft"
    assert not [call for call in road.front.writes() if call.startswith("DELETE")]


def test_trap_3_stock_that_moved_without_its_time_is_found_by_the_full_listing(
    road: Road,
) -> None:
    merchant = road.in_step()
    product = road.goods()[0]["id"]
    before = road.shelf()[product]["stock_quantity"]
    road.pass_time(minutes=10)
    road.read(merchant.crystal, "products")
    road.change(product, quantity=before + 3, touch=False)
    road.read(merchant.crystal, "products", Everything())
    assert road.shelf()[product]["stock_quantity"] == before + 3


def test_trap_4_a_renamed_type_and_a_new_picture_are_found_without_a_new_time(
    road: Road,
) -> None:
    merchant = road.in_step()
    product = next(row for row in road.goods() if row["images"])
    renamed = {**product["item_type"], "name": "Ολοκαίνουριο είδος"}
    road.change(product, item_type=renamed, images=product["images"][:1], touch=False)
    road.read(merchant.crystal, "products", Everything())
    shown = road.shelf()[product["id"]]
    assert len(shown["images"]) == 1
    assert [each["name"] for each in shown["categories"]] == [renamed["name"]]


def test_trap_6_what_changes_while_a_read_runs_comes_with_the_next(road: Road) -> None:
    merchant = road.in_step()
    first, second = road.goods()[:2]
    road.pass_time(minutes=10)
    road.back.fault("slow", "/v1/ecom/products", delay=0.6, times=1)
    with ThreadPoolExecutor(1) as aside:
        reading = aside.submit(
            requests.post,
            f"{road.back.root.replace('/crystal', '/_control/crystal')}/product",
            json={"id": second["id"], "price": 77.7},
            timeout=60,
        )
        road.change(first, price=66.6)
        road.read(merchant.crystal, "products")
        reading.result()
    road.read(merchant.crystal, "products")
    assert road.shelf()[first["id"]]["regular_price"] == "66.60"
    assert road.shelf()[second["id"]]["regular_price"] == "77.70"


def test_trap_6_a_failed_read_leaves_the_cursor_where_it_was(road: Road) -> None:
    from integration.models import Cursor

    merchant = road.in_step()
    cursor = Cursor.objects.for_tenant(merchant.tenant).get(
        connection=merchant.crystal, stream="products"
    )
    product = road.goods()[0]
    road.change(product, price=55.5)
    road.back.fault("status", "/v1/ecom/products", status=500, times=-1)
    road.read(merchant.crystal, "products")
    assert cursor.value == Cursor.everywhere.get(pk=cursor.pk).value
    road.back.heal()
    road.later(hours=1)
    assert road.shelf()[product["id"]]["regular_price"] == "55.50"


@pytest.mark.parametrize("first", ["webhook", "poll"])
def test_trap_10_webhook_and_poll_of_one_order_make_one(road: Road, first: str) -> None:
    from integration.contract.messages import Changed
    from integration.engine.selection import ask

    merchant = road.in_step()
    order = road.buy(road.goods()[0]["id"])
    told = These((str(order["id"]),))
    both = [("webhook", told), ("poll", Changed())]
    for cause, selection in both if first == "webhook" else both[::-1]:
        ask(merchant.shop, "orders", selection, cause=cause)
    road.settle()
    road.read(merchant.shop, "orders", told)
    assert [sold["reference"] for sold in road.sold()] == [str(order["number"])]


def test_trap_11_an_order_told_before_it_can_be_read_is_looked_for_again(
    road: Road,
) -> None:
    merchant = road.in_step()
    product = road.goods()[0]["id"]
    road.front.fault("status", "/orders", method="GET", status=200, body="[]", times=1)
    order = road.buy(product)
    road.read(merchant.shop, "orders", These((str(order["id"]),)))
    assert road.sold() == []
    road.later(minutes=2)
    assert [sold["reference"] for sold in road.sold()] == [str(order["number"])]
