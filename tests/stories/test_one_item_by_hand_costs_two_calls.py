"""A merchant in a hurry has one item read: two calls at most, and its cost is told."""

from __future__ import annotations

from integration.engine import cost, reread
from integration.models import Link
from integration.sandbox.server import SandboxServer
from tests.bookkeeping import Books
from tests.depot_and_shop import Depot
from tests.road import Road


def test_of_galaxy_the_item_and_its_balance_are_asked_for(
    road: Road, sandbox: SandboxServer
) -> None:
    depot = Depot(road, sandbox)
    merchant = depot.in_step()
    link = Link.everywhere.filter(
        connection=merchant.crystal, kind="product"
    ).select_related("connection")[:1]
    depot.galaxy.forget()
    told = cost.of_links(link)
    reread.links(link)
    road.later(seconds=5)
    made = depot.galaxy.calls("/services/sync/")
    assert len(made) == 2
    assert told.calls == 2


def test_of_the_books_the_whole_list_comes_along(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order")
    books.buy("CUP-1")
    link = Link.everywhere.filter(
        connection=books.books, kind="variant"
    ).select_related("connection")[:1]
    books.xero.forget()
    reread.links(link)
    books.road.settle()
    assert len(books.xero.calls("/Items")) == 1
