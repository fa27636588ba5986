"""A webhook that never came is made good by the poll."""

from tests.road import Road
from tests.stories.conftest import Calling


def test_the_order_comes_with_the_next_poll(road: Road, calling: Calling) -> None:
    road.front.do("webhooks", mode="lost")
    order = road.buy(next(iter(road.shelf())))
    assert calling.told(order) == []
    road.settle()
    assert road.sold() == []
    road.later(hours=2)
    assert [each["reference"] for each in road.sold()] == [order["number"]]
    assert calling.merchant.errors() == []
