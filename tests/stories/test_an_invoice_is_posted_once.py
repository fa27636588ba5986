"""Whatever happens on the way, an order is one invoice."""

from __future__ import annotations

import pytest

from tests.bookkeeping import Books


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status_after", "status": 500},
        {"kind": "drop_after"},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 429, "headers": {"Retry-After": "20"}},
    ],
    ids=lambda fault: f"{fault['kind']} {fault.get('status', '')}",
)
def test_an_answer_that_never_came_is_asked_for(
    books: Books, fault: dict[str, object]
) -> None:
    books.stock("CUP-1")
    books.open("order", "payment")
    books.xero.fault(path="/Invoices$", method="PUT", times=1, **fault)
    books.xero.fault(path="/Payments$", method="PUT", times=1, **fault)
    books.buy("CUP-1")
    for _ in range(4):
        books.road.later(minutes=5)
    [invoice] = books.invoices().values()
    assert invoice["Status"] == "PAID"
    assert len(books.xero.ledger("payments")) == 1
    assert books.errors() == []


def test_a_number_of_another_s_is_never_taken_for_ours(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order")
    first = books.buy("CUP-1")
    number = str(int(first["number"]) + 1)
    [invoice] = books.invoices().values()
    books.xero.do("forget_limits")
    made = {**_of_another(invoice["Contact"]["ContactID"]), "InvoiceNumber": number}
    books.post("Invoices", made)
    order = books.road.buy("CUP-1")
    assert order["number"] == number
    books.road.later(hours=2)
    [error] = [each for each in books.errors() if each.kind == "invoice"]
    assert error.code == "number_taken"
    assert len(books.invoices()) == 2
    books.routes["invoice"].options = {"invoice_prefix": "WEB-"}
    books.routes["invoice"].save(update_fields=["options"])
    books.road.later(minutes=1)
    assert f"WEB-{number}" in books.invoices()
    assert books.errors() == []


def _of_another(contact: str) -> dict[str, object]:
    return {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact},
        "Reference": "by hand",
        "LineItems": [
            {
                "Description": "By hand",
                "Quantity": 1,
                "UnitAmount": 3,
                "AccountCode": "200",
            }
        ],
    }


def test_a_closed_period_is_told_in_plain_words(books: Books) -> None:
    books.stock("CUP-1")
    books.open("order")
    books.xero.do("set_lock_date", period="2099-12-31")
    books.buy("CUP-1")
    assert books.invoices() == {}
    [error] = [each for each in books.errors() if each.kind == "invoice"]
    assert "lock" in error.code
    assert error.hint
