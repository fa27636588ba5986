"""A shop's orders become invoices and payments while nearly everything goes wrong.

Platforms throttle, stumble, answer late or not at all, tokens end, and Weft's
processes are killed. Counted in the platforms' ledgers: every order has its invoice
and its payment once, and no window of calls was ever exceeded. `WEFT_CHAOS_ORDERS`
says how many orders; on the database DATABASE_URL names.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.chaos.counting import (
    check_the_books,
    linked,
    more_than_once,
    on_its_way,
    told,
)
from tests.chaos.crowd import Crowd
from tests.chaos.ledgers import Booked, Opening, lay_routes, pair_words, sold_for
from tests.chaos.weather import Trouble, Weather, played
from tests.jobs.merchant import wait_for

if TYPE_CHECKING:
    from integration.models import Connection
    from tests.chaos.town import Killer, Town

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
ORDERS = int(os.environ.get("WEFT_CHAOS_ORDERS", "300"))
BUYERS = max(60, ORDERS // 20)
A_SECOND = 12.0
# A minute of Xero's passes in six seconds.
SCALE = 10.0
# Faults and kills go on until this share of the orders is booked.
STORMY = 0.9
AT_MOST = 1700
# Seconds between two kills, two ends of tokens or own stumblings of Xero.
KILLS, CALM = (12.0, 40.0), (5.0, 15.0)

API = "api.xro"
WRITTEN = "api.xro/2.0/(Invoices|Payments|Contacts|Items)"
THROTTLED = {"Retry-After": "1", "X-Rate-Limit-Problem": "minute"}
# Of all calls that write, one in twelve fails: each failure halves a batch, and each
# success lets it grow by a quarter, so with one in four nothing large would be sent.
XERO = (
    Trouble(2, "status", API, {"status": 429, "headers": THROTTLED}),
    Trouble(1, "status", API, {"status": 503}),
    Trouble(5, "status", "connect/token", {"status": 503}),
    Trouble(1.5, "status_after", WRITTEN, {"status": 502}),
    Trouble(0.5, "timeout_before", API, {"delay": 1.0}),
    Trouble(1, "timeout_after", WRITTEN, {"delay": 1.0}),
    Trouble(0.1, "timeout_after", WRITTEN, {"delay": 40.0}),
    Trouble(1.5, "drop_after", WRITTEN),
    Trouble(0.5, "truncate", API),
)
XERO_ITSELF: tuple[tuple[str, dict[str, Any]], ...] = (
    ("expire_access_tokens", {}),
    ("server_error", {"after": False}),
    ("server_error", {"after": True}),
)
SHOP = (
    Trouble(2, "status", "orders", {"status": 500}),
    Trouble(2, "drop_after", "orders"),
    Trouble(1, "truncate", "orders"),
)


class Bill(NamedTuple):
    """What the walk came to."""

    orders: int
    invoices: int
    payments: int
    contacts: int
    lost: int
    doubled: int
    asked: int
    kills: int
    restarts: int
    faults: int
    refreshes: int
    calls: int
    seconds: int

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in self._asdict().items())


@pytest.fixture
def town(tmp_path: Path, settings: Any) -> Iterator[Town]:
    from tests.chaos.town import Town

    found = Town(tmp_path, SCALE)
    settings.WEFT_PUBLIC_URL = found.address
    try:
        yield found
    finally:
        found.close()


def test_every_order_is_booked_and_paid_once_whatever_goes_wrong(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.chaos.town import Killer

    crowd, books = opened(town)
    killer = Killer(town, ORDERS, KILLS)

    begun = time.monotonic()
    storm(town, crowd, killer, books)
    asked = calmed(town, crowd, books)
    seconds = time.monotonic() - begun

    booked = Booked(town.merchant)
    bill = added_up(town, crowd, killer, booked, asked, seconds)
    with capsys.disabled():
        print(f"\nchaos (invoices): {bill}")
        print(f"  killed: {dict(Counter(killer.hits))}")
        print(f"  went wrong: {dict(played(town.merchant, 'xero'))}")
    check_the_ledgers(town, crowd, booked)
    check_the_books()


def opened(town: Town) -> tuple[Crowd, Connection]:
    """All processes up, both platforms connected, every word paired."""
    from integration.engine import connect

    crowd = Crowd(town.merchant, orders=ORDERS, buyers=BUYERS, a_second=A_SECOND)
    town.merchant.control("woocommerce", "settings", currency="NZD")
    crowd.move_in()
    opening = Opening(town.merchant)
    shop, books = opening.shop(), opening.books(SCALE)
    lay_routes(shop, books, every=10)
    town.open()
    connect.first_sync(books)
    connect.first_sync(shop)
    wait_for("the first reads", lambda: not on_its_way(), 180)
    pair_words(books)
    return crowd, books


def storm(town: Town, crowd: Crowd, killer: Killer, books: Connection) -> None:
    """Orders, faults, ended tokens and kills, until most of it is booked."""
    winds = [
        Weather(town.merchant, "xero", XERO, XERO_ITSELF, CALM),
        Weather(town.merchant, "woocommerce", SHOP),
    ]
    for thread in (crowd, *winds):
        thread.start()
    begun = time.monotonic()
    while linked(books, "invoice") < STORMY * ORDERS:
        killer.rage(5)
        assert time.monotonic() < begun + AT_MOST, "too little was booked in time"
    crowd.join(AT_MOST)
    for wind in winds:
        wind.clear()


def calmed(town: Town, crowd: Crowd, books: Connection) -> int:
    """When all has come to rest: how much a person was asked about; they retry it."""
    from integration.engine import steer
    from integration.models import Delivery

    wait_for("all to be settled", lambda: settled(crowd, books), AT_MOST)
    asked = told()
    if asked:
        steer.retry(Delivery.everywhere.exclude(state__in=("done", "closed")))
        wait_for("all to be posted", lambda: settled(crowd, books), 300)
    return asked.total()


def settled(crowd: Crowd, books: Connection) -> bool:
    """Whether nothing is on its way and every order is booked or told of."""
    if on_its_way():
        return False
    known = linked(books, "invoice") + len(told("invoice"))
    return known >= len(crowd.numbers)


def added_up(
    town: Town,
    crowd: Crowd,
    killer: Killer,
    booked: Booked,
    asked: int,
    seconds: float,
) -> Bill:
    assert town.worker is not None
    ours = [booked.invoices[number] for number in crowd.numbers]
    return Bill(
        orders=len(crowd.numbers),
        invoices=sum(ours),
        payments=sum(booked.payments[number] for number in crowd.numbers),
        contacts=len(booked.contacts),
        lost=ours.count(0),
        doubled=len(more_than_once(booked.invoices)),
        asked=asked,
        kills=len(killer.hits),
        restarts=town.worker.restarts(),
        faults=played(town.merchant, "xero").total(),
        refreshes=booked.refreshes,
        calls=len(town.merchant.calls("xero")),
        seconds=round(seconds),
    )


def check_the_ledgers(town: Town, crowd: Crowd, booked: Booked) -> None:
    """Each thing once, each sum right, no window exceeded, nobody left to be asked."""
    numbers = set(crowd.numbers)
    assert len(numbers) == ORDERS
    assert numbers - set(booked.invoices) == set()
    assert more_than_once(booked.invoices) == {}
    assert booked.duplicated == {"invoices": {}, "credit_notes": {}, "references": {}}
    assert {email: booked.contacts[email] for email in crowd.emails} == dict.fromkeys(
        crowd.emails, 1
    )
    assert more_than_once(booked.contacts) == {}
    assert more_than_once(booked.items) == {}
    assert {number: booked.payments[number] for number in numbers} == dict.fromkeys(
        numbers, 1
    )
    assert numbers <= booked.paid
    assert {number: booked.totals[number] for number in numbers} == sold_for(
        town.merchant
    )
    assert booked.over_budget == {}
    assert told() == {}
