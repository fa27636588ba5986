"""Asking for what is missing finds what was never seen, and only that."""

from datetime import timedelta

from django.utils import timezone

from integration.contract.messages import Missing
from tests.road import Road


def test_an_order_nobody_told_of_is_fetched_alone(road: Road) -> None:
    merchant = road.in_step()
    first, second = list(road.shelf())[:2]
    road.buy(first)
    road.later(hours=2)
    lost = road.buy(second)
    run = road.read(
        merchant.shop, "orders", Missing(timezone.now() - timedelta(days=1))
    )
    assert (run.read, run.passed_on) == (1, 1)
    assert [child.cause for child in run.children.all()] == ["missed"]
    assert road.sold()[-1]["reference"] == lost["number"]
    assert len(road.sold()) == 2
