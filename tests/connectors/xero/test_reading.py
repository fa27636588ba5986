"""What is read of an organisation, what is left alone, and what counts as gone."""

from __future__ import annotations

from connectors.xero import CONNECTOR
from integration.canonical.accounts import Invoice
from integration.canonical.kinds import Kind
from integration.contract.mapping import Context
from integration.contract.messages import Action, Raw
from integration.http.body import parse
from tests.connectors.xero.books import Books, buyer, code_of, sale
from tests.connectors.xero.subject import FACTS, note_row


def read(books: Books, stream: str, since: str | None = None) -> dict[str, Raw]:
    """Every row of a read, by its id."""
    pages = books.reader().read(stream, since, None)
    return {raw.external_id: raw for page in pages for raw in page.items}


def void(books: Books, number: str) -> str:
    """Somebody voids an invoice; its id."""
    key = books.row("invoices", InvoiceNumber=number)["InvoiceID"]
    [row] = books.client().change(
        "Invoices", [{"InvoiceID": key, "Status": "VOIDED"}], [f"void-{number}"]
    )
    assert row["Status"] == "VOIDED"
    return str(key)


def test_what_suppliers_bill_is_never_read(books: Books) -> None:
    bill = books.do("add_bill")["InvoiceID"]
    booked = books.booked().external_id
    assert set(read(books, "invoices")) == {booked}
    fetched = books.reader().fetch("invoices", [bill, str(booked)])
    assert {raw.external_id for raw in fetched} == {booked}


def test_a_voided_invoice_is_gone_and_its_number_free_again(books: Books) -> None:
    books.booked()
    key = void(books, "1001")
    assert read(books, "invoices")[key].gone
    again = books.post(sale())
    assert again.error is None
    assert again.external_id != key


def test_an_archived_contact_is_gone(books: Books) -> None:
    made = books.do("add_contact", Name="Soon gone")
    assert not read(books, "contacts")[made["ContactID"]].gone
    books.do("archive_contact", contact="Soon gone")
    assert read(books, "contacts")[made["ContactID"]].gone


def test_an_invoice_that_was_posted_reads_as_what_was_sold(books: Books) -> None:
    books.booked()
    [raw] = read(books, "invoices").values()
    fieldmap = CONNECTOR.stream("invoices").maps[0]
    found = fieldmap(parse(raw.body or b""), Context(facts=FACTS))
    assert isinstance(found, Invoice)
    assert (found.number, found.reference, found.due_days) == ("1001", "1001", 14)
    assert (found.total, found.total_tax, found.lines[0].net) == (115, 15, 100)
    assert found.at.isoformat() == "2026-11-02T00:00:00+13:00"
    assert found.attributes == {"status": "AUTHORISED", "due": "115.0"}


def test_credit_notes_are_fetched_by_their_ids(books: Books) -> None:
    books.booked()
    client = books.client()
    rows = [note_row(str(number)) for number in range(3)]
    made = client.create("CreditNotes", rows, ["notes"])
    wanted = [row["CreditNoteID"] for row in made[:2]]
    found = {raw.external_id for raw in books.reader().fetch("credit_notes", wanted)}
    assert found == set(wanted)


def test_a_contact_that_is_overwritten_keeps_its_name(books: Books) -> None:
    made = books.post(buyer()).external_id
    writes = CONNECTOR.writes[Kind.CUSTOMER]
    changes = books.payload(buyer(first_name="Anna", phone="5"))
    for name in writes.on_create:
        del changes[name]
    update = books.outgoing_of(buyer())._replace(
        action=Action.UPDATE, external_id=made, payload=changes
    )
    [outcome] = books.write(Kind.CUSTOMER, [update])
    assert (outcome.external_id, code_of(outcome)) == (made, "")
    row = books.row("contacts", ContactID=made)
    assert (row["Name"], row["FirstName"]) == ("Ann Archer", "Anna")
