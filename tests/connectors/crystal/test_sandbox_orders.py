"""Checks how the Crystal sandbox takes orders, over real HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from connectors.crystal.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer
from tests.connectors.crystal.sandbox_caller import Caller


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer([PLATFORM]) as running:
        yield running


@pytest.fixture
def crystal(server: SandboxServer) -> Caller:
    requests.post(f"{server.url}/_control/crystal/reset", timeout=60)
    return Caller(server)


@pytest.fixture
def order(crystal: Caller) -> dict[str, Any]:
    """An order of three pieces of the first product that Crystal takes."""
    product_id = crystal.products(per_page=1)[0]["id"]
    return {
        "reference": "1042",
        "external_id": "shop-1:77",
        "date": "2025-11-02T10:15:00Z",
        "currency": "EUR",
        "client": {"email": "asa@example.test", "first_name": "Åsa"},
        "billing": {"city": "Göteborg"},
        "shipping": {"city": "Χανιά"},
        "lines": [
            {
                "product_id": product_id,
                "name": "Halo Ring",
                "quantity": 3,
                "unit_price": 3.33,
                "discount": "1.00",
                "tax": 2.25,
                "net": 9.00,
            }
        ],
        "shipping_total": "5.00",
        "tax_total": "3.50",
        "total": "17.50",
        "payment": {"method": "card", "amount": "17.50", "transaction_id": "t1"},
        "note": "",
    }


def test_an_order_is_booked_and_answered_with_its_id(
    crystal: Caller, order: dict[str, Any]
) -> None:
    answer = crystal.order(order)
    assert answer.status_code == 201
    assert answer.json()["reference"] == "1042"
    [booked] = crystal.ledger()["orders"]
    assert booked["id"] == answer.json()["id"]
    assert booked["shipping"] == {"city": "Χανιά"}


def test_the_same_order_sent_twice_is_silently_booked_twice(
    crystal: Caller, order: dict[str, Any]
) -> None:
    first, second = crystal.order(order), crystal.order(order)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
    assert crystal.ledger()["repeated"] == {"shop-1:77": 2}


def test_an_order_moves_stock_without_the_time_of_change(
    crystal: Caller, order: dict[str, Any]
) -> None:
    before = crystal.products(per_page=1)[0]
    crystal.order(order)
    after = crystal.products(per_page=1)[0]
    assert after == {**before, "quantity": before["quantity"] - 3}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reference", None),
        ("external_id", " "),
        ("currency", "eur"),
        ("date", "2 November"),
        ("client", None),
        ("billing", "Göteborg"),
        ("payment", "card"),
        ("lines", []),
        ("shipping_total", None),
        ("tax_total", "much"),
        ("total", "17.51"),
        ("total", "NaN"),
    ],
)
def test_an_order_with_a_wrong_field_is_refused_and_not_booked(
    crystal: Caller, order: dict[str, Any], field: str, value: Any
) -> None:
    answer = crystal.order({**order, field: value})
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert crystal.ledger()["orders"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product_id", "shop-sku-1"),
        ("product_id", []),
        ("product_id", None),
        ("quantity", 0),
        ("quantity", True),
        ("unit_price", 3.50),
        ("tax", None),
    ],
)
def test_a_line_that_is_wrong_is_named(
    crystal: Caller, order: dict[str, Any], field: str, value: Any
) -> None:
    order["lines"][0][field] = value
    answer = crystal.order(order)
    named = "net" if field == "unit_price" else field
    assert (answer.status_code, answer.json()["field"]) == (400, f"lines[0].{named}")


def test_a_fee_counts_when_it_is_given(crystal: Caller, order: dict[str, Any]) -> None:
    order |= {"fees_total": "2.00", "total": "19.50"}
    assert crystal.order(order).status_code == 201


@pytest.mark.parametrize("body", ["[]", "{", ""])
def test_a_body_that_is_no_order_is_refused(crystal: Caller, body: str) -> None:
    address = f"{crystal.root}/v1/ecom/orders"
    assert crystal.session.post(address, data=body, timeout=60).status_code == 400


def test_orders_can_be_looked_up_only_when_switched_on(
    crystal: Caller, order: dict[str, Any]
) -> None:
    booked = crystal.order(order).json()
    crystal.order({**order, "external_id": "shop-1:78", "reference": "1043"})
    path = "/v1/ecom/orders"
    assert crystal.get(path, external_id="shop-1:77").status_code == 404
    crystal.control("settings", order_lookup=True)
    assert crystal.get(path, external_id="shop-1:77").json() == [booked]
    assert crystal.get(path, reference="1042").json() == [booked]
    assert crystal.get(path, external_id="shop-1:79").json() == []
    assert len(crystal.get(path).json()) == 2


def test_an_order_needs_a_token(crystal: Caller, order: dict[str, Any]) -> None:
    crystal.session.headers["Authorization"] = "Bearer none"
    assert crystal.order(order).status_code == 401
    assert crystal.ledger()["orders"] == []


def test_a_line_of_a_hidden_product_is_still_taken(
    crystal: Caller, order: dict[str, Any]
) -> None:
    crystal.control("hide", id=order["lines"][0]["product_id"])
    assert crystal.order(order).status_code == 201
