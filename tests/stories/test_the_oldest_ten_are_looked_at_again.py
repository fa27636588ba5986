"""The rows not seen for longest are looked at again, a few at a time."""

from datetime import timedelta

from django.utils import timezone

from integration.contract.messages import Changed, Oldest
from integration.models import Sighting
from tests.road import Road


def test_ten_calls_find_a_change_that_has_no_date(road: Road) -> None:
    road.back.do("settings", single=True)
    merchant = road.in_step(single_product=True)
    oldest = road.goods()[-1]
    Sighting.everywhere.filter(external_id=oldest["id"]).update(
        seen_at=timezone.now() - timedelta(days=9)
    )
    road.change(oldest, quantity=4321, touch=False)
    road.read(merchant.crystal, "products", Changed())
    assert road.shelf()[oldest["id"]]["stock_quantity"] != 4321
    road.forget()
    run = road.read(merchant.crystal, "products", Oldest(10))
    assert (run.read, run.updated, run.unchanged) == (10, 1, 9)
    assert len(road.back.calls("/products/")) == 10
    assert road.shelf()[oldest["id"]]["stock_quantity"] == 4321


def test_the_next_ten_are_others(road: Road) -> None:
    road.back.do("settings", single=True)
    merchant = road.in_step(single_product=True)
    asked = []
    for _ in range(2):
        road.pass_time(minutes=30)
        road.forget()
        road.read(merchant.crystal, "products", Oldest(6))
        asked.append({call["path"] for call in road.back.calls("/products/")})
    assert asked[0].isdisjoint(asked[1])
