"""A shop's orders are posted to Galaxy while answers are lost and processes killed.

Galaxy knows no repeat, and its documents cannot be looked up here. Counted in its
ledger: no order and no buyer stands there twice, and an order whose answer was lost
has exactly one open error; it is never sent again by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connectors.galaxy.sandbox import PLATFORM
from tests.chaos.counting import (
    check_the_books,
    linked,
    more_than_once,
    on_its_way,
    told,
)
from tests.chaos.crowd import Crowd
from tests.chaos.ledgers import Opening
from tests.chaos.weather import Trouble, Weather, played
from tests.jobs.merchant import PAID, lay, wait_for

if TYPE_CHECKING:
    from integration.models import Connection
    from tests.chaos.town import Killer, Town

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
ORDERS, BUYERS = 60, 20
A_SECOND = 3.0
# Seconds between two kills; mostly of who has a post in hand. The shop is only asked
# where a cluster lives for half a minute.
KILLS, VICTIMS = (6.0, 15.0), {"busy": 80, "parent": 10, "group": 10}
SETTLED_WITHIN = 900
# Faults and kills go on until this share of the orders has come to an end.
STORMY = 0.9
# What goes to Galaxy; some of its goods are none the shop can have.
SOLD = ("customer", "order")
PIRAEUS = {
    "address_1": "Ερμού 1",
    "city": "Πειραιάς",
    "postcode": "18538",
    "country": "GR",
}
POSTED = "actions/post"
GALAXY = (
    Trouble(5, "status", POSTED, {"status": 503}),
    Trouble(6, "timeout_after", POSTED, {"delay": 2.0}),
    Trouble(6, "drop_after", POSTED),
    Trouble(4, "status_after", POSTED, {"status": 502}),
    Trouble(3, "drop_after", "services/sync"),
)
SESSIONS: tuple[tuple[str, dict[str, Any]], ...] = (("expire_sessions", {}),)


@pytest.fixture
def town(tmp_path: Path, settings: Any) -> Iterator[Town]:
    from tests.chaos.town import Town

    found = Town(tmp_path)
    settings.WEFT_PUBLIC_URL = found.address
    try:
        yield found
    finally:
        found.close()


def test_every_order_is_posted_once_or_a_person_is_asked(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.chaos.town import Killer

    galaxy, crowd = opened(town)
    killer = Killer(town, ORDERS, KILLS, VICTIMS)
    weather = Weather(town.merchant, "galaxy", GALAXY, SESSIONS)
    for thread in (weather, crowd):
        thread.start()
    wait_for("most to be posted", lambda: raged(killer, galaxy), SETTLED_WITHIN)
    weather.clear()
    wait_for("all to be settled", lambda: settled(galaxy, crowd), SETTLED_WITHIN)

    held = town.merchant.ledger("galaxy")
    arrived = Counter(entry["docid"] for entry in held["entries"])
    asked = told("order")
    with capsys.disabled():
        print(f"\nchaos (entries): orders {len(crowd.numbers)}, ", end="")
        print(f"posted {arrived.total()}, asked {asked.total()}, ", end="")
        print(f"kills {len(killer.hits)}, customers {len(held['customers_posted'])}")
        print(f"  went wrong: {dict(played(town.merchant, 'galaxy'))}")
    assert len(crowd.numbers) == ORDERS
    assert held["entries_duplicated"] == {}
    assert held["customers_duplicated"] == []
    assert more_than_once(asked) == {}
    assert set(asked) <= set(crowd.numbers)
    assert [n for n in crowd.numbers if not arrived[n] and not asked[n]] == []
    assert told(*SOLD) == asked
    check_the_books()


def opened(town: Town) -> tuple[Connection, Crowd]:
    """All processes up, Galaxy's goods in the shop, orders going the other way."""
    from integration.engine import connect
    from integration.models import Route

    town.merchant.control("woocommerce", "settings", currency="EUR")
    opening = Opening(town.merchant)
    given = {
        "base_url": f"{town.merchant.url}/galaxy",
        "username": PLATFORM.credentials["username"],
        "password": PLATFORM.credentials["password"],
        "web_scenario": PLATFORM.credentials["web_scenario"],
        "allow_http": True,
        "calls_per_second": 1000,
    }
    galaxy, shop = opening.account("galaxy", given), opening.shop()
    lay(galaxy, shop, "product")
    lay(galaxy, shop, "price")
    lay(shop, galaxy, "order", policy="create_only", filters=PAID)
    Route.everywhere.filter(kind="order").update(every=5)
    town.open()
    connect.first_sync(galaxy)
    connect.first_sync(shop)
    wait_for("the goods", lambda: not on_its_way("product"), 300)
    crowd = Crowd(
        town.merchant, orders=ORDERS, buyers=BUYERS, a_second=A_SECOND, place=PIRAEUS
    )
    crowd.move_in(goods(town))
    return galaxy, crowd


def goods(town: Town) -> list[int]:
    """The shop's simple products, by their ids."""
    rows = town.merchant.ledger("woocommerce")["products"]
    return [
        row["id"]
        for row in rows
        if row["type"] == "simple" and row["sku"] and row["regular_price"]
    ]


def raged(killer: Killer, galaxy: Connection) -> bool:
    """Some seconds of kills; whether most orders have come to an end by then."""
    killer.rage(3)
    return ended(galaxy) >= STORMY * ORDERS


def ended(galaxy: Connection) -> int:
    """How many orders are posted, or told of."""
    return linked(galaxy, "order") + len(told("order"))


def settled(galaxy: Connection, crowd: Crowd) -> bool:
    """Whether nothing is on its way and every order is posted or told of."""
    if on_its_way(*SOLD):
        return False
    return ended(galaxy) >= len(crowd.numbers)
