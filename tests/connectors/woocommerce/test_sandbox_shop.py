"""Customers, categories, tags and settings of the shop."""

from typing import Any

import pytest
import requests
from woocommerce import API

from integration.sandbox.server import SandboxServer


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_customer_needs_an_email_of_its_own(api: API) -> None:
    made = api.post("customers", {"email": "ann@example.com"}).json()
    assert (made["username"], made["role"]) == ("ann", "customer")
    again = api.post("customers", {"email": "ANN@example.com"})
    assert refused(again) == (400, "registration-error-email-exists")
    assert refused(api.post("customers", {"email": "nobody"})) == (
        400,
        "customer_invalid_email",
    )
    assert refused(api.post("customers", {})) == (400, "rest_missing_callback_param")


def test_customers_are_found_by_email_and_role_but_not_by_change(api: API) -> None:
    made = api.post("customers", {"email": "ann@example.com"}).json()
    api.post("customers", {"email": "bob@example.com"})
    found = api.get("customers", params={"email": "ann@example.com"}).json()
    assert [row["id"] for row in found] == [made["id"]]
    later = api.get("customers", params={"modified_after": "2999-01-01T00:00:00"})
    assert later.headers["X-WP-Total"] == "2"
    everyone = api.get("customers", params={"role": "all"})
    assert everyone.headers["X-WP-Total"] == "3"


def test_a_customer_is_changed_and_only_removed_by_force(api: API) -> None:
    made = api.post("customers", {"email": "ann@example.com"}).json()
    path = f"customers/{made['id']}"
    changed = api.put(path, {"billing": {"city": "Αθήνα"}, "first_name": "Ann"}).json()
    assert (changed["billing"]["city"], changed["first_name"]) == ("Αθήνα", "Ann")
    trash = "woocommerce_rest_trash_not_supported"
    assert refused(api.delete(path)) == (501, trash)
    assert api.delete(path, params={"force": True}).status_code == 200
    assert api.get(path).status_code == 404


def test_an_order_needs_a_customer_that_exists(api: API) -> None:
    answer = api.post("orders", {"customer_id": 4711})
    assert refused(answer) == (400, "woocommerce_rest_invalid_customer_id")


@pytest.mark.parametrize("kind", ["categories", "tags"])
def test_a_name_is_held_once_and_its_holder_is_told(api: API, kind: str) -> None:
    made = api.post(f"products/{kind}", {"name": "Kök & bad"}).json()
    assert (made["name"], made["slug"]) == ("Kök &amp; bad", "kok-bad")
    again = api.post(f"products/{kind}", {"name": "kök & BAD"})
    assert refused(again) == (400, "term_exists")
    assert again.json()["data"]["resource_id"] == made["id"]
    renamed = api.put(f"products/{kind}/{made['id']}", {"name": "Kitchen"}).json()
    assert (renamed["name"], renamed["slug"]) == ("Kitchen", "kok-bad")
    assert refused(api.delete(f"products/{kind}/{made['id']}"))[0] == 501


def test_the_same_name_is_free_under_another_parent(api: API) -> None:
    top = api.post("products/categories", {"name": "Kitchen"}).json()
    body = {"name": "Kitchen", "parent": top["id"]}
    below = api.post("products/categories", body).json()
    assert (below["parent"], below["slug"]) == (top["id"], "kitchen-2")
    product = {"categories": [{"id": below["id"]}]}
    made = api.post("products", product).json()
    assert [row["id"] for row in made["categories"]] == [below["id"]]
    assert api.get(f"products/categories/{top['id']}").json()["count"] == 1
    found = api.get("products", params={"category": top["id"]}).json()
    assert [row["id"] for row in found] == [made["id"]]


def test_terms_are_made_in_batches(api: API) -> None:
    body = {"create": [{"name": "A"}, {"name": "a"}, {"name": "B"}]}
    made = api.post("products/tags/batch", body).json()["create"]
    assert [row.get("name") for row in made] == ["A", None, "B"]
    assert made[1]["error"]["code"] == "term_exists"


def test_settings_are_read_changed_and_missed(server: SandboxServer, api: API) -> None:
    requests.post(
        f"{server.url}/_control/woocommerce/settings",
        json={"currency": "SEK", "decimals": 0, "prices_include_tax": True},
        timeout=60,
    )
    path = "settings/general/woocommerce_currency"
    assert api.get(path).json()["value"] == "SEK"
    assert api.get("data/currencies/current").json()["symbol"] == "kr"
    tax = "settings/tax/woocommerce_prices_include_tax"
    assert api.get(tax).json()["value"] == "yes"
    decimals = "settings/general/woocommerce_price_num_decimals"
    assert api.get(decimals).json()["value"] == "0"
    assert api.put(path, {"value": "EUR"}).json()["value"] == "EUR"
    unit = api.get("settings/products/woocommerce_weight_unit").json()
    assert unit["value"] == "kg"
    assert api.get("settings/nothing").status_code == 404
    assert api.get("settings/general/nothing").status_code == 404


def test_the_status_tells_versions_and_the_order_store(api: API) -> None:
    status = api.get("system_status").json()
    assert status["environment"]["version"] == "11.0.1"
    assert status["environment"]["default_timezone"] == "UTC"
    assert status["settings"]["HPOS_enabled"] is False
