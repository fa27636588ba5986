"""Days of a shop whose goods are kept in Galaxy, begun anew after any crash."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.galaxy.lookups import CATEGORIES
from connectors.galaxy.sandbox import PLATFORM as GALAXY
from tests.crashes import steps
from tests.crashes.waiting import hours_later, soon
from tests.depot_and_shop import (
    BUYER,
    GOODS,
    POST_CUSTOMER,
    POST_ENTRY,
    TRADE,
    combinations,
)
from tests.jobs.merchant import PAID, Merchant, lay, poll

if TYPE_CHECKING:
    from integration.models import Connection

# What is shown, and what is shown besides until it is put away.
FOOD, BESIDES = "Τρόφιμα", TRADE
# How many of its items are for sale.
KEPT = 3
# Seconds until Galaxy shows a customer it took: longer than one look takes.
SHOWS = 1.5
OTHER = {**BUYER, "email": "other@example.test", "company": "Άλλος & Σία"}


def depot(merchant: Merchant) -> None:
    """Items and their parts; a customer taken and shown later, one taken without an
    answer, and an entry likewise; a balance told of by a call; a category put away."""
    merchant.heal("galaxy")
    merchant.heal("woocommerce")
    codes = _few_items(merchant)
    galaxy, shop = _connected(merchant)
    steps.first_sync(merchant, galaxy, shop)
    soon()
    _customer_later(merchant, shop, codes[0])
    _unanswered(merchant, shop, codes[1], POST_CUSTOMER, OTHER)
    _unanswered(merchant, shop, codes[2], POST_ENTRY, BUYER)
    _told(merchant, galaxy, codes[0])
    _put_away(merchant, galaxy)


def _few_items(merchant: Merchant) -> list[str]:
    """Few things of two categories are shown, all of them food; their codes."""
    roots = _roots(merchant, FOOD, BESIDES)
    _expose(merchant, *roots)
    customers = {"session_seconds": 1e9, "customer_seconds": SHOWS}
    merchant.control("galaxy", "set_settings", entries_readable=True, **customers)
    kept: list[dict[str, Any]] = []
    for row in merchant.ledger("galaxy")["items"]:
        under = {each["CategoryRootID"] for each in row["ItemCategories"]}
        if under == {roots[0]} and not combinations(row) and len(kept) < KEPT:
            kept.append(row)
        elif row["active"] and under & {*roots}:
            merchant.control("galaxy", "deactivate_item", id=row["ID"])
    return [row["Code"] for row in kept]


def _roots(merchant: Merchant, *names: str) -> list[str]:
    rows = merchant.ledger("galaxy")["itemcategories"]
    by_name = {row["Description"]: row["ID"] for row in rows}
    return [by_name[name] for name in names]


def _expose(merchant: Merchant, *roots: str) -> None:
    scenario = GALAXY.credentials["web_scenario"]
    merchant.control("galaxy", "expose", id=scenario, categories=list(roots))


def _connected(merchant: Merchant) -> tuple[Connection, Connection]:
    keys = GALAXY.credentials
    galaxy = steps.account(
        "galaxy",
        base_url=f"{merchant.url}/galaxy",
        username=keys["username"],
        password=keys["password"],
        web_scenario=keys["web_scenario"],
        allow_http=True,
        calls_per_second=1000,
        order_lookup=True,
        # Somewhere a shop can fetch pictures by their id.
        image_base_url=f"{merchant.url}/crystal/files/{{id}}.png",
    )
    shop = steps.shop(merchant)
    for kind in GOODS:
        lay(galaxy, shop, kind)
    lay(shop, galaxy, "order", filters=PAID)
    return galaxy, shop


def _customer_later(merchant: Merchant, shop: Connection, code: str) -> None:
    """A buyer nobody knows: Galaxy takes the customer and shows it after a while."""
    order = steps.bought(merchant, code, "of a new customer", billing=dict(BUYER))
    poll(shop)
    soon()
    _shown(merchant, order)


def _unanswered(
    merchant: Merchant, shop: Connection, code: str, path: str, buyer: Mapping[str, str]
) -> None:
    """Galaxy does what it is asked and gives no answer."""
    note = f"without an answer to {path}"
    order = steps.bought(merchant, code, note, billing=dict(buyer))
    if not _entered(merchant, order):
        merchant.fault("galaxy", "drop_after", "POST", path)
    poll(shop)
    soon()
    merchant.heal("galaxy")
    _shown(merchant, order)


def _shown(merchant: Merchant, order: dict[str, Any]) -> None:
    """Galaxy has had the time it takes, and the order is looked at again."""
    while merchant.ledger("galaxy")["customers_waiting"]:
        time.sleep(0.1)
    soon()
    if not _entered(merchant, order):
        hours_later()


def _entered(merchant: Merchant, order: dict[str, Any]) -> bool:
    rows = merchant.ledger("galaxy")["entries"]
    return any(row["docid"] == order["number"] for row in rows)


def _told(merchant: Merchant, galaxy: Connection, code: str) -> None:
    """A balance changes; Galaxy calls about it twice, and about a list that Weft read
    once and reads no more."""
    from django.test import Client
    from django.utils import timezone

    from integration.models import WebhookEvent

    merchant.control("galaxy", "change_balance", code=code, balance=4321)
    galaxy.refresh_from_db()
    door = f"/hooks/{galaxy.pk}/{galaxy.hook_token}/"
    for name in ("items", "itembalances"):
        assert Client().post(f"{door}{name}").status_code == 200
    WebhookEvent.everywhere.get_or_create(
        tenant=galaxy.tenant,
        connection=galaxy,
        stream="formerly",
        defaults={"received_at": timezone.now()},
    )
    soon()


def _put_away(merchant: Merchant, galaxy: Connection) -> None:
    """One of the two categories is shown no more."""
    from integration.contract.messages import Everything
    from integration.engine.selection import ask

    _expose(merchant, *_roots(merchant, FOOD))
    ask(galaxy, CATEGORIES, Everything(), cause="manual")
    soon()
