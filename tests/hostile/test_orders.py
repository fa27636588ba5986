"""Whatever a buyer or a shop puts into an order: it arrives once, or is one error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration.contract.messages import These
from integration.models import Run
from tests.road import Merchant, Road, Row


@pytest.fixture
def merchant(road: Road) -> Merchant:
    return road.in_step()


def fetched(road: Road, merchant: Merchant, order: Row, **changes: Any) -> Run:
    """The order as the shop shows it, but for these changes."""
    shown = {
        **next(row for row in road.front.ledger("orders") if row["id"] == order["id"])
    }
    road.front.fault(
        "status",
        "/orders$",
        method="GET",
        status=200,
        body=json.dumps([{**shown, **changes}]),
    )
    return road.read(merchant.shop, "orders", These((str(order["id"]),)))


BAD: dict[str, tuple[Any, str]] = {
    "no number": ({"number": None}, "number"),
    "no currency": ({"currency": ""}, "currency"),
    "a total that is a word": ({"total": "much"}, "total"),
    "a total of nothing": ({"total": None}, "total"),
    "lines that are a text": ({"line_items": "none"}, "lines"),
    "a line that is a list": ({"line_items": [[1]]}, "lines"),
    "a date that is none": ({"date_created_gmt": "soon"}, "placed_at"),
    "a date beyond the calendar": ({"date_created_gmt": "99999-01-01"}, "placed_at"),
}


@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_order_is_one_open_error_naming_the_field(
    road: Road, merchant: Merchant, wrong: str
) -> None:
    changes, field = BAD[wrong]
    order = road.buy(road.goods()[0]["id"])
    run = fetched(road, merchant, order, **changes)
    assert (run.state, run.read, run.failed) == ("done", 1, 1)
    (error,) = merchant.errors()
    assert error.kind == "order"
    assert error.field.startswith(field)
    assert error.who != "staff"
    assert road.sold() == []


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "A\x00B", "'; DROP TABLE x; --", "\u202e"]
)
def test_hostile_words_of_a_buyer_arrive_as_words(
    road: Road, merchant: Merchant, hostile: str
) -> None:
    order = road.buy(road.goods()[0]["id"])
    billing = {**order["billing"], "first_name": hostile, "company": hostile}
    run = fetched(road, merchant, order, billing=billing, customer_note=hostile)
    assert (run.state, run.created) == ("done", 1)
    (there,) = road.sold()
    assert there["client"]["first_name"] == hostile.replace("\x00", "")
    assert merchant.errors() == []


def test_a_total_that_does_not_add_up_is_for_a_person(
    road: Road, merchant: Merchant
) -> None:
    order = road.buy(road.goods()[0]["id"])
    fetched(road, merchant, order, total="1.00")
    assert road.sold() == []
    (error,) = merchant.errors()
    assert error.code == "total_differs"


def test_an_order_in_another_currency_is_not_converted(
    road: Road, merchant: Merchant
) -> None:
    order = road.buy(road.goods()[0]["id"])
    fetched(road, merchant, order, currency="JPY")
    assert road.sold() == []
    (error,) = merchant.errors()
    assert (error.code, error.field) == ("other_currency", "currency")
