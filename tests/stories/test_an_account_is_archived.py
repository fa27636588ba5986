"""The books refuse an invoice: people are told, the clock tries, a pair mends it."""

from __future__ import annotations

from typing import Any

from integration.engine import pairs
from tests.bookkeeping import Books


def refused(books: Books) -> Books:
    """Two invoices refused since their account was archived."""
    books.stock("CUP-1")
    books.open("order", "payment")
    books.xero.do("archive_account", code="200")
    books.buy("CUP-1")
    books.road.buy("CUP-1")
    books.road.later(hours=2)
    assert books.invoices() == {}
    return books


def test_one_mail_names_both_and_says_what_to_do(
    books: Books, mailoutbox: list[Any]
) -> None:
    refused(books)
    errors = [each for each in books.errors() if each.kind == "invoice"]
    assert {each.code for each in errors} == {"account_archived"}
    assert len({(each.code, each.field) for each in errors}) == 1
    assert "200" in errors[0].message
    assert errors[0].hint
    assert len(mailoutbox) == 1


def test_the_ladder_tries_and_gives_up_in_the_end(books: Books) -> None:
    refused(books)
    first = [each.attempts for each in books.deliveries("invoice")]
    books.road.later(hours=10)
    assert [each.attempts for each in books.deliveries("invoice")] > first
    for _ in range(16):
        books.road.later(hours=5)
    assert {each.state for each in books.deliveries("invoice")} == {"gave_up"}
    tried = len(books.xero.writes())
    books.road.later(hours=48)
    assert len(books.xero.writes()) == tried


def test_a_changed_pair_sends_them_at_once_and_their_payments_after_them(
    books: Books, mailoutbox: list[Any]
) -> None:
    refused(books)
    waited = pairs.pair(books.routes["invoice"], "account", pairs.ANY, "260")
    books.road.settle()
    assert waited == 2
    invoices = books.invoices()
    assert len(invoices) == 2
    assert {row["Status"] for row in invoices.values()} == {"PAID"}
    assert books.errors() == []
    assert {
        line["AccountCode"] for row in invoices.values() for line in row["LineItems"]
    } == {"260"}
    assert len(mailoutbox) == 2


def test_what_was_given_up_goes_as_well(books: Books) -> None:
    refused(books)
    for _ in range(18):
        books.road.later(hours=5)
    assert {each.state for each in books.deliveries("invoice")} == {"gave_up"}
    pairs.pair(books.routes["invoice"], "account", pairs.ANY, "260")
    books.road.settle()
    assert len(books.invoices()) == 2
    assert books.errors() == []
