"""A paid order becomes an invoice, with its contact, its items and its payment."""

from __future__ import annotations

from decimal import Decimal

from tests.bookkeeping import Books

BUYER = {
    "first_name": "Ann",
    "last_name": "Ek",
    "email": "ann@example.com",
    "address_1": "Main street 1",
    "city": "Nelson",
    "postcode": "7010",
    "country": "NZ",
}


def test_what_the_books_lack_is_made_first(books: Books) -> None:
    books.stock("CUP-1", "CUP-2")
    books.open("order", "payment")
    order = books.buy("CUP-1", "CUP-2", billing=BUYER)
    assert books.errors() == []
    [invoice] = books.invoices().values()
    assert invoice["InvoiceNumber"] == order["number"]
    assert Decimal(str(invoice["Total"])) == Decimal(order["total"])
    assert invoice["Status"] == "PAID"
    assert [line["ItemCode"] for line in invoice["LineItems"]] == ["CUP-1", "CUP-2"]
    contacts = [
        row
        for row in books.xero.ledger("contacts")
        if row["EmailAddress"] == BUYER["email"]
    ]
    assert len(contacts) == 1
    assert invoice["Contact"]["ContactID"] == contacts[0]["ContactID"]


def test_a_second_order_of_the_same_people_makes_neither_anew(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order", "payment")
    books.buy("CUP-1", billing=BUYER)
    before = len(books.xero.ledger("contacts")), len(books.xero.ledger("items"))
    books.buy("CUP-1", billing=BUYER)
    after = len(books.xero.ledger("contacts")), len(books.xero.ledger("items"))
    assert before == after
    assert len(books.invoices()) == 2
