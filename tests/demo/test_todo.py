"""What the books ask is shown in people's words, answered, and answered anew."""

from __future__ import annotations

import pytest

from integration.demo import todo
from integration.sandbox.server import SandboxServer
from tests.bookkeeping import Books
from tests.road import Road, clock, road

__all__ = ["clock", "road"]


@pytest.fixture
def books(road: Road, sandbox: SandboxServer) -> Books:
    """A shop whose sales are booked, and nothing is paired yet."""
    found = Books(road, sandbox)
    found.stock("CUP-1")
    return found.open("order", "payment", "refund", paired=False)


def test_the_to_do_names_each_word_and_what_may_be_chosen(books: Books) -> None:
    books.buy("CUP-1")
    invoices = books.routes["invoice"]
    assert todo.used(invoices) == 1
    told = list(todo.lines(invoices))
    assert len(told) == len(set(told)) == 2
    [goods] = [line for line in told if "“goods”" in line]
    assert f"{todo.GOODS} Sales" in goods
    assert "used by 1" in goods


def test_answering_all_of_it_books_what_waited(books: Books) -> None:
    books.buy("CUP-1")
    for route in books.routes.values():
        todo.pair_all(route)
    books.road.settle()
    # What the sale needs first is asked of the shop.
    books.road.later(minutes=1)
    assert len(books.invoices()) == 1
    assert list(todo.lines(books.routes["invoice"])) == []


def test_goods_paired_anew_say_how_many_sales_go_again(books: Books) -> None:
    for route in books.routes.values():
        todo.pair_all(route)
    books.xero.do("archive_account", code=todo.GOODS)
    books.buy("CUP-1")
    assert books.invoices() == {}
    again = (books.routes["invoice"], books.routes["credit_note"])
    assert todo.pair_goods_anew(again) == 1
    books.road.settle()
    [invoice] = books.invoices().values()
    assert {line["AccountCode"] for line in invoice["LineItems"]} == {todo.OTHER_GOODS}
