"""Orders: what they come to, what they do to stock, how they change."""

from typing import Any

import pytest
import requests
from woocommerce import API

from integration.sandbox.server import SandboxServer


@pytest.fixture
def mug(api: API) -> int:
    body = {"name": "Mug", "sku": "MUG-1", "regular_price": "10.00"}
    body |= {"manage_stock": True, "stock_quantity": 5}
    return int(api.post("products", body).json()["id"])


def settings(server: SandboxServer, **changes: Any) -> None:
    control = f"{server.url}/_control/woocommerce/settings"
    assert requests.post(control, json=changes, timeout=60).ok


def order(api: API, **fields: Any) -> dict[str, Any]:
    answer = api.post("orders", fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def stock(api: API, number: int) -> int | None:
    quantity: int | None = api.get(f"products/{number}").json()["stock_quantity"]
    return quantity


def test_tax_comes_on_top_of_net_lines_and_shipping(
    server: SandboxServer, api: API, mug: int
) -> None:
    settings(server, tax_rate=24, country="GR:I", currency="EUR")
    made = order(
        api,
        line_items=[{"product_id": mug, "quantity": 3}],
        shipping_lines=[{"method_id": "flat_rate", "total": "5.00"}],
    )
    assert (made["total"], made["total_tax"]) == ("43.40", "8.40")
    assert (made["shipping_total"], made["shipping_tax"]) == ("5.00", "1.20")
    line = made["line_items"][0]
    assert (line["subtotal"], line["total"], line["total_tax"]) == (
        "30.00",
        "30.00",
        "7.20",
    )
    assert line["price"] == 10
    assert line["taxes"] == [{"id": 1, "total": "7.20", "subtotal": "7.20"}]
    tax = made["tax_lines"][0]
    assert (tax["rate_code"], tax["rate_percent"]) == ("GR-VAT-1", 24)
    assert (tax["tax_total"], tax["shipping_tax_total"]) == ("7.20", "1.20")
    assert (made["currency"], made["currency_symbol"]) == ("EUR", "€")


def test_a_gross_price_is_split_and_the_line_stays_net(
    server: SandboxServer, api: API
) -> None:
    settings(server, tax_rate=24, prices_include_tax=True)
    cup = api.post("products", {"regular_price": "9.99"}).json()["id"]
    made = order(api, line_items=[{"product_id": cup, "quantity": 7}])
    line = made["line_items"][0]
    assert (line["total"], line["total_tax"]) == ("56.40", "13.53")
    assert line["price"] == pytest.approx(8.056451571428571, abs=1e-12)
    assert (made["total"], made["prices_include_tax"]) == ("69.93", True)
    exact = api.get(f"orders/{made['id']}", params={"dp": 6}).json()
    assert exact["line_items"][0]["total"] == "56.395161"


def test_a_sent_total_is_net_and_taxed(
    server: SandboxServer, api: API, mug: int
) -> None:
    settings(server, tax_rate=24, prices_include_tax=True)
    line = {"product_id": mug, "quantity": 1, "total": "100.00"}
    made = order(api, line_items=[line])
    assert (made["total"], made["total_tax"]) == ("124.00", "24.00")


def test_paying_takes_stock_once_and_cancelling_gives_it_back(
    api: API, mug: int
) -> None:
    lines = [{"product_id": mug, "quantity": 2}]
    pending = order(api, line_items=lines)
    assert (pending["status"], stock(api, mug)) == ("pending", 5)
    path = f"orders/{pending['id']}"
    paid = api.put(path, {"set_paid": True}).json()
    assert (paid["status"], stock(api, mug)) == ("processing", 3)
    assert paid["date_paid_gmt"] is not None
    api.put(path, {"status": "completed"})
    assert stock(api, mug) == 3
    api.put(path, {"status": "cancelled"})
    assert stock(api, mug) == 5


def test_stock_may_fall_below_nothing(api: API, mug: int) -> None:
    order(api, set_paid=True, line_items=[{"product_id": mug, "quantity": 7}])
    assert stock(api, mug) == -2


def test_an_unknown_product_gives_an_empty_line(api: API) -> None:
    line = order(api, line_items=[{"product_id": 999999}])["line_items"][0]
    assert (line["product_id"], line["total"], line["sku"]) == (0, "0.00", None)


def test_a_product_is_found_by_its_sku(api: API, mug: int) -> None:
    made = order(api, line_items=[{"sku": "MUG-1", "quantity": 2}])
    assert (made["line_items"][0]["product_id"], made["total"]) == (mug, "20.00")


def test_lines_with_an_id_change_and_lines_without_are_added(
    api: API, mug: int
) -> None:
    made = order(api, line_items=[{"product_id": mug, "quantity": 1}])
    path, line = f"orders/{made['id']}", made["line_items"][0]["id"]
    more = api.put(path, {"line_items": [{"id": line, "quantity": 3}]}).json()
    assert (more["line_items"][0]["quantity"], more["total"]) == (3, "10.00")
    twice = api.put(path, {"line_items": [{"product_id": mug}]}).json()
    assert (len(twice["line_items"]), twice["total"]) == (2, "20.00")
    less = api.put(path, {"line_items": [{"id": line, "quantity": 0}]}).json()
    assert (len(less["line_items"]), less["total"]) == (1, "10.00")
    wrong = api.put(path, {"line_items": [{"id": 4711, "quantity": 1}]})
    assert wrong.json()["code"] == "woocommerce_rest_invalid_item_id"


def test_statuses_are_the_shops_own_without_a_prefix(api: API) -> None:
    slugs = {row["slug"] for row in api.get("orders/statuses").json()}
    assert {"pending", "processing", "checkout-draft"} <= slugs
    assert api.post("orders", {"status": "shipped"}).status_code == 400
    assert api.get("orders", params={"status": "wc-processing"}).status_code == 400
    order(api, status="on-hold")
    order(api, status="completed")
    found = api.get("orders", params={"status": "on-hold,completed"})
    assert found.headers["X-WP-Total"] == "2"


def test_an_invalid_coupon_leaves_a_stray_draft(api: API) -> None:
    answer = api.post("orders", {"coupon_lines": [{"code": "NOPE"}]})
    assert answer.status_code == 400
    assert answer.json()["code"] == "woocommerce_rest_invalid_coupon"
    draft = answer.json()["data"]["new_draft_order_id"]
    assert api.get(f"orders/{draft}").json()["status"] == "auto-draft"
    assert api.get("orders").json() == []


def test_an_order_is_trashed_and_then_gone(api: API) -> None:
    made = order(api, status="processing")
    path = f"orders/{made['id']}"
    assert api.delete(path).json()["status"] == "processing"
    assert api.get(path).json()["status"] == "trash"
    assert api.get("orders").json() == []
    listed = api.get("orders", params={"status": "trash"}).json()
    assert [row["id"] for row in listed] == [made["id"]]
    assert api.delete(path, params={"force": True}).status_code == 200
    assert api.get(path).status_code == 404


def test_meta_data_and_notes_carry_foreign_references(api: API) -> None:
    made = order(api, meta_data=[{"key": "_ref", "value": "A-1"}])
    path = f"orders/{made['id']}"
    changed = api.put(path, {"meta_data": [{"key": "_ref", "value": "A-2"}]}).json()
    assert [row["value"] for row in changed["meta_data"]] == ["A-2"]
    assert api.get("orders", params={"search": "A-2"}).json() == []
    note = api.post(f"{path}/notes", {"note": "Sent", "customer_note": True})
    assert note.status_code == 201
    assert [row["note"] for row in api.get(f"{path}/notes").json()] == ["Sent"]


def test_a_partial_refund_leaves_status_and_total_alone(api: API, mug: int) -> None:
    made = order(api, set_paid=True, line_items=[{"product_id": mug, "quantity": 2}])
    path, line = f"orders/{made['id']}", made["line_items"][0]["id"]
    body = {
        "amount": "10.00",
        "api_refund": False,
        "line_items": [{"id": line, "quantity": 1, "refund_total": 10}],
    }
    refund = api.post(f"{path}/refunds", body).json()
    back = refund["line_items"][0]
    assert (back["quantity"], back["total"]) == (-1, "-10.00")
    assert [(row["key"], row["value"]) for row in back["meta_data"]] == [
        ("_refunded_item_id", str(line))
    ]
    after = api.get(path).json()
    assert (after["status"], after["total"]) == ("processing", "20.00")
    assert after["refunds"][0]["total"] == "-10.00"
    listed = api.get("refunds", params={"modified_after": "2020-01-01T00:00:00"})
    assert [row["parent_id"] for row in listed.json()] == [made["id"]]

    much = api.post(f"{path}/refunds", {"amount": "10.01", "api_refund": False})
    assert much.status_code == 500
    assert much.json()["code"] == "woocommerce_rest_cannot_create_order_refund"
    assert much.json()["data"] == 500
    api.post(f"{path}/refunds", {"amount": "10.00", "api_refund": False})
    assert api.get(path).json()["status"] == "refunded"
