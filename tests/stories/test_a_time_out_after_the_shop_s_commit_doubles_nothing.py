"""The shop's time-out after it had done its work makes no second product."""

import pytest

from tests.road import Road

BATCH = "products/batch"


@pytest.mark.parametrize("kind", ["drop_after", "timeout_after", "truncate"])
def test_created_products_are_found_not_made_again(road: Road, kind: str) -> None:
    merchant = road.merchant()
    road.front.fault(kind, BATCH, method="POST", times=1, delay=0.05)
    road.start(merchant)
    for _ in range(3):
        road.later(minutes=5)
    assert len(road.front.ledger("products")) == len(road.goods())
    assert road.shelf().keys() == {row["id"] for row in road.goods()}
    assert merchant.deliveries("product", "planned", "unknown", "refused") == []
    assert merchant.errors() == []
    road.forget()
    road.later(hours=3)
    assert road.front.writes() == []


def test_what_was_never_made_is_made_after_a_second_look(road: Road) -> None:
    merchant = road.merchant()
    road.front.fault("timeout_before", BATCH, method="POST", times=1, delay=0.05)
    road.start(merchant)
    for _ in range(4):
        road.later(minutes=5)
    assert road.shelf().keys() == {row["id"] for row in road.goods()}
    assert merchant.errors() == []
