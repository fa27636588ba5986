"""Who buys with an account, and as a guest of the same e-mail, is one contact."""

from __future__ import annotations

import pytest

from tests.bookkeeping import Books

BUYER = {
    "first_name": "Ann",
    "last_name": "Ek",
    "email": "ann@example.test",
    "address_1": "Main street 1",
    "city": "Nelson",
    "postcode": "7010",
    "country": "NZ",
}
OTHER = {**BUYER, "first_name": "Bo", "email": "bo@example.test"}


def test_bought_twice_before_the_next_look_makes_one_contact(books: Books) -> None:
    bought_as_both(books)
    books.road.later(hours=2)
    books.road.later(minutes=1)
    assert_one_contact(books)


def test_where_the_route_goes_by_account_numbers_they_are_two(books: Books) -> None:
    """Offices share an e-mail: the merchant says what tells people apart."""
    books.route("customer", policy="link_only", match=["account_number"])
    bought_as_both(books)
    for _ in range(3):
        books.road.later(hours=2)
    assert books.errors() == []
    assert len(books.invoices()) == 3
    emails = [row["EmailAddress"] for row in books.xero.ledger("contacts")]
    assert emails.count(BUYER["email"]) == 2


@pytest.mark.parametrize("after", [False, True], ids=["not done", "done"])
def test_a_lost_answer_makes_no_second_contact(books: Books, after: bool) -> None:
    bought_as_both(books)
    books.xero.do("server_error", after=after)
    books.road.later(hours=2)
    for _ in range(4):
        books.road.later(minutes=10)
    assert_one_contact(books)


def bought_as_both(books: Books) -> None:
    """The accounts are known, one of them bought; then both orders come at once."""
    books.stock("CUP-1")
    rows = [{**each, "username": each["first_name"]} for each in (BUYER, OTHER)]
    made = books.road.front.do("seed", customers=rows)
    books.open("order", "payment")
    ann, bo = made["customers"]
    books.buy("CUP-1", billing=OTHER, customer_id=bo)
    for account in (ann, 0):
        books.road.buy("CUP-1", billing=BUYER, customer_id=account)


def assert_one_contact(books: Books) -> None:
    assert books.errors() == []
    assert len(books.invoices()) == 3
    emails = [row["EmailAddress"] for row in books.xero.ledger("contacts")]
    assert emails.count(BUYER["email"]) == 1
