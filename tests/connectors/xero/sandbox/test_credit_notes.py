"""Credit notes: made, set against invoices, paid back."""

from typing import Any

import pytest

from tests.connectors.xero.sandbox.caller import DAY, Caller, line


def allocate(xero: Caller, note: Any, invoice: Any, amount: float, **more: Any) -> Any:
    element = {
        "Amount": amount,
        "Date": DAY,
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        **more,
    }
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    return xero.call("PUT", path, {"Allocations": [element]})


@pytest.fixture
def invoice(xero: Caller) -> Any:
    return xero.made("Invoices", xero.invoice())


@pytest.fixture
def note(xero: Caller) -> Any:
    return xero.made("CreditNotes", xero.note())


def test_a_credit_note_is_made_and_found_by_id_and_number(
    xero: Caller, note: Any
) -> None:
    assert (note["Total"], note["RemainingCredit"]) == (115, 115)
    for key in (note["CreditNoteID"], "CR-1"):
        assert xero.row(f"CreditNotes/{key}")["Total"] == 115
    assert xero.get("CreditNotes/CR-2").status_code == 404


def test_a_second_put_of_a_number_is_refused(xero: Caller, note: Any) -> None:
    assert "unique" in xero.faults("CreditNotes", xero.note())[0]
    xero.rows_of(xero.post("CreditNotes", xero.note(Reference="again")))
    assert len(xero.ledger()["credit_notes"]) == 1


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"Type": "ACCREC"}, "ACCRECCREDIT"),
        ({"LineItems": [line(DiscountRate=5)]}, "Discounts"),
        ({"LineItems": []}, "line items"),
        ({"LineItems": [line(UnitAmount=-1)]}, "below zero"),
        ({"Status": "PAID"}, "Status"),
    ],
)
def test_a_credit_note_that_breaks_a_rule_is_refused(
    xero: Caller, changes: Any, word: str
) -> None:
    whole = {**xero.note(), **changes}
    assert word in xero.faults("CreditNotes", whole)[0]


def test_an_allocation_takes_from_both_sides(
    xero: Caller, note: Any, invoice: Any
) -> None:
    answer = allocate(xero, note, invoice, 15)
    row = answer.json()["Allocations"][0]
    assert (row["Amount"], row["Invoice"]["InvoiceNumber"]) == (15, "WEFT-1")
    held = xero.row("Invoices/WEFT-1")
    assert (held["AmountCredited"], held["AmountDue"]) == (15, 100)
    assert held["CreditNotes"][0]["AppliedAmount"] == 15
    assert xero.row("CreditNotes/CR-1")["RemainingCredit"] == 100
    allocate(xero, note, invoice, 100)
    assert xero.row("Invoices/WEFT-1")["Status"] == "PAID"
    assert xero.row("CreditNotes/CR-1")["Status"] == "PAID"


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"Amount": 115.01}, "remains"),
        ({"Amount": 0}, "above zero"),
        ({"Date": None}, "Date"),
        ({"Invoice": {}}, "could not be found"),
    ],
)
def test_an_allocation_that_breaks_a_rule_is_refused(
    xero: Caller, note: Any, invoice: Any, more: Any, word: str
) -> None:
    answer = allocate(xero, note, invoice, 1, **more)
    assert answer.status_code == 400
    assert word in answer.text


def test_an_allocation_is_never_above_what_is_due(xero: Caller, invoice: Any) -> None:
    big = xero.note("CR-2", LineItems=[line(UnitAmount=1000)])
    note = xero.made("CreditNotes", big)
    answer = allocate(xero, note, invoice, 116)
    assert "due on the invoice" in answer.text


def test_a_draft_cannot_be_allocated(xero: Caller, invoice: Any) -> None:
    draft = xero.made("CreditNotes", xero.note("CR-2", Status="DRAFT"))
    assert "AUTHORISED" in allocate(xero, draft, invoice, 1).text


def test_only_invoices_of_the_same_contact_are_credited(
    xero: Caller, invoice: Any
) -> None:
    other = {"ContactID": xero.contact("David Smith")}
    note = xero.made("CreditNotes", xero.note("CR-2", Contact=other))
    assert "ContactID" in allocate(xero, note, invoice, 1).text


def test_a_refund_is_a_payment_on_the_note(xero: Caller, note: Any) -> None:
    payment = {
        "CreditNote": {"CreditNoteID": note["CreditNoteID"]},
        "Account": {"Code": "091"},
        "Date": DAY,
        "Amount": 115,
    }
    made = xero.made("Payments", payment)
    assert made["PaymentType"] == "ARCREDITPAYMENT"
    held = xero.row("CreditNotes/CR-1")
    assert (held["Status"], held["RemainingCredit"]) == ("PAID", 0)


def test_a_used_credit_note_cannot_be_voided(
    xero: Caller, note: Any, invoice: Any
) -> None:
    allocate(xero, note, invoice, 1)
    path = f"CreditNotes/{note['CreditNoteID']}"
    assert xero.call("POST", path, {"Status": "VOIDED"}).status_code == 400
    assert xero.call("POST", path, {"Reference": "x"}).status_code == 400
