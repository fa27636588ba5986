"""Lists, finds, creates and changes credit notes, and sets them against invoices."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from connectors.xero.sandbox.batch import write_all, write_one
from connectors.xero.sandbox.credit_note_view import FIELDS, brief, remaining, shown
from connectors.xero.sandbox.credit_note_view import settle as settle_note
from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.documents import (
    NEW,
    POSTED,
    keep_contact,
    meet_contact,
    rate_warnings,
    read_body,
    read_head,
)
from connectors.xero.sandbox.exchange import Answer, Call, Invalid, missing
from connectors.xero.sandbox.invoice_view import amounts
from connectors.xero.sandbox.invoice_view import settle as settle_invoice
from connectors.xero.sandbox.listing import Shelf, list_rows
from connectors.xero.sandbox.organisation import Organisation, fresh_id
from connectors.xero.sandbox.totals import ZERO, rounded
from connectors.xero.sandbox.validation import Check

ROOT, KEY = "CreditNotes", "CreditNoteID"
NUMBER = "CreditNoteNumber"
CATEGORY = "CREDITNOTE"
TYPE = "ACCRECCREDIT"
ENDS = {"DELETED": ("DRAFT", "SUBMITTED"), "VOIDED": (POSTED,)}


def list_credit_notes(call: Call) -> Answer:
    """List credit notes; without a page they come without their lines."""
    org, places = call.org, call.places
    rows: Iterable[Row] = org.credit_notes.values()
    shelf = Shelf(
        root=ROOT,
        fields=FIELDS,
        shown=lambda row: shown(org, row, places),
        brief=brief,
    )
    return list_rows(call, shelf, rows)


def show_credit_note(call: Call, id: str) -> Answer:
    """Give one credit note by its id or its number."""
    return Answer(ROOT, [shown(call.org, _held(call.org, id), call.places)])


def create_credit_notes(call: Call) -> Answer:
    """Create credit notes; a number already there is refused."""

    def write(element: Row) -> tuple[Row, list[str]]:
        number = element.get(NUMBER)
        if number and call.org.credit_note_numbered(str(number)):
            raise Invalid("Credit note # must be unique.")
        return _saved(call, None, element)

    return write_all(call, ROOT, KEY, write)


def save_credit_notes(call: Call) -> Answer:
    """Create credit notes, or change those found by id or number."""

    def write(element: Row) -> tuple[Row, list[str]]:
        held = call.org.credit_notes.get(str(element.get(KEY)))
        held = held or call.org.credit_note_numbered(str(element.get(NUMBER)))
        return _saved(call, held, element)

    return write_all(call, ROOT, KEY, write)


def save_credit_note_at(call: Call, id: str) -> Answer:
    """Change one credit note by the id of its address."""
    held = _held(call.org, id)
    return write_one(call, ROOT, KEY, lambda element: _saved(call, held, element))


def allocate(call: Call, id: str) -> Answer:
    """Set a credit note against invoices of its contact."""
    note = _held(call.org, id)

    def write(element: Row) -> tuple[Row, list[str]]:
        row = save_allocation(call.org, note, element)
        invoice = call.org.invoices[row["InvoiceID"]]
        pair = {name: invoice[name] for name in ("InvoiceID", "InvoiceNumber")}
        names = ("AllocationID", "Amount", "Date")
        return {**{name: row[name] for name in names}, "Invoice": pair}, []

    return write_all(call, "Allocations", "AllocationID", write)


def save_allocation(org: Organisation, note: Row, element: Row) -> Row:
    """Set part of a credit note against an invoice; raises `Invalid`."""
    check = Check(element)
    amount = rounded(check.amount("Amount") or ZERO)
    day = check.day("Date") or org.today()
    invoice = org.invoices.get(str(check.part("Invoice").get("InvoiceID")), {})
    if amount <= 0:
        check.say("Amount must be above zero")
    if not element.get("Date"):
        check.say("Date must be given")
    if not invoice:
        check.say("The invoice to allocate to could not be found")
    if note["Status"] != POSTED:
        check.say("The credit note must be AUTHORISED and not used up")
    check.end()
    _check_allocation(org, note, invoice, amount, day)
    row = {
        "AllocationID": fresh_id(),
        "Amount": amount,
        "Date": day,
        "InvoiceID": invoice["InvoiceID"],
        KEY: note[KEY],
    }
    org.add_allocation(row)
    settle_note(org, note)
    settle_invoice(org, invoice)
    return row


def _check_allocation(
    org: Organisation, note: Row, invoice: Row, amount: Decimal, day: date
) -> None:
    if amount > remaining(org, note):
        raise Invalid("The amount is more than what remains of the credit note")
    if invoice["Status"] != POSTED:
        raise Invalid("The invoice must be AUTHORISED and not paid")
    if amount > amounts(org, invoice)[2]:
        raise Invalid("The amount is more than what is due on the invoice")
    for field in ("ContactID", "CurrencyCode"):
        if note[field] != invoice[field]:
            raise Invalid(f"Credit note and invoice differ in {field}")
    if org.is_locked(day):
        raise Invalid("The date is on or before a lock date")


def _saved(call: Call, held: Row | None, element: Row) -> tuple[Row, list[str]]:
    row = save_credit_note(call.org, held, element, call.places)
    return shown(call.org, row, call.places), rate_warnings(call.org, row)


def save_credit_note(
    org: Organisation, held: Row | None, element: Row, places: int
) -> Row:
    """Create a credit note, or change `held`; raises `Invalid`."""
    if held is not None and element.get("Status") in ENDS:
        return _ended(org, held, element["Status"])
    if held is not None and (held["Status"] not in NEW or _is_used(org, held)):
        raise Invalid("The credit note is not of a status that can be changed")
    check, before = Check(element), held or {}
    found = meet_contact(org, check, before)
    if (element.get("Type") or before.get("Type")) != TYPE:
        check.say(f"Type must be {TYPE}")
    changes = read_head(org, check, before) | {"Type": TYPE}
    changes["Status"] = check.choice("Status", NEW, before.get("Status", "DRAFT"))
    if element.get(NUMBER):
        changes[NUMBER] = check.text(NUMBER, 255)
    try:
        changes |= read_body(org, check, changes, before, places)
    except Invalid as invalid:
        check.faults += invalid.faults
    check.end()
    contact = keep_contact(org, check, found)
    row = before or {KEY: fresh_id()}
    row |= {**changes, "ContactID": contact["ContactID"]}
    row.setdefault(NUMBER, f"CN-{len(org.credit_notes) + 1:04d}")
    org.credit_notes[row[KEY]] = row
    org.touch(row, CATEGORY, new=held is None)
    return row


def _is_used(org: Organisation, row: Row) -> bool:
    return bool(org.paid_on(row[KEY]) or org.allocated(row[KEY]))


def _ended(org: Organisation, held: Row, status: str) -> Row:
    if held["Status"] not in ENDS[status] or _is_used(org, held):
        raise Invalid(f"The credit note cannot be given the status {status}")
    held["Status"] = status
    org.touch(held, CATEGORY)
    return held


def _held(org: Organisation, id: str) -> Row:
    row = org.credit_notes.get(id) or org.credit_note_numbered(id)
    if row is None:
        raise missing()
    return row
