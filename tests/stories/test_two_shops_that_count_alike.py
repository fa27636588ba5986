"""Two shops with the same order numbers share the books, never an invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.engine import connect, pairs, routes
from tests.bookkeeping import CHOSEN, Books
from tests.road import PAID, Platform

if TYPE_CHECKING:
    from integration.models import Connection, Route

ANN = {"first_name": "Ann", "last_name": "Ek", "email": "ann@example.com"}


@pytest.fixture
def other(books: Books, second_shop: Platform) -> Connection:
    """A second shop of the same merchant; both have sold the same for the same."""
    second_shop.do("settings", currency="NZD")
    books.stock("CUP-1")
    books.open("order")
    given = {"url": second_shop.root, "allow_http": True, **second_shop.credentials}
    found = books.road.connect(books.tenant, "woocommerce", given)
    row = {"name": "Mug CUP-1", "sku": "CUP-1", "regular_price": "10.00"}
    second_shop.do("seed", products=[row])
    return found


def route(books: Books, other: Connection, **rules: object) -> Route:
    """The second shop's orders go to the same books."""
    found = routes.add(books.tenant, "order", other, books.books, filters=PAID, **rules)
    connect.first_sync(other)
    books.road.settle()
    for vocabulary, code in CHOSEN["invoice"].items():
        pairs.pair(found, vocabulary, pairs.ANY, code)
    return found


def bought_in_both(books: Books, second_shop: Platform) -> str:
    """The same order in both shops; its number."""
    numbers = set()
    for shop in (books.shop_front, second_shop):
        [mug] = shop.ledger("products")
        line = {"product_id": mug["id"], "quantity": 2}
        body = {"set_paid": True, "payment_method": "bacs", "billing": ANN}
        order = shop.do("order", **body, line_items=[line])
        numbers.add(order["number"])
    [number] = numbers
    books.road.later(hours=2)
    books.road.later(minutes=1)
    return str(number)


def test_the_second_is_told_and_waits(
    books: Books, other: Connection, second_shop: Platform
) -> None:
    route(books, other)
    number = bought_in_both(books, second_shop)
    assert set(books.invoices()) == {number}
    [error] = [each for each in books.errors() if each.kind == "invoice"]
    assert error.code in ("ambiguous", "number_taken")


def test_a_prefix_on_the_route_keeps_them_apart(
    books: Books, other: Connection, second_shop: Platform
) -> None:
    route(books, other, options={"invoice_prefix": "B-"})
    number = bought_in_both(books, second_shop)
    assert set(books.invoices()) == {number, f"B-{number}"}
    assert books.errors() == []
