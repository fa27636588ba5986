"""An order given back whole: people are told where Weft does not credit it itself."""

from __future__ import annotations

from tests.bookkeeping import Books


def given_back(books: Books, *kinds: str) -> Books:
    """One order booked, then all of it paid back."""
    books.stock("CUP-1")
    books.open(*kinds)
    order = books.buy("CUP-1")
    assert len(books.invoices()) == 1
    books.shop_front.do("refund", id=order["id"], amount=order["total"])
    books.road.later(hours=2)
    return books


def test_a_credit_note_leaves_nothing_to_do_by_hand(books: Books) -> None:
    given_back(books, "order", "payment", "refund")
    assert len(books.xero.ledger("credit_notes")) == 1
    assert books.errors() == []


def test_without_one_a_person_is_asked(books: Books) -> None:
    given_back(books, "order", "payment")
    assert books.xero.ledger("credit_notes") == []
    assert [error.code for error in books.errors()] == ["undone_after_sending"]
