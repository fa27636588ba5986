"""An order that got no answer heals itself where orders can be looked up."""

from tests.road import Road

ORDERS = "/v1/ecom/orders"


def lost_answer(road: Road, kind: str) -> None:
    road.back.do("settings", order_lookup=True)
    merchant = road.in_step(order_lookup=True)
    road.back.fault(kind, ORDERS, method="POST", times=1, delay=0.05)
    order = road.buy(next(iter(road.shelf())))
    road.later(hours=2)
    for _ in range(4):
        road.later(minutes=5)
    assert [each["reference"] for each in road.sold()] == [order["number"]]
    assert [each.state for each in merchant.deliveries("order")] == ["done"]
    assert merchant.errors() == []


def test_one_that_arrived_is_found_by_our_mark(road: Road) -> None:
    lost_answer(road, "drop_after")


def test_one_that_never_arrived_is_sent_after_a_second_look(road: Road) -> None:
    lost_answer(road, "timeout_before")
