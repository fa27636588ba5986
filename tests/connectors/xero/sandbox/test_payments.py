"""Payments: never more than is due, and taken back by their status."""

from typing import Any

import pytest

from tests.connectors.xero.sandbox.caller import DAY, Caller


@pytest.fixture
def invoice(xero: Caller) -> Any:
    return xero.made("Invoices", xero.invoice())


def test_a_payment_of_all_that_is_due_makes_the_invoice_paid(
    xero: Caller, invoice: Any
) -> None:
    made = xero.made("Payments", xero.payment(invoice, 100))
    assert made["PaymentType"] == "ACCRECPAYMENT"
    held = xero.row("Invoices/WEFT-1")
    assert (held["Status"], held["AmountDue"]) == ("AUTHORISED", 15)
    xero.rows_of(xero.post("Payments", xero.payment(invoice, 15)))
    held = xero.row("Invoices/WEFT-1")
    assert (held["Status"], held["AmountPaid"], held["AmountDue"]) == ("PAID", 115, 0)
    assert held["FullyPaidOnDate"] == held["Date"]
    assert len(held["Payments"]) == 2


def test_several_payments_are_put_and_one_is_posted(xero: Caller, invoice: Any) -> None:
    pair = [xero.payment(invoice, 1), xero.payment(invoice, 2)]
    assert len(xero.rows_of(xero.put("Payments", *pair))) == 2
    assert xero.post("Payments", *pair).status_code == 400
    alone = xero.call("POST", "Payments", xero.payment(invoice, 3))
    assert xero.rows_of(alone)[0]["Amount"] == 3


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"Amount": 115.01}, "outstanding"),
        ({"Amount": 0}, "above zero"),
        ({"Invoice": {"InvoiceID": "none"}}, "could not be found"),
        ({"Account": {"Code": "999"}}, "Account could not be found"),
        ({"Account": {"Code": "200"}}, "does not take payments"),
        ({"Account": {}}, "Account could not be found"),
        ({"Date": "soon"}, "Date"),
    ],
)
def test_a_payment_that_breaks_a_rule_is_refused(
    xero: Caller, invoice: Any, changes: Any, word: str
) -> None:
    faults = xero.faults("Payments", xero.payment(invoice, 1, **changes))
    assert len(faults) == 1
    assert word in faults[0]
    assert xero.ledger()["payments"] == []


def test_an_account_that_takes_payments_need_not_be_a_bank(
    xero: Caller, invoice: Any
) -> None:
    payment = xero.payment(invoice, 1, Account={"Code": "611"})
    assert xero.made("Payments", payment)["Account"]["Code"] == "611"


def test_a_draft_cannot_be_paid(xero: Caller) -> None:
    draft = xero.made("Invoices", xero.invoice("D", Status="DRAFT"))
    assert "approved" in xero.faults("Payments", xero.payment(draft, 1))[0]


def test_a_locked_day_takes_no_payment(xero: Caller, invoice: Any) -> None:
    xero.control("set_lock_date", period=DAY)
    assert "lock date" in xero.faults("Payments", xero.payment(invoice, 1))[0]


def test_a_payment_is_taken_back_by_its_status(xero: Caller, invoice: Any) -> None:
    made = xero.made("Payments", xero.payment(invoice, 115))
    path = f"Payments/{made['PaymentID']}"
    assert xero.call("POST", path, {"Status": "AUTHORISED"}).status_code == 400
    gone = xero.rows_of(xero.call("POST", path, {"Status": "DELETED"}))[0]
    assert gone["Status"] == "DELETED"
    held = xero.row("Invoices/WEFT-1")
    assert (held["Status"], held["AmountDue"]) == ("AUTHORISED", 115)
    assert xero.call("POST", path, {"Status": "DELETED"}).status_code == 400
    assert xero.row(path)["Status"] == "DELETED"


def test_a_paid_invoice_is_nearly_frozen(xero: Caller, invoice: Any) -> None:
    xero.made("Payments", xero.payment(invoice, 1))
    path = f"Invoices/{invoice['InvoiceID']}"
    assert xero.call("POST", path, {"Status": "VOIDED"}).status_code == 400
    assert xero.call("POST", path, {"Date": DAY}).status_code == 400
    assert xero.rows_of(xero.call("POST", path, {"Reference": "late"}))


def test_an_invoice_is_paid_from_outside(xero: Caller, invoice: Any) -> None:
    xero.control("pay_invoice", number="WEFT-1", amount="15.00")
    assert xero.row("Invoices/WEFT-1")["AmountDue"] == 100
    xero.control("pay_invoice", number="WEFT-1")
    assert xero.row("Invoices/WEFT-1")["Status"] == "PAID"
