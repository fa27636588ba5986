"""What the contract suite needs to know of Crystal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from integration.canonical.kinds import Kind
from tests.contract.subject import Sample, Subject
from tests.contract.world import World

HALO = "0b6f7d54-2a51-4a3e-9a5d-6c1a6f0a8c11"


def settings(url: str) -> dict[str, Any]:
    """A patient Crystal whose orders can be looked up, ten products a page."""
    return {
        "base_url": url,
        "organisation": "Sample",
        "currency": "SEK",
        "order_lookup": True,
        "page_size": 10,
    }


def fill(world: World) -> None:
    """Three pages of sound products."""
    world.do("settings", limit=0, order_lookup=True)
    world.do("catalogue", size=25, broken=False)


def touch(world: World, stream: str) -> tuple[str, str]:
    """Somebody renames the first product."""
    product = world.ledger()["products"][0]["id"]
    world.do("product", id=product, name="Renamed while reading")
    return product, "Renamed while reading"


def with_the_product_sold(world: World) -> Mapping[tuple[str, str], str]:
    """The order's line is one of a product Crystal has."""
    fill(world)
    return {("variant", "10"): world.ledger()["products"][0]["id"]}


def words(message: str, field: str = "") -> str:
    return json.dumps({"message": message, "field": field})


SUBJECT = Subject(
    settings=settings,
    ids={("variant", "10"): HALO},
    fill=fill,
    lists=("products",),
    touch=touch,
    since="2001-01-01T00:00:00Z",
    path="/v1/ecom",
    refusals={
        401: words("Unauthorized"),
        403: words("Forbidden"),
        404: words("Not found"),
        409: words("This reference is taken.", "reference"),
        422: words("This text is required.", "client"),
    },
    samples={
        Kind.ORDER: Sample(
            case="paid",
            count=lambda ledger: len(ledger["orders"]),
            ready=with_the_product_sold,
        ),
    },
)
