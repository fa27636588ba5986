"""What nobody has said the books' word for waits without trying, and is a to-do."""

from __future__ import annotations

from integration.engine import pairs
from tests.bookkeeping import Books


def owed(books: Books) -> set[tuple[str, str]]:
    route = books.routes["invoice"]
    return {(row.vocabulary.key, row.word) for row in pairs.words(route) if row.owed}


def test_it_is_one_error_and_no_call(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order", paired=False)
    books.buy("CUP-1")
    books.road.later(hours=20)
    assert books.invoices() == {}
    assert books.xero.calls("/Invoices") == []
    [delivery] = books.deliveries("invoice")
    assert (delivery.state, delivery.code, delivery.wait_reason) == (
        "refused",
        "unpaired",
        "",
    )
    [error] = [each for each in books.errors() if each.kind == "invoice"]
    assert (error.code, error.who) == ("unpaired", "connection")


def test_the_to_do_names_every_word_and_what_may_be_chosen(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order", paired=False)
    books.buy("CUP-1")
    assert owed(books) == {("tax", "untaxed"), ("account", "goods")}
    route = books.routes["invoice"]
    [accounts] = [each for each in pairs.vocabularies(route) if each.key == "account"]
    codes = {entry.code for entry in pairs.choices(route, accounts)}
    assert "200" in codes
    assert "090" not in codes


def test_setting_the_last_pair_posts_it_at_once(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order", paired=False)
    books.buy("CUP-1")
    route = books.routes["invoice"]
    pairs.pair(route, "tax", "untaxed", "NONE")
    books.road.settle()
    assert books.invoices() == {}
    [error] = [each for each in books.errors() if each.kind == "invoice"]
    assert error.field == "account.goods"
    pairs.pair(route, "account", "goods", "200")
    books.road.settle()
    books.road.later(minutes=1)
    assert len(books.invoices()) == 1
    assert owed(books) == set()
    assert books.errors() == []
