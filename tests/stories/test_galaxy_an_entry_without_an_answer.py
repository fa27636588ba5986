"""A sale Galaxy took without an answer is looked up, or put before a person."""

from __future__ import annotations

import pytest

from tests.depot_and_shop import POST_CUSTOMER, POST_ENTRY, Depot


def sold(pantry: Depot) -> None:
    pantry.sell({pantry.plain()[0]["Code"]: 2})
    for _ in range(4):
        pantry.wait(minutes=5)


@pytest.mark.parametrize("kind", ["drop_after", "timeout_before"])
def test_a_person_is_asked_where_entries_cannot_be_looked_up(
    pantry: Depot, kind: str
) -> None:
    merchant = pantry.in_step()
    pantry.galaxy.fault(kind, POST_ENTRY, times=1, delay=0.05)
    sold(pantry)
    [error] = merchant.errors()
    assert (error.kind, error.code) == ("order", "may_already_exist")
    before = len(pantry.entries())
    pantry.forget()
    for _ in range(3):
        pantry.wait(hours=9)
    assert len(pantry.entries()) == before == (kind == "drop_after")
    assert pantry.galaxy.calls(POST_ENTRY) == []
    assert [each.code for each in merchant.errors()] == ["may_already_exist"]


@pytest.mark.parametrize("kind", ["drop_after", "timeout_before"])
def test_it_heals_itself_where_they_can(pantry: Depot, kind: str) -> None:
    pantry.galaxy.do("set_settings", entries_readable=True)
    merchant = pantry.in_step(order_lookup=True)
    pantry.galaxy.fault(kind, POST_ENTRY, times=1, delay=0.05)
    sold(pantry)
    assert len(pantry.entries()) == 1
    assert [each.state for each in merchant.deliveries("order")] == ["done"]
    assert merchant.errors() == []


def test_a_customer_without_an_answer_is_found_by_our_mark(pantry: Depot) -> None:
    merchant = pantry.in_step()
    pantry.galaxy.fault("drop_after", POST_CUSTOMER, times=1)
    sold(pantry)
    assert len(pantry.galaxy.ledger("customers_posted")) == 1
    assert len(pantry.entries()) == 1
    assert merchant.errors() == []
