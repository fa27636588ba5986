"""What is written to Xero: once, to the end, and said when it is not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import responses

from connectors.xero import CONNECTOR
from connectors.xero.client import Client
from connectors.xero.writer import Writer
from integration.canonical.catalog import Price, Variant
from integration.canonical.kinds import Kind
from integration.canonical.values import Money, Ref
from integration.contract.messages import Action, Found, Outgoing, Wanted
from integration.errors import BadConfig, BadRecord, Transient, Unknown, Unsupported
from integration.http.auth import NoAuth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from tests.connectors.xero.books import (
    Books,
    buyer,
    changed,
    code_of,
    line,
    payment,
    refund,
    sale,
)
from tests.connectors.xero.subject import MUG

ROOT = "https://api.xero.com"


def found(books: Books, record: Any, uid: str = "uid-1") -> list[Found]:
    return list(books.writer().find(record.kind, [Wanted(uid, record)]))


def settled(books: Books) -> tuple[float, float]:
    """What is due on the invoice, and what is left of the credit note."""
    note = books.row("credit_notes", CreditNoteNumber="CN-9")
    invoice = books.row("invoices", InvoiceNumber="1001")
    return invoice["AmountDue"], note["RemainingCredit"]


# --- Invoices -------------------------------------------------------------------------


def test_an_invoice_that_arrived_without_an_answer_is_found(books: Books) -> None:
    books.do("server_error", after=True)
    with pytest.raises(Unknown):
        books.post(sale())
    [one] = found(books, sale())
    row = books.row("invoices", InvoiceNumber="1001")
    assert (one.external_ids, one.by) == ((row["InvoiceID"],), "number")


def test_an_invoice_of_another_sale_is_not_found(books: Books) -> None:
    books.booked()
    for other in (
        sale(total=Decimal("115.01")),
        sale(reference="B-1001"),
        sale(currency="AUD"),
    ):
        assert found(books, other) == []


def test_what_is_booked_is_never_changed(books: Books) -> None:
    booked = books.booked()
    again = books.outgoing_of(sale())._replace(
        action=Action.UPDATE, external_id=booked.external_id
    )
    [outcome] = books.write(Kind.INVOICE, [again])
    assert isinstance(outcome.error, Unsupported)
    assert outcome.external_id == booked.external_id


def test_an_answer_is_a_row_of_the_list(books: Books) -> None:
    [(stream, raw)] = books.booked().echo
    [read] = books.reader().fetch(stream, [raw.external_id])
    assert (stream, raw.version) == ("invoices", read.version)


def test_a_guest_goes_to_the_contact_that_is_set_by_name(books: Books) -> None:
    guest = sale(customer=None)
    with pytest.raises(BadConfig) as caught:
        books.payload(guest)
    assert caught.value.field == "guest_contact"
    books.booked(guest, guest_contact="Counter sales")
    books.booked(
        changed(guest, number="1002", external_id="1002"), guest_contact="Counter sales"
    )
    contact = books.row("contacts", Name="Counter sales")
    told = {row["Contact"]["ContactID"] for row in books.ledger()["invoices"]}
    assert told == {contact["ContactID"]}


def test_a_draft_is_posted_as_one_and_takes_no_payment(books: Books) -> None:
    books.booked(invoice_status="DRAFT")
    assert books.row("invoices", InvoiceNumber="1001")["Status"] == "DRAFT"
    outcome = books.post(payment("115.00"))
    assert code_of(outcome) == "not_approved"
    assert "approve it" in (outcome.error.hint if outcome.error else "")


@responses.activate
def test_a_total_xero_made_otherwise_is_linked_and_told() -> None:
    answer = {
        "InvoiceID": MUG,
        "InvoiceNumber": "1",
        "Total": 10.01,
        "StatusAttributeString": "OK",
    }
    responses.put(f"{ROOT}/api.xro/2.0/Invoices", json={"Invoices": [answer]})
    row = {"Description": "Mug", "LineAmount": Decimal("10.00"), "TaxAmount": 0}
    body = {"InvoiceNumber": "1", "LineAmountTypes": "Exclusive", "LineItems": [row]}
    body["Contact"] = {"ContactID": MUG}
    outgoing = Outgoing("uid-1", Action.CREATE, None, body, "key")
    [outcome] = Writer(plain_client()).write(Kind.INVOICE, [outgoing])
    assert (outcome.external_id, code_of(outcome)) == (MUG, "total_differs")
    sent = responses.calls[0].request
    assert "summarizeErrors=false" in str(sent.url)
    assert "unitdp=4" in str(sent.url)
    assert len(sent.headers["Idempotency-Key"]) <= 128


@responses.activate
def test_an_answer_that_leaves_rows_out_is_no_answer() -> None:
    responses.put(f"{ROOT}/api.xro/2.0/Contacts", json={"Contacts": []})
    outgoing = Outgoing("uid-1", Action.CREATE, None, {"Name": "Ann"}, "key")
    with pytest.raises(Unknown):
        list(Writer(plain_client()).write(Kind.CUSTOMER, [outgoing]))


@responses.activate
def test_too_many_calls_wait_as_long_as_xero_says() -> None:
    """A day that is used up says so in hours."""
    responses.get(
        f"{ROOT}/api.xro/2.0/Accounts",
        status=429,
        headers={"X-Rate-Limit-Problem": "day", "Retry-After": "30000"},
    )
    with pytest.raises(Transient) as caught:
        plain_client().rows("Accounts")
    assert (caught.value.throttled, caught.value.after) == (True, 30_000)


def plain_client() -> Client:
    door = Http(base_url=ROOT, auth=NoAuth(), meter=FreeMeter(), resolver=_public)
    return Client({}, door)


def _public(host: str, port: int) -> list[str]:
    return ["93.184.216.34"]


# --- Payments -------------------------------------------------------------------------


def test_a_payment_settles_its_invoice_and_is_found_again(books: Books) -> None:
    books.booked()
    paid = payment("115.00", transaction="ch_7")
    outcome = books.post(paid)
    row = books.row("payments", PaymentID=outcome.external_id)
    assert (row["Reference"], row["Account"]["Code"]) == ("ch_7", "611")
    assert books.row("invoices", InvoiceNumber="1001")["Status"] == "PAID"
    assert [one.external_ids for one in found(books, paid)] == [(outcome.external_id,)]
    assert found(books, payment("114.00", transaction="ch_7")) == []


def test_a_payment_without_a_number_is_known_by_our_mark(books: Books) -> None:
    books.booked()
    books.post(payment("50.00"), "uid-a")
    books.post(payment("50.00"), "uid-b")
    assert len(books.ledger()["payments"]) == 2
    assert len(found(books, payment("50.00"), "uid-a")) == 1
    assert found(books, payment("50.00"), "uid-c") == []


def test_a_payment_above_what_is_due_is_refused_with_words(books: Books) -> None:
    books.booked()
    assert code_of(books.post(payment("200.00"))) == "amount_too_high"


# --- Credit notes ---------------------------------------------------------------------


def test_a_refund_of_an_unpaid_order_lessens_the_invoice(books: Books) -> None:
    books.booked()
    outcome = books.post(refund(line("20.00", "3.00")))
    assert outcome.error is None
    assert settled(books) == (92.0, 0.0)


def test_a_refund_of_a_paid_order_is_paid_back(books: Books) -> None:
    books.booked()
    books.post(payment("115.00"))
    note = refund(line("20.00", "3.00"), paid_back=Decimal("23.00"))
    assert books.post(note).error is None
    assert settled(books) == (0.0, 0.0)
    back = books.row("payments", PaymentType="ARCREDITPAYMENT")
    assert (back["Amount"], back["Account"]["Code"]) == (23.0, "611")


def test_a_refund_partly_paid_back_does_both(books: Books) -> None:
    books.booked()
    note = refund(line("20.00", "3.00"), paid_back=Decimal("10.00"))
    books.post(note)
    assert settled(books) == (102.0, 0.0)


def test_a_credit_note_broken_off_half_way_is_finished_by_the_next_try(
    books: Books,
) -> None:
    books.booked()
    note = refund(line("20.00", "3.00"), paid_back=Decimal("10.00"))
    books.do("archive_account", code="611")
    first = books.post(note)
    assert (first.external_id, code_of(first)) == (None, "account_archived")
    assert found(books, note) == []
    books.do("restore_account", code="611")
    second = books.post(note)
    assert second.error is None
    assert settled(books) == (102.0, 0.0)
    third = books.post(note)
    assert third.external_id == second.external_id
    assert settled(books) == (102.0, 0.0)
    assert len(books.ledger()["credit_notes"]) == 1
    assert len(books.ledger()["payments"]) == 1


def test_a_credit_note_draft_is_left_to_the_accountant(books: Books) -> None:
    books.booked(invoice_status="DRAFT")
    note = refund(line("20.00", "3.00"), paid_back=Decimal("23.00"))
    assert books.post(note, invoice_status="DRAFT").error is None
    assert books.ledger()["payments"] == []


def test_a_credit_note_of_another_refund_is_not_taken_for_ours(books: Books) -> None:
    books.booked()
    books.post(refund(line("20.00", "3.00")))
    other = books.post(refund(line("1.00")), "uid-2")
    assert (other.external_id, code_of(other)) == (None, "number_taken")


# --- Contacts and items ---------------------------------------------------------------


def test_a_contact_is_found_by_mark_then_mail_then_number(books: Books) -> None:
    ann = buyer(account_number="S-78")
    made = books.post(ann, "uid-ann").external_id
    for uid, record, by in (
        ("uid-ann", buyer(email="new@example.org"), "mark"),
        ("uid-x", buyer(email="ANN@example.org"), "email"),
        ("uid-x", buyer(email="", account_number="S-78"), "account_number"),
    ):
        assert found(books, record, uid) == [Found(uid, (str(made),), by)]


def test_two_contacts_of_one_mail_are_ambiguous_and_archived_ones_are_none(
    books: Books,
) -> None:
    for name in ("One", "Two"):
        books.do("add_contact", Name=name, EmailAddress="same@example.org")
    [both] = found(books, buyer(email="same@example.org"))
    assert len(both.external_ids) == 2
    assert found(books, buyer(email="closed@example.com")) == []


def test_many_contacts_are_looked_for_in_few_calls(books: Books) -> None:
    client = books.client()
    wanted = [Wanted(f"uid-{n}", buyer(email=f"b{n}@example.org")) for n in range(40)]
    books.do("forget_limits")
    assert list(books.writer(client).find(Kind.CUSTOMER, wanted)) == []
    left = client.get("Organisation").headers["X-MinLimit-Remaining"]
    assert int(left) == 100_000 - 3


def test_an_item_is_made_once_and_priced_to_four_places(books: Books) -> None:
    tea = Variant(external_id="5", sku="TEA", title="Tea")
    made = books.post(tea)
    assert found(books, changed(tea, sku="tea")) == [
        Found("uid-1", (str(made.external_id),), "sku")
    ]
    price = Price(
        external_id="5",
        variant=Ref(Kind.VARIANT, "5"),
        money=Money(Decimal("1.23456"), "NZD"),
    )
    update = books.outgoing_of(price)._replace(
        action=Action.UPDATE, external_id=made.external_id
    )
    [outcome] = books.write(Kind.PRICE, [update])
    row = books.row("items", ItemID=outcome.external_id)
    assert row["SalesDetails"]["UnitPrice"] == 1.2346
    assert row["SalesDetails"]["AccountCode"] == "200"


def test_a_code_that_is_taken_is_told_as_such(books: Books) -> None:
    outcome = books.post(Variant(external_id="5", sku="MUG-BLU", title="Mug"))
    assert code_of(outcome) == "code_taken"


def test_a_price_for_an_item_that_is_gone_is_told_as_such(books: Books) -> None:
    row = Outgoing("uid-1", Action.UPDATE, "gone", {"UnitPrice": Decimal(1)}, "key")
    [outcome] = books.write(Kind.PRICE, [row])
    assert code_of(outcome) == "gone_on_target"


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ({"money": Money(Decimal(1), "EUR")}, "currency_differs"),
        ({"money": Money(Decimal(-1), "NZD")}, "negative"),
        ({"money": Money(Decimal(1), "NZD"), "tax_included": True}, "tax_differs"),
        ({"money": None}, "no_price"),
    ],
)
def test_a_price_that_does_not_fit_is_not_sent(
    books: Books, price: dict[str, Any], code: str
) -> None:
    record = Price(external_id="1", variant=Ref(Kind.VARIANT, "1"), **price)
    with pytest.raises((BadConfig, BadRecord, Unsupported)) as caught:
        books.payload(record)
    assert caught.value.code == code


def test_every_kind_it_takes_is_written_in_batches_of_fifty() -> None:
    assert {each.batch for each in CONNECTOR.writes.values()} == {50}
