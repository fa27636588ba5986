"""A customer Galaxy took without an answer, and shows late, is posted once."""

import pytest

from tests.depot_and_shop import POST_CUSTOMER, Depot


@pytest.mark.parametrize("keeps", [True, False])
def test_it_is_waited_for_and_never_posted_blindly(pantry: Depot, keeps: bool) -> None:
    pantry.galaxy.do("set_settings", customer_seconds=1800.0, keeps_customer_id=keeps)
    merchant = pantry.in_step()
    pantry.galaxy.fault("drop_after", POST_CUSTOMER, times=1)
    pantry.sell({pantry.plain()[0]["Code"]: 2})
    for _ in range(8):
        pantry.wait(minutes=10)
    assert len(pantry.galaxy.ledger("customers_posted")) == 1
    assert pantry.galaxy.ledger("customers_overwritten") == []
    assert pantry.galaxy.ledger("customers_duplicated") == []
    assert len(pantry.entries()) == 1
    assert merchant.errors() == []
