"""What each selection costs in calls."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integration.contract.messages import (
    Again,
    Changed,
    Everything,
    Missing,
    Oldest,
    Selection,
    These,
)
from tests.road import Merchant, Road

# A page of Crystal's list here; the list ends with an empty page.
PAGE = 5


@pytest.fixture
def merchant(road: Road) -> Merchant:
    return road.in_step(page_size=PAGE)


def cost(road: Road, merchant: Merchant, selection: Selection) -> tuple[int, int]:
    """Calls on the back office, and on the shop, without those for a token."""
    road.forget()
    run = road.read(merchant.crystal, "products", selection)
    assert run.state == "done"
    made = len(road.back.calls()) - len(road.back.calls("token"))
    assert run.calls == len(road.back.calls())
    return made, len(road.front.calls())


@pytest.mark.parametrize(
    ("selection", "calls"),
    [
        # 12 products in pages of 5, and the empty page that ends the list.
        (Everything(), 4),
        (Again(), 0),
        # Where none can be read alone, the list is read until all were found.
        (Oldest(12), 3),
        # Nothing changed: one empty page.
        (Changed(), 1),
    ],
)
def test_nothing_new_costs_only_the_reads(
    road: Road, merchant: Merchant, selection: Selection, calls: int
) -> None:
    road.pass_time(minutes=30)
    assert cost(road, merchant, selection) == (calls, 0)


@pytest.mark.parametrize(("changed", "pages"), [(1, 1), (5, 1), (6, 2), (12, 3)])
def test_a_look_for_changes_costs_its_pages_and_one_call_there(
    road: Road, merchant: Merchant, changed: int, pages: int
) -> None:
    road.pass_time(minutes=30)
    for product in road.goods()[:changed]:
        road.change(product, name=f"New {product['id']}")
    assert cost(road, merchant, Changed()) == (pages + 1, 1)


def test_one_id_costs_one_call_where_products_can_be_read_alone(road: Road) -> None:
    road.back.do("settings", single=True)
    merchant = road.in_step(single_product=True)
    first = road.goods()[0]["id"]
    assert cost(road, merchant, These((first,))) == (1, 0)
    assert cost(road, merchant, Oldest(10)) == (10, 0)


def test_orders_by_id_cost_one_call_for_a_hundred(road: Road) -> None:
    merchant = road.in_step()
    ids = tuple(str(road.buy(road.goods()[0]["id"])["id"]) for _ in range(4))
    road.forget()
    run = road.read(merchant.shop, "orders", These(ids))
    assert (run.read, run.calls) == (4, 1)


def test_missing_costs_the_list_of_ids_and_one_call_for_what_was_missed(
    road: Road,
) -> None:
    merchant = road.in_step()
    for _ in range(3):
        road.buy(road.goods()[0]["id"])
    road.forget()
    since = timezone.now() - timedelta(days=1)
    run = road.read(merchant.shop, "orders", Missing(since))
    assert (run.read, run.calls) == (3, 1)
    assert [child.calls for child in run.children.all()] == [1]
    assert len(road.front.calls("orders")) == 2
