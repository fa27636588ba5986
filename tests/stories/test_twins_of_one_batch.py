"""An account and a guest of one e-mail, needed at the same moment, are one contact."""

from __future__ import annotations

from integration.sandbox.server import SandboxServer
from tests.bookkeeping import Books
from tests.depot_and_shop import BUYER, Depot
from tests.road import Road

ANN = {"first_name": "Ann", "last_name": "Ek", "email": "ann@example.com"}


def registered(books: Books) -> int:
    """Ann has an account in the shop, and Weft knows of it."""
    made = books.shop_front.do("seed", customers=[{**ANN, "billing": ANN}])
    books.road.read(books.shop, "customers")
    return int(made["customers"][0])


def test_both_orders_of_one_moment_have_one_buyer_in_the_books(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order", "payment")
    key = registered(books)
    books.road.buy("CUP-1", billing=ANN)
    books.road.buy("CUP-1", billing=ANN, customer_id=key)
    books.road.later(hours=2)
    books.road.later(minutes=1)
    called = [
        row["ContactID"]
        for row in books.xero.ledger("contacts")
        if row["EmailAddress"] == ANN["email"]
    ]
    assert len(called) == 1
    assert len(books.invoices()) == 2
    assert books.errors() == []


def test_one_that_is_taken_and_not_to_be_seen_yet_is_waited_for(
    road: Road, sandbox: SandboxServer
) -> None:
    depot = Depot(road, sandbox)
    merchant = depot.in_step()
    depot.galaxy.do("set_settings", customer_seconds=1_000.0)
    made = depot.shop_front.do("seed", customers=[{**BUYER_ACCOUNT, "billing": BUYER}])
    road.read(merchant.shop, "customers")
    sku = next(iter(road.shelf()))
    road.buy(sku, billing=dict(BUYER))
    depot.wait(hours=2)
    road.buy(sku, billing=dict(BUYER), customer_id=made["customers"][0])
    depot.wait(hours=2)
    assert len(depot.galaxy.ledger("customers_posted")) == 1
    assert depot.galaxy.ledger("customers_duplicated") == []


BUYER_ACCOUNT = {"email": BUYER["email"], "first_name": BUYER["first_name"]}
