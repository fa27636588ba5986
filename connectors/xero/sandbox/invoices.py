"""Lists, finds, creates and changes sales invoices."""

from collections.abc import Iterable

from connectors.xero.sandbox.batch import write_all, write_one
from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.documents import (
    NEW,
    OPEN,
    POSTED,
    keep_contact,
    meet_contact,
    rate_warnings,
    read_body,
    read_head,
)
from connectors.xero.sandbox.exchange import Answer, Call, Invalid, missing, wrong
from connectors.xero.sandbox.invoice_view import FIELDS, brief, shown, summary
from connectors.xero.sandbox.listing import Shelf, list_rows
from connectors.xero.sandbox.organisation import SALES, Organisation, fresh_id
from connectors.xero.sandbox.validation import Check

ROOT, KEY = "Invoices", "InvoiceID"
CATEGORY = "INVOICE"
STATUSES = (*NEW, "PAID", "VOIDED", "DELETED")
MOVES = {
    "DRAFT": (*NEW, "DELETED"),
    "SUBMITTED": (*NEW, "DELETED"),
    POSTED: (POSTED, "VOIDED"),
}
"""Which status an invoice may be given from which."""
FREE = frozenset(
    {"InvoiceID", "InvoiceNumber", "Reference", "DueDate", "SentToContact"}
)
"""What may still be sent of an invoice that has payments or credits."""


def list_invoices(call: Call) -> Answer:
    """List invoices; without a page they come without their lines."""
    org, places = call.org, call.places
    short = call.flag("summaryOnly")
    shelf = Shelf(
        root=ROOT,
        fields=FIELDS,
        shown=lambda row: (summary if short else dict)(shown(org, row, places)),
        brief=brief,
    )
    return list_rows(call, shelf, _chosen(call))


def show_invoice(call: Call, id: str) -> Answer:
    """Give one invoice by its id or its number."""
    return Answer(ROOT, [shown(call.org, _held(call.org, id), call.places)])


def create_invoices(call: Call) -> Answer:
    """Create invoices; a number already there is refused."""

    def write(element: Row) -> tuple[Row, list[str]]:
        number = element.get("InvoiceNumber")
        if number and any(call.org.invoices_numbered(str(number))):
            raise Invalid("Invoice # must be unique.")
        return _saved(call, None, element)

    return write_all(call, ROOT, KEY, write)


def save_invoices(call: Call) -> Answer:
    """Create invoices, or change, without a word, those found by id or number."""

    def write(element: Row) -> tuple[Row, list[str]]:
        return _saved(call, _find(call.org, element), element)

    return write_all(call, ROOT, KEY, write)


def save_invoice_at(call: Call, id: str) -> Answer:
    """Change one invoice by the id of its address."""
    held = _held(call.org, id)
    return write_one(call, ROOT, KEY, lambda element: _saved(call, held, element))


def _saved(call: Call, held: Row | None, element: Row) -> tuple[Row, list[str]]:
    row = save_invoice(call.org, held, element, call.places, call.client)
    return shown(call.org, row, call.places), rate_warnings(call.org, row)


def save_invoice(
    org: Organisation, held: Row | None, element: Row, places: int, client: str
) -> Row:
    """Create an invoice, or change `held`; raises `Invalid`."""
    if held is not None and element.get("Status") in ("DELETED", "VOIDED"):
        return _ended(org, held, element["Status"])
    check, before = Check(element), held or {}
    if held is not None:
        _check_open(org, held, element)
    found = meet_contact(org, check, before)
    changes = _head(org, check, before)
    try:
        changes |= read_body(org, check, changes, before, places)
    except Invalid as invalid:
        check.faults += invalid.faults
    check.end()
    contact = keep_contact(org, check, found)
    contact["IsCustomer"] = True
    row = before or {KEY: fresh_id(), "CreatedBy": client}
    row |= {**changes, "ContactID": contact["ContactID"]}
    row.setdefault("InvoiceNumber", _next_number(org))
    org.invoices[row[KEY]] = row
    org.touch(row, CATEGORY, new=held is None)
    return row


