"""The sandbox answers what a real WooCommerce shop was recorded answering.

Every exchange is replayed against a shop holding what the recorded one held, in the
order of the recording, and compared in status, headers, keys and kinds of value.
"""

import base64
import hmac
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine

from connectors.woocommerce.sandbox import PLATFORM
from connectors.woocommerce.sandbox.auth import CONSUMER_KEY, CONSUMER_SECRET
from integration.sandbox.server import SandboxServer

ROOT = os.environ.get("WEFT_RECORDED", "")
FOLDER = Path(ROOT) / "woocommerce"
BEHIND_TLS = {"X-Forwarded-Proto": "https"}
KEY = (CONSUMER_KEY, CONSUMER_SECRET)
DELIVERIES = "webhook_deliveries"

IN_ORDER = (
    "unauthorised",
    "products_page_1",
    "products_variable",
    "product_grouped",
    "product_external",
    "product_variations",
    "products_modified_after",
    "categories",
    "settings_general",
    "settings_tax",
    "product_missing",
    "product_create",
    "product_duplicate_sku",
    "product_bad_type",
    "product_bad_price",
    "product_update",
    "products_batch_mixed",
    "products_batch_101",
    "product_by_sku",
    "customer_create",
    "customer_duplicate",
    "customers_by_email",
    "order_create",
    "order_get",
    "order_guest",
    "order_unknown_product",
    "order_refund",
    "order_after_refund",
    "order_complete",
    "orders_page",
    "orders_modified_after",
    "product_trash",
    "product_trashed_get",
    "tags",
)
"""The order in which the shop was asked: what is made first is asked for later."""

NEXT_SECOND = {"order_refund"}
"""Exchanges before which a second passed; later lists are ordered by it."""

OPEN_LISTS = {
    # Which related products a shop names, and in which order, is drawn by lot.
    "related_ids",
}

pytestmark = pytest.mark.skipif(
    not ROOT, reason="WEFT_RECORDED is not set: no recorded exchanges to compare with"
)


def recorded(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def names() -> list[str]:
    if not FOLDER.is_dir():
        return []
    found = {path.stem for path in FOLDER.glob("*.json")} - {DELIVERIES}
    known = [name for name in IN_ORDER if name in found]
    return known + sorted(found - set(known))


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """A shop holding what the recorded one held before the first exchange."""
    with SandboxServer([PLATFORM]) as server:
        page = recorded("products_page_1")["response"]["body"]
        hoodies = recorded("product_variations")["response"]["body"]
        # The shirts of product 64 were not recorded one by one; these stand in.
        numbers = page[0]["variations"]
        shirts = [
            {**row, "id": at, "parent_id": 64, "sku": f"shirt-{at}"}
            for at, row in zip(numbers, hoodies, strict=False)
        ]
        older = recorded("orders_page")["response"]["body"][:1]
        rows = {
            "categories": recorded("categories")["response"]["body"],
            "products": page,
            "variations": hoodies + shirts,
            "orders": older,
            "next_id": 91,
        }
        control = f"{server.url}/_control/woocommerce/seed"
        assert requests.post(control, json=rows, timeout=60).status_code == 200
        yield f"{server.url}/woocommerce"


@pytest.fixture(scope="module")
def answers(shop: str) -> dict[str, requests.Response]:
    given = {}
    # Whatever was not asked a second later falls into the same one.
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for name in names():
            if name in NEXT_SECOND:
                clock.shift(1)
            given[name] = ask(shop, name)
    return given


def ask(shop: str, name: str) -> requests.Response:
    request = recorded(name)["request"]
    return requests.request(
        request["method"],
        shop + request["path"],
        params=request.get("params"),
        json=request.get("body"),
        headers=BEHIND_TLS,
        auth=None if name == "unauthorised" else KEY,
        timeout=60,
    )


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {dict: "object", list: "list", str: "text"}.get(type(value), "null")


def differences(ours: Any, theirs: Any, place: str = "$") -> Iterator[str]:
    """Name every place where two answers differ in keys or in the kind of a value."""
    if kind(ours) != kind(theirs):
        yield f"{place}: {kind(ours)} instead of {kind(theirs)}"
    elif isinstance(theirs, dict):
        for key in ours.keys() ^ theirs.keys():
            yield f"{place}.{key}: {'missing' if key in theirs else 'too much'}"
        for key in ours.keys() & theirs.keys():
            yield from differences(ours[key], theirs[key], f"{place}.{key}")
    elif isinstance(theirs, list):
        name = place.rpartition(".")[2]
        if len(ours) != len(theirs) and name not in OPEN_LISTS:
            yield f"{place}: {len(ours)} items instead of {len(theirs)}"
        for index, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            yield from differences(one, other, f"{place}[{index}]")


@pytest.mark.parametrize("name", names())
def test_the_sandbox_answers_as_the_recorded_shop_did(
    name: str, answers: dict[str, requests.Response]
) -> None:
    theirs, ours = recorded(name)["response"], answers[name]
    assert ours.status_code == theirs["status"], ours.text
    assert list(differences(ours.json(), theirs["body"])) == []
    for header, value in theirs.get("headers", {}).items():
        assert ours.headers.get(header) == value, header


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("product_create", ("id", "slug", "generated_slug", "description", "price")),
        ("product_by_sku", ("description", "short_description", "stock_quantity")),
        ("product_bad_price", ("regular_price", "slug", "price_html")),
        ("product_trashed_get", ("slug", "status", "total_sales", "stock_quantity")),
        ("product_duplicate_sku", ("code", "message", "data")),
        ("product_bad_type", ("code", "message", "data")),
        ("customer_create", ("id", "username", "avatar_url", "billing")),
        ("order_create", ("id", "total", "billing", "shipping", "needs_processing")),
        ("order_guest", ("id", "status", "total", "is_editable")),
        ("order_after_refund", ("status", "total", "refunds")),
        ("order_unknown_product", ("status", "total", "needs_payment", "is_editable")),
        ("unauthorised", ("code", "message", "data")),
    ],
)
def test_values_that_carry_a_rule_are_the_recorded_ones(
    name: str, fields: tuple[str, ...], answers: dict[str, requests.Response]
) -> None:
    ours, theirs = answers[name].json(), recorded(name)["response"]["body"]
    if isinstance(theirs, list):
        ours, theirs = ours[0], theirs[0]
    assert {at: ours[at] for at in fields} == {at: theirs[at] for at in fields}


def test_recorded_webhooks_carry_the_signature_the_sandbox_computes() -> None:
    from connectors.woocommerce.sandbox.webhooks import signed

    deliveries = [
        row
        for row in recorded(DELIVERIES)
        if "X-WC-Webhook-Signature" in row["headers"]
    ]
    assert deliveries
    for row in deliveries:
        body = row["body"].encode()
        mine = base64.b64encode(hmac.digest(row["secret"].encode(), body, "sha256"))
        assert row["headers"]["X-WC-Webhook-Signature"] == mine.decode()
        assert signed(row["secret"], body) == mine.decode()
