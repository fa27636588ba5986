"""A minute of orders by webhook while Weft's processes are killed at random.

Counted on the platforms: every order of the shop is in Crystal exactly once. Where
Crystal's orders cannot be looked up, one whose answer was lost with its worker is not
sent again: it has exactly one open error instead. On the database DATABASE_URL names.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.chaos.counting import check_the_books, on_its_way, told
from tests.jobs.merchant import connect, poll, wait_for

if TYPE_CHECKING:
    from integration.models import Connection
    from tests.chaos.town import Bill, Town

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
SECONDS = 60
LEAST_KILLS = 10
LEAST_ORDERS = 200
# What a slow machine is given to come to that many of both.
AT_MOST = 600
# The last kill, a watchdog's patience, a tick, and the work itself.
SETTLED_WITHIN = 900


@pytest.fixture
def town(tmp_path: Path, settings: Any) -> Iterator[Town]:
    from tests.chaos.town import Town

    found = Town(tmp_path)
    settings.WEFT_PUBLIC_URL = found.address
    try:
        yield found
    finally:
        found.close()


@pytest.mark.parametrize("order_lookup", [True, False], ids=["lookup", "no lookup"])
def test_a_minute_of_kills_loses_and_doubles_no_order(
    town: Town, capsys: pytest.CaptureFixture[str], order_lookup: bool
) -> None:
    shop = opened(town, order_lookup)

    hits, placed = rampage(town)
    asked = wait_for(
        "all orders to be settled", lambda: settled(town, shop), SETTLED_WITHIN
    )

    bill = added_up(town, hits, placed, asked)
    with capsys.disabled():
        print(f"\nchaos ({'' if order_lookup else 'no '}lookup): {bill}")
        print(f"  killed: {dict(Counter(hits))}; asked a person: {len(asked)}")
    assert bill.kills >= LEAST_KILLS
    assert bill.orders >= LEAST_ORDERS
    assert bill.lost == 0
    assert bill.doubled == 0
    assert set(asked) <= (set() if order_lookup else set(town.merchant.shop_orders()))
    assert set(asked.values()) <= {1}
    check_the_books()


def opened(town: Town, order_lookup: bool) -> Connection:
    """All processes up, the catalogue in the shop, its webhooks registered."""
    from integration.engine import connect as connecting
    from integration.models import Route

    town.merchant.stock_up(12)
    town.merchant.look_up(order_lookup)
    crystal, shop = connect(town.merchant.url, order_lookup=order_lookup)
    Route.everywhere.filter(kind="order").update(every=15)
    town.open()
    connecting.sync_webhooks(shop)
    connecting.first_sync(crystal)
    connecting.first_sync(shop)
    wait_for("the catalogue", lambda: len(town.merchant.shop_products()) == 12, 300)
    return shop


def rampage(town: Town) -> tuple[list[str], int]:
    """Orders and kills for a minute, or until there were enough of both: what was hit,
    how many orders were placed."""
    from tests.chaos.town import Buyers, Killer

    rows = town.merchant.shop_products().values()
    buyers = Buyers(town.merchant, [row["id"] for row in rows])
    killer = Killer(town, seed=len(rows))
    buyers.start()
    begun = time.monotonic()
    killer.rage(SECONDS)
    while (
        buyers.is_alive()
        and (len(killer.hits) < LEAST_KILLS or buyers.placed < LEAST_ORDERS)
        and time.monotonic() - begun < AT_MOST
    ):
        killer.rage(1)
    buyers.ended.set()
    buyers.join(60)
    return killer.hits, buyers.placed


def settled(town: Town, shop: Connection) -> dict[str, int] | None:
    """None while anything is on its way, else how many errors are open per order."""
    if on_its_way():
        return None
    found = told("order")
    arrived = town.merchant.crystal_orders()
    if any(not arrived[n] and not found[n] for n in town.merchant.shop_orders()):
        poll(shop)
        return None
    return Answered(found)


class Answered(dict[str, int]):
    """True even when it is empty."""

    def __bool__(self) -> bool:
        return True


def added_up(town: Town, hits: list[str], placed: int, asked: dict[str, int]) -> Bill:
    from integration.models import WebhookEvent
    from tests.chaos.town import Bill

    arrived = town.merchant.crystal_orders()
    numbers = town.merchant.shop_orders()
    events = WebhookEvent.everywhere.values_list("repeats", flat=True)
    assert town.worker is not None
    return Bill(
        orders=placed,
        accepted=sum(1 + repeats for repeats in events),
        kills=len(hits),
        restarts=town.worker.restarts(),
        lost=sum(1 for n in numbers if not arrived[n] and not asked.get(n)),
        doubled=sum(1 for n in numbers if arrived[n] > 1),
    )