def _head(org: Organisation, check: Check, held: Row) -> Row:
    if (check.element.get("Type") or held.get("Type")) != SALES:
        check.say("Type must be ACCREC")
    status = check.choice("Status", STATUSES, held.get("Status", "DRAFT"))
    if status not in MOVES.get(held.get("Status", "DRAFT"), ()):
        check.say(f"An invoice cannot be given the status {status}")
    head = {**read_head(org, check, held), "Type": SALES, "Status": status}
    due = check.day("DueDate") or held.get("DueDate")
    if due is None and status not in OPEN:
        check.say("DueDate must be given on an approved invoice")
    head["DueDate"] = due or head["Date"]
    if check.element.get("InvoiceNumber"):
        head["InvoiceNumber"] = check.text("InvoiceNumber", 255)
    if check.element.get("Url"):
        head["Url"] = _url(check)
    if "SentToContact" in check.element:
        head["SentToContact"] = bool(check.element["SentToContact"])
    return head


def _url(check: Check) -> str:
    address = check.text("Url", 2000) or ""
    if not address.startswith(("http://", "https://")) or "xero" in address.lower():
        check.say("Url is not valid")
    return address


def _check_open(org: Organisation, held: Row, element: Row) -> None:
    """Refuse changes to what is over, and most of them to what money hangs on."""
    if held["Status"] in ("DELETED", "VOIDED"):
        raise Invalid("The invoice is not of a status that can be changed")
    if not _has_money(org, held):
        return
    same = {"Status": held["Status"], "Type": held["Type"]}
    sent = {
        name
        for name, value in element.items()
        if name not in FREE and same.get(name) != value
    }
    if sent:
        raise Invalid("The invoice has payments or credits and cannot be changed")


def _has_money(org: Organisation, row: Row) -> bool:
    return bool(org.paid_on(row[KEY]) or org.allocated(row[KEY]))


def _ended(org: Organisation, held: Row, status: str) -> Row:
    if status not in MOVES.get(held["Status"], ()) or _has_money(org, held):
        raise Invalid(f"The invoice cannot be given the status {status}")
    if org.is_locked(held["Date"]):
        raise Invalid("The document date is on or before a lock date")
    held["Status"] = status
    org.touch(held, CATEGORY)
    return held


def _find(org: Organisation, element: Row) -> Row | None:
    if element.get(KEY):
        held = org.invoices.get(str(element[KEY]))
        if held is None:
            raise Invalid("The invoice with this InvoiceID could not be found")
        return held
    return next(org.invoices_numbered(str(element.get("InvoiceNumber"))), None)


def _held(org: Organisation, id: str) -> Row:
    row = org.invoices.get(id) or next(org.invoices_numbered(id), None)
    if row is None:
        raise missing()
    return row


def _next_number(org: Organisation) -> str:
    place = len(org.invoices) + 1
    while any(org.invoices_numbered(f"INV-{place:04d}")):
        place += 1
    return f"INV-{place:04d}"


def _chosen(call: Call) -> Iterable[Row]:
    wanted = {
        KEY: set(call.several("IDs")),
        "InvoiceNumber": set(call.several("InvoiceNumbers")),
        "ContactID": set(call.several("ContactIDs")),
        "Status": set(call.several("Statuses")),
    }
    if wanted["Status"] - set(STATUSES):
        raise wrong("Statuses holds a status that does not exist")
    own = call.flag("createdByMyApp")
    term = call.query.get("searchTerm", "").casefold()
    for row in call.org.invoices.values():
        if any(values and row[name] not in values for name, values in wanted.items()):
            continue
        if own and row["CreatedBy"] != call.client:
            continue
        texts = (row["InvoiceNumber"], row.get("Reference") or "")
        if not term or any(term in text.casefold() for text in texts):
            yield row
