"""Which calls may use what is kept for sales, and which can wait."""

from __future__ import annotations

from typing import Any

import pytest

from integration.engine.pacing import can_wait, for_sale
from integration.models import Connection, Priority, Run


def run(stream: str, priority: int, **selection: Any) -> Run:
    return Run(
        connection=Connection(platform="woocommerce"),
        stream=stream,
        priority=priority,
        selection={"type": "Changed", **selection},
    )


@pytest.mark.parametrize(
    ("stream", "priority", "expected"),
    [
        ("orders", Priority.SALE, True),
        ("orders", Priority.WEBHOOK, True),
        ("orders", Priority.CHANGED, True),
        ("orders", Priority.FULL, False),
        ("products", Priority.CHANGED, False),
        ("products", Priority.SALE, True),
    ],
)
def test_what_brings_a_sale_may_use_the_reserve(
    stream: str, priority: int, expected: bool
) -> None:
    assert for_sale(priority, run(stream, priority)) is expected


def test_a_write_may_use_the_reserve_at_the_priority_of_a_sale_alone() -> None:
    assert [each for each in Priority if for_sale(each)] == [Priority.SALE]


def test_full_reads_and_the_oldest_can_wait() -> None:
    assert [each for each in Priority if can_wait(each)] == [
        Priority.FULL,
        Priority.OLDEST,
    ]
    waiting = [each for each in Priority if can_wait(each, run("products", each))]
    assert waiting == [Priority.FULL, Priority.OLDEST]


def test_many_looks_one_by_one_can_wait_but_a_few_or_sales_cannot(
    one_by_one: str,
) -> None:
    changed = run("items", Priority.CHANGED)
    few = run("items", Priority.WEBHOOK, type="These", ids=["1"])
    many = run("items", Priority.WEBHOOK, type="These", ids=list(map(str, range(50))))
    sales = run("sales", Priority.CHANGED)
    for each in (changed, few, many, sales):
        each.connection.platform = one_by_one
    found = [can_wait(each.priority, each) for each in (changed, few, many, sales)]
    assert found == [True, False, True, False]


@pytest.fixture
def one_by_one() -> Any:
    """A platform whose rows take a call each, among those that are known."""
    from dataclasses import replace

    from integration.contract import registry

    shop = registry.connector("woocommerce")
    products, orders = shop.stream("products"), shop.stream("orders")
    streams = (
        replace(products, key="items", at_once=1),
        replace(orders, key="sales", at_once=1),
    )
    known = registry.connectors()
    known["onebyone"] = replace(shop, key="onebyone", streams=streams)
    yield "onebyone"
    del known["onebyone"]
