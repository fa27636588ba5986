"""Who buys as a guest, with an account, or was in the books before, is one contact."""

from __future__ import annotations

from typing import Any

from tests.bookkeeping import Books
from tests.road import Row

ANN = {"first_name": "Ann", "last_name": "Ek", "email": "Ann@Example.com"}


def called(books: Books, email: str = "ann@example.com") -> list[Row]:
    """The contacts with this e-mail."""
    rows = books.xero.ledger("contacts")
    return [row for row in rows if row.get("EmailAddress", "").lower() == email]


def buyers(books: Books) -> set[str]:
    return {row["Contact"]["ContactID"] for row in books.invoices().values()}


def registered(books: Books) -> int:
    """Ann has an account in the shop."""
    row = {"email": "ann@example.com", "first_name": "Ann"}
    books.shop_front.do("seed", customers=[row])
    [ann] = [
        each
        for each in books.shop_front.ledger("customers")
        if each["email"] == row["email"]
    ]
    return int(ann["id"])


def test_a_guest_who_was_in_the_books_is_found_there_and_left_as_she_is(
    books: Books,
) -> None:
    books.xero.do(
        "add_contact", Name="Ann of old", EmailAddress="ann@example.com", TaxNumber="7"
    )
    books.stock("CUP-1")
    books.open("order")
    books.buy("CUP-1", billing=ANN)
    [ann] = called(books)
    assert (ann["Name"], ann["TaxNumber"]) == ("Ann of old", "7")
    assert buyers(books) == {ann["ContactID"]}


def test_a_guest_and_an_account_with_one_address_are_one_contact(books: Books) -> None:
    books.stock("CUP-1")
    key = registered(books)
    books.open("order", "customer")
    books.buy("CUP-1", billing=ANN)
    books.buy("CUP-1", billing=ANN, customer_id=key)
    books.buy("CUP-1", billing=ANN)
    [ann] = called(books)
    assert buyers(books) == {ann["ContactID"]}
    assert len(books.invoices()) == 3
    assert books.errors() == []


def test_a_customers_data_is_never_written_over(books: Books) -> None:
    books.stock("CUP-1")
    key = registered(books)
    books.open("order", "customer")
    books.buy("CUP-1", billing=ANN, customer_id=key)
    [ann] = called(books)
    books.xero.do("edit_contact", contact=ann["ContactID"], Name="Mrs Ek")
    books.shop_front.do("edit", kind="customer", id=key, changes={"first_name": "Anna"})
    books.road.later(hours=3)
    books.buy("CUP-1", billing={**ANN, "first_name": "Anna"}, customer_id=key)
    [ann] = called(books)
    assert ann["Name"] == "Mrs Ek"
    assert len(books.invoices()) == 2


def test_guests_may_share_the_account_a_merchant_names(books: Books) -> None:
    books.xero.do("add_contact", Name="Web sales")
    books.books.settings["guest_contact"] = "Web sales"
    books.books.save()
    books.stock("CUP-1")
    books.open("order", missing="guest")
    books.buy("CUP-1", billing=ANN)
    assert books.errors() == []
    assert called(books) == []
    [invoice] = books.invoices().values()
    assert invoice["Contact"]["Name"] == "Web sales"


def test_an_order_without_any_address_says_so(
    books: Books, mailoutbox: list[Any]
) -> None:
    books.stock("CUP-1")
    books.open("order")
    books.buy("CUP-1", billing={"first_name": "Ann"})
    assert books.invoices() == {}
    [error] = [each for each in books.errors() if each.kind == "invoice"]
    assert error.hint
    assert len(mailoutbox) == 1
