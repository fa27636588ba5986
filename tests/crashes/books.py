"""Days of a shop whose sales are booked in Xero, begun anew after any crash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.xero.sandbox import PLATFORM as XERO
from tests.bookkeeping import CHOSEN
from tests.crashes import steps
from tests.crashes.waiting import soon
from tests.jobs.merchant import PAID, Merchant, lay, poll, work_through

if TYPE_CHECKING:
    from integration.models import Connection

ROUTES: Mapping[str, Mapping[str, Any]] = {
    "order": {"filters": PAID},
    "payment": {},
    "refund": {},
}
ANN = {"first_name": "Ann", "last_name": "Ek", "email": "ann@example.com"}
BEA = {"first_name": "Bea", "last_name": "Falk", "email": "bea@example.com"}
ACTIVE = "ACTIVE"


def books(merchant: Merchant) -> None:
    """A sale nobody has the words for, put on hold and released; twins; goods sold
    before Weft has seen them, one never; a refund; buyers merged in the books."""
    shop, accounts = _opened(merchant)
    steps.first_sync(merchant, accounts, shop)
    _sold(merchant, "CUP-1")
    first = steps.bought(merchant, "CUP-1", "before the words", billing=ANN)
    steps.polled(shop)
    _held_and_released()
    _twins(merchant, shop)
    _sold(merchant, "CUP-2", "CUP-3")
    steps.bought(merchant, "CUP-2", "of what is new", billing=BEA)
    steps.bought(merchant, "CUP-3", "of what has gone", billing=BEA)
    _taken_off(merchant, shop, "CUP-3")
    poll(shop)
    soon()
    _paid_back(merchant, first)
    steps.polled(shop)
    _merged(merchant, accounts)
    for buyer in (ANN, BEA):
        steps.bought(merchant, "CUP-1", f"{buyer['email']} again", billing=buyer)
    poll(shop)
    soon()


def _opened(merchant: Merchant) -> tuple[Connection, Connection]:
    """The shop, the books, and the routes between them."""
    for platform in ("woocommerce", "xero"):
        merchant.heal(platform)
    merchant.control("woocommerce", "settings", currency="NZD")
    limits = {"minute_limit": 10_000, "day_limit": 100_000}
    merchant.control("xero", "set_settings", latency=0, **limits)
    keys, root = XERO.credentials, f"{merchant.url}/xero"
    shop = steps.shop(merchant)
    accounts = steps.account(
        "xero",
        sign_in="custom connection",
        client_id=keys["custom_client_id"],
        client_secret=keys["custom_client_secret"],
        calls_per_minute=10_000,
        calls_per_day=100_000,
        **dict.fromkeys(("base_url", "login_url", "identity_url"), root),
    )
    for kind, rules in ROUTES.items():
        lay(shop, accounts, kind, **rules)
    return shop, accounts


def _sold(merchant: Merchant, *skus: str) -> None:
    """The shop sells these, or has sold them."""
    there = merchant.shop_products()
    wares = [
        {"name": f"Mug {sku}", "sku": sku, "regular_price": "10.00"}
        for sku in skus
        if sku not in there
    ]
    merchant.control("woocommerce", "seed", products=wares)


def _held_and_released() -> None:
    """A person puts aside what has no words yet, finds them, and lets it go."""
    from integration.engine import pairs, steer
    from integration.models import Delivery, Route

    invoices = Delivery.everywhere.filter(kind="invoice")
    steer.hold(invoices.filter(state="refused", code="unpaired"))
    work_through()
    for route in Route.everywhere.all():
        for vocabulary, code in CHOSEN.get(route.writes, {}).items():
            pairs.pair(route, vocabulary, pairs.ANY, code)
    steer.release(invoices)
    soon()


def _twins(merchant: Merchant, shop: Connection) -> None:
    """One buys with her account and as a guest at the same moment."""
    from integration.contract.messages import Changed
    from integration.engine.selection import ask

    twin = {"first_name": "Tea", "last_name": "Gran", "email": "tea@example.com"}
    key = _registered(merchant, twin)
    ask(shop, "customers", Changed(), cause="manual")
    work_through()
    steps.bought(merchant, "CUP-1", "as a guest", billing=twin)
    steps.bought(merchant, "CUP-1", "with an account", billing=twin, customer_id=key)
    poll(shop)
    soon()


def _registered(merchant: Merchant, buyer: Mapping[str, str]) -> int:
    """The number of a buyer's account in the shop, opened unless it was."""
    for row in merchant.ledger("woocommerce")["customers"]:
        if row["email"] == buyer["email"]:
            return int(row["id"])
    row = {**buyer, "billing": dict(buyer)}
    made = merchant.control("woocommerce", "seed", customers=[row])
    return int(made["customers"][0])


def _taken_off(merchant: Merchant, shop: Connection, sku: str) -> None:
    """The shop's owner throws a product away for good."""
    from integration.engine.session import Session

    row = merchant.shop_products().get(sku)
    if row is not None:
        client = Session(shop).client
        client.send("DELETE", f"products/{row['id']}", params={"force": "true"})


def _paid_back(merchant: Merchant, order: Mapping[str, Any]) -> None:
    """The shop gives half of an order's price back, unless it did."""
    if not merchant.ledger("woocommerce")["refunds"]:
        merchant.control("woocommerce", "refund", id=order["id"], amount="5.00")


def _merged(merchant: Merchant, accounts: Connection) -> None:
    """Somebody joins the buyers with contacts of their own: one Weft knows, one not."""
    from integration.contract.messages import Changed, Everything, These
    from integration.engine.selection import ask

    _contact(merchant, "Ek & Sons")
    ask(accounts, "contacts", Everything(), cause="manual")
    work_through()
    _contact(merchant, "Falk & Sons")
    for buyer, into in ((ANN, "Ek & Sons"), (BEA, "Falk & Sons")):
        for row in _contacts(merchant, EmailAddress=buyer["email"]):
            contact = row["ContactID"]
            if row["ContactStatus"] == ACTIVE:
                both = {"contact": contact, "into": into}
                merchant.control("xero", "merge_contacts", **both)
            # Asked for alone: the other one is not seen yet.
            ask(accounts, "contacts", These((contact,)), cause="manual")
            work_through()
    ask(accounts, "contacts", Changed(), cause="manual")
    work_through()


def _contact(merchant: Merchant, name: str) -> None:
    if not _contacts(merchant, Name=name):
        merchant.control("xero", "add_contact", Name=name)


def _contacts(merchant: Merchant, **like: str) -> list[dict[str, Any]]:
    """The contacts with these values, those put away as well."""
    rows = merchant.ledger("xero")["contacts"]
    return [row for row in rows if like.items() <= row.items()]
