"""Refunds in the sandbox: what is taken back of an order, line by line and by tax."""

from typing import Any

import pytest
import requests
from woocommerce import API

from integration.sandbox.server import SandboxServer


def control(server: SandboxServer, action: str, **body: Any) -> Any:
    url = f"{server.url}/_control/woocommerce/{action}"
    answer = requests.post(url, json=body, timeout=60)
    assert answer.ok, answer.text
    return answer.json()


@pytest.fixture
def order(server: SandboxServer, api: API) -> dict[str, Any]:
    """Paid, with a line of each sort, all taxed at 24 %."""
    control(server, "settings", tax_rate=24, country="GR:I", currency="EUR")
    mug = api.post("products", {"name": "Mug", "regular_price": "10.00"}).json()["id"]
    body = {
        "set_paid": True,
        "line_items": [{"product_id": mug, "quantity": 2}],
        "shipping_lines": [{"method_id": "flat_rate", "total": "5.00"}],
        "fee_lines": [{"name": "Wrap", "total": "2.00"}],
    }
    made: dict[str, Any] = api.post("orders", body).json()
    return made


def part(line: dict[str, Any], net: str, tax: str, **more: Any) -> dict[str, Any]:
    taxes = [{"id": 1, "refund_total": tax}]
    return {"id": line["id"], "refund_total": net, "refund_tax": taxes, **more}


def test_any_line_of_an_order_is_given_back_as_what_it_is(
    api: API, order: dict[str, Any]
) -> None:
    [goods], [post], [wrap] = (
        order[kind] for kind in ("line_items", "shipping_lines", "fee_lines")
    )
    parts = [
        part(goods, "10.00", "2.40", quantity=1),
        part(post, "5.00", "1.20"),
        part(wrap, "2.00", "0.48"),
    ]
    path = f"orders/{order['id']}/refunds"
    made = api.post(path, {"api_refund": False, "line_items": parts}).json()
    assert made["amount"] == "21.08"
    [line], [sent], [fee] = (
        made[kind] for kind in ("line_items", "shipping_lines", "fee_lines")
    )
    assert (line["quantity"], line["total"], line["total_tax"]) == (
        -1,
        "-10.00",
        "-2.40",
    )
    assert line["taxes"] == [{"id": 1, "total": "-2.40", "subtotal": "-2.40"}]
    assert (sent["total"], sent["total_tax"]) == ("-5.00", "-1.20")
    assert sent["taxes"] == [{"id": 1, "total": "-1.20"}]
    assert (fee["name"], fee["total"]) == ("Wrap", "-2.00")
    [tax] = made["tax_lines"]
    assert (tax["rate_code"], tax["tax_total"], tax["shipping_tax_total"]) == (
        "GR-VAT-1",
        "-2.88",
        "-1.20",
    )
    after = api.get(f"orders/{order['id']}").json()
    assert after["refunds"][0]["total_tax"] == "-4.08"
    assert after["line_items"][0]["quantity"] == 2


def test_refunds_are_listed_by_order_with_the_decimals_asked_for(
    server: SandboxServer, api: API, order: dict[str, Any]
) -> None:
    path = f"orders/{order['id']}/refunds"
    ids = [
        control(server, "refund", id=order["id"], amount=amount)["id"]
        for amount in ("1.00", "2.00")
    ]
    listed = api.get(path, params={"dp": 6, "orderby": "id", "order": "asc"}).json()
    assert [row["id"] for row in listed] == ids
    assert [row["amount"] for row in listed] == ["1.000000", "2.000000"]
    assert {row["refunded_payment"] for row in listed} == {False}
    second = api.get(path, params={"per_page": 1, "page": 2, "order": "asc"})
    assert [row["id"] for row in second.json()] == ids[1:]
    assert second.headers["X-WP-Total"] == "2"
    assert api.get("orders/4711/refunds").status_code == 404


def test_a_refund_is_deleted_only_by_force(api: API, order: dict[str, Any]) -> None:
    path = f"orders/{order['id']}/refunds"
    made = api.post(path, {"amount": "1.00", "api_refund": False}).json()
    refused = api.delete(f"{path}/{made['id']}")
    assert refused.json()["code"] == "woocommerce_rest_trash_not_supported"
    gone = api.delete(f"{path}/{made['id']}", params={"force": True})
    assert (gone.status_code, gone.headers["Allow"]) == (200, "GET, DELETE")
    assert api.get(f"{path}/{made['id']}").status_code == 404
    assert api.get(f"orders/{order['id']}").json()["refunds"] == []


def test_a_line_of_another_order_is_not_given_back(
    api: API, order: dict[str, Any]
) -> None:
    body = {"amount": "1.00", "api_refund": False, "line_items": [{"id": 99_999}]}
    refused = api.post(f"orders/{order['id']}/refunds", body)
    assert refused.json()["code"] == "woocommerce_rest_cannot_create_order_refund"
