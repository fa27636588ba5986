"""A platform that fails again and again is left alone for a while, then tried."""

from django.utils import timezone

from tests.road import Merchant, Road


def out_of_order(road: Road) -> Merchant:
    merchant = road.in_step()
    road.front.fault("status", "", times=-1, status=500)
    road.change(road.goods()[0], price=1.25)
    for _ in range(5):
        road.later(hours=4)
        if merchant.reload().shop.circuit_until:
            break
    return merchant


def test_the_circuit_opens_and_nothing_is_called_while_it_is_open(road: Road) -> None:
    merchant = out_of_order(road)
    assert merchant.shop.health == "trouble"
    assert merchant.shop.circuit_until > timezone.now()
    road.forget()
    road.later(seconds=10)
    assert road.front.calls() == []


def test_it_closes_when_the_platform_answers_and_nothing_was_lost(road: Road) -> None:
    merchant = out_of_order(road)
    road.front.heal()
    for _ in range(3):
        road.later(hours=4)
    merchant.reload()
    assert merchant.shop.health == "healthy"
    assert (merchant.shop.circuit_failures, merchant.shop.circuit_until) == (0, None)
    assert road.shelf()[road.goods()[0]["id"]]["regular_price"] == "1.25"
    assert merchant.errors() == []
