"""What the contract suite needs to know of WooCommerce."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.woocommerce.webhooks import signature
from integration.canonical.kinds import Kind
from integration.contract.messages import Request
from tests.connectors.woocommerce.shop import FACTS
from tests.contract.subject import Sample, Subject
from tests.contract.world import World

# More than two of the shop's pages of a hundred, five of each read twice.
MANY = 205
KINDS = {"products": "product", "orders": "order", "customers": "customer"}


def settings(url: str) -> dict[str, Any]:
    """A shop on this machine, without https."""
    return {"url": url, "allow_http": True}


def fill(world: World) -> None:
    """Products, orders and customers, changed a minute apart."""

    def dated(number: int) -> dict[str, str]:
        when = f"2026-01-{1 + number // 60:02}T10:{number % 60:02}:00"
        return {"date_created_gmt": when, "date_modified_gmt": when}

    numbers = range(MANY)
    world.do(
        "seed",
        products=[
            {"name": f"Mug {n}", "sku": f"MUG-{n}", "regular_price": "9.90", **dated(n)}
            for n in numbers
        ],
        customers=[{"email": f"b{n}@example.com", **dated(n)} for n in numbers],
        orders=[{"status": "processing", **dated(n)} for n in numbers],
    )


def touch(world: World, stream: str) -> tuple[str, str]:
    """Somebody edits the one that changed least recently."""
    found = world.ledger()[stream][0]["id"]
    changes = {"name": "Touched while reading"}
    if stream == "orders":
        changes = {"customer_note": "Touched while reading"}
    if stream == "customers":
        changes = {"first_name": "Touched while reading"}
    world.do("edit", kind=KINDS[stream], id=found, changes=changes)
    return str(found), "Touched while reading"


def a_category(world: World) -> Mapping[tuple[str, str], str]:
    """The category the product is filed under."""
    made = world.do("seed", categories=[{"name": "Kitchen"}])["categories"]
    return {("category", "c-1"): str(made[0])}


def a_product(world: World) -> str:
    """A product to count and price."""
    row = {"name": "Enamel mug", "sku": "MUG-1", "regular_price": "1.00"}
    return str(world.do("seed", products=[row])["products"][0])


def call(secret: str, body: bytes) -> Request:
    """An order, told as the shop tells it."""
    headers = {
        "X-WC-Webhook-Topic": "order.updated",
        "X-WC-Webhook-Signature": signature(secret, body).decode(),
    }
    return Request("POST", "/hooks/1/token/", "", headers, body)


def words(code: str, status: int, message: str = "No.") -> str:
    data = {"status": status}
    return json.dumps({"code": code, "message": message, "data": data})


def counted(name: str, taxonomy: str = "") -> Any:
    def count(ledger: Any) -> int:
        return sum(row.get("taxonomy", taxonomy) == taxonomy for row in ledger[name])

    return count


SUBJECT = Subject(
    settings=settings,
    facts=FACTS,
    ids={("category", "c-1"): "15"},
    fill=fill,
    lists=("products", "orders", "customers"),
    touch=touch,
    since="2001-01-01T00:00:00",
    refusals={
        401: words("woocommerce_rest_authentication_error", 401, "Key is invalid."),
        403: words("woocommerce_rest_cannot_view", 403),
        404: words("rest_no_route", 404),
        409: words("woocommerce_rest_conflict", 409),
        422: words("rest_invalid_param", 422),
    },
    samples={
        Kind.CATEGORY: Sample(case="out", count=lambda led: len(led["terms"])),
        Kind.PRODUCT: Sample(
            case="out", count=lambda led: len(led["products"]), ready=a_category
        ),
        Kind.STOCK: Sample(
            case="out", count=lambda led: len(led["products"]), owner=a_product
        ),
        Kind.PRICE: Sample(
            case="out", count=lambda led: len(led["products"]), owner=a_product
        ),
    },
    call=call,
    body=b'{"id":727,"status":"processing"}',
)
