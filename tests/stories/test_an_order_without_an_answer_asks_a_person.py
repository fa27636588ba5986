"""An order that got no answer, and cannot be looked up, is put before a person."""

import pytest

from integration.engine import steer
from integration.models import Delivery
from tests.road import Merchant, Road

ORDERS = "/v1/ecom/orders"


def sent_without_an_answer(road: Road, kind: str) -> tuple[Merchant, Delivery]:
    merchant = road.in_step()
    road.back.fault(kind, ORDERS, method="POST", times=1, delay=0.05)
    road.buy(next(iter(road.shelf())))
    road.later(hours=2)
    road.later(minutes=5)
    (delivery,) = merchant.deliveries("order")
    return merchant, delivery


@pytest.mark.parametrize("kind", ["drop_after", "timeout_before"])
def test_it_is_one_open_error_and_never_repeated(road: Road, kind: str) -> None:
    merchant, delivery = sent_without_an_answer(road, kind)
    (error,) = merchant.errors()
    assert (error.kind, error.code) == ("order", "may_already_exist")
    before = len(road.sold())
    road.forget()
    for _ in range(6):
        road.later(hours=9)
    assert len(road.sold()) == before
    assert road.back.writes() == []
    assert [each.code for each in merchant.errors()] == ["may_already_exist"]
    delivery.refresh_from_db()
    assert delivery.state == "refused"


def test_a_person_who_sees_it_there_confirms_it(road: Road) -> None:
    merchant, delivery = sent_without_an_answer(road, "drop_after")
    (order,) = road.sold()
    steer.confirm_there(delivery, order["id"])
    road.later(hours=9)
    assert len(road.sold()) == 1
    assert merchant.errors() == []
    delivery.refresh_from_db()
    assert (delivery.state, delivery.done_by) == ("closed", "confirmed")


def test_a_person_who_does_not_see_it_posts_it_again(road: Road) -> None:
    merchant, delivery = sent_without_an_answer(road, "timeout_before")
    assert road.sold() == []
    steer.post_again(delivery)
    road.later(hours=9)
    assert len(road.sold()) == 1
    assert merchant.errors() == []
