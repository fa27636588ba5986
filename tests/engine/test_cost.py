"""What a read will cost is told before, and counted after."""

from __future__ import annotations

import pytest

from integration.contract.messages import (
    Again,
    Changed,
    Everything,
    Oldest,
    Selection,
    These,
)
from integration.engine import cost, steer
from integration.models import Record
from tests.road import Road

PAGE = 5


@pytest.mark.parametrize("selection", [Everything(), Changed(), Oldest(4), Again()])
def test_what_a_read_cost_is_expected_of_the_next(
    road: Road, selection: Selection
) -> None:
    merchant = road.in_step(page_size=PAGE)
    first = road.read(merchant.crystal, "products", selection)
    expected = cost.estimate(merchant.crystal, selection, ["product"])
    second = road.read(merchant.crystal, "products", selection)
    assert expected.learned
    assert expected.calls == first.calls
    # A token may be fetched in between.
    assert abs(second.calls - expected.calls) <= 1


def test_before_the_first_read_it_is_a_guess(road: Road) -> None:
    merchant = road.merchant()
    some = ["product", "stock"]
    assert cost.estimate(merchant.crystal, Changed(), some) == (1, False)
    assert cost.estimate(merchant.crystal, These(("1", "2")), some) == (1, False)
    assert cost.estimate(merchant.shop, Changed(), ["order", "customer"]).calls == 2
    guess = cost.estimate(merchant.crystal, Everything(), some)
    assert guess.words() == "about 1 call, at a guess"
    assert cost.estimate(merchant.crystal, Again(), some).words() == "no call"


@pytest.mark.parametrize("platform", ["crystal", "shop"])
def test_one_item_by_hand_costs_at_most_two_calls(road: Road, platform: str) -> None:
    road.back.do("settings", single=True)
    merchant = road.in_step(single_product=True)
    (record,) = Record.everywhere.filter(kind="product")[:1]
    connection = getattr(merchant, platform)
    road.forget()
    runs = [
        run for run in steer.sync_now([record]) if run.connection_id == connection.pk
    ]
    road.settle()
    side = road.back if platform == "crystal" else road.front
    reads = [call for call in side.calls() if call["method"] == "GET"]
    assert len(runs) == 1
    assert 1 <= len(reads) <= 2
    runs[0].refresh_from_db()
    assert runs[0].calls == len(side.calls()) <= 2


def test_a_hundred_orders_by_id_are_expected_to_cost_a_call(road: Road) -> None:
    merchant = road.in_step()
    ids = tuple(str(road.buy(road.goods()[0]["id"])["id"]) for _ in range(3))
    run = road.read(merchant.shop, "orders", These(ids))
    assert run.calls == 1
    many = These(tuple(map(str, range(100))))
    assert cost.estimate(merchant.shop, many, ["order"]) == (1, True)
    more = These(tuple(map(str, range(101))))
    assert cost.estimate(merchant.shop, more, ["order"]) == (2, True)
