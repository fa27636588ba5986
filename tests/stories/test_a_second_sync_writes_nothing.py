"""A second sync writes nothing."""

from integration.contract.messages import Everything
from tests.road import Road


def test_a_second_full_sync_only_asks(road: Road) -> None:
    merchant = road.in_step()
    run = road.read(merchant.crystal, "products", Everything())
    assert road.back.writes() == []
    assert road.front.writes() == []
    assert (run.read, run.unchanged) == (12, 12)


def test_a_day_of_polls_with_nothing_new_only_asks(road: Road) -> None:
    road.in_step()
    for _ in range(13):
        road.later(hours=2)
    assert len(road.back.calls("products")) >= 13
    assert road.back.writes() == []
    assert road.front.writes() == []
