"""What a person puts on hold is not tried until that person says so."""

from __future__ import annotations

from integration.engine import steer
from integration.models import Delivery
from tests.road import Merchant, Road


def held(road: Road) -> Merchant:
    merchant = road.in_step()
    road.back.fault("status", "/orders", status=400, times=-1)
    road.buy(next(iter(road.shelf())))
    road.later(hours=2)
    assert steer.hold(orders(merchant)) == 1
    road.back.heal()
    road.forget()
    return merchant


def orders(merchant: Merchant):  # type: ignore[no-untyped-def]
    return Delivery.objects.for_tenant(merchant.tenant).filter(kind="order")


def test_no_ladder_and_no_button_but_release_moves_it(road: Road) -> None:
    merchant = held(road)
    road.later(hours=20)
    assert steer.retry(orders(merchant)) == 0
    road.settle()
    assert road.back.writes() == []
    assert [each.wait_reason for each in merchant.deliveries("order")] == ["held"]


def test_released_it_goes_at_once(road: Road) -> None:
    merchant = held(road)
    assert steer.release(orders(merchant)) == 1
    road.settle()
    assert len(road.sold()) == 1
    assert merchant.errors() == []
