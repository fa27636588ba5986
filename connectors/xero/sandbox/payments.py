"""Lists, finds, makes and takes back payments on invoices and credit notes."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connectors.xero.sandbox import credit_note_view, invoice_view
from connectors.xero.sandbox.batch import write_all, write_one
from connectors.xero.sandbox.dates import Row, changed_twin
from connectors.xero.sandbox.exchange import Answer, Call, Invalid, missing
from connectors.xero.sandbox.listing import Shelf, list_rows
from connectors.xero.sandbox.organisation import Organisation, fresh_id
from connectors.xero.sandbox.totals import ZERO, rounded
from connectors.xero.sandbox.validation import Check

ROOT, KEY = "Payments", "PaymentID"
FIELDS = frozenset(
    {
        "PaymentID",
        "Status",
        "Date",
        "Amount",
        "Reference",
        "PaymentType",
        "UpdatedDateUTC",
        "Invoice.InvoiceID",
        "Invoice.InvoiceNumber",
        "CreditNote.CreditNoteID",
        "Account.AccountID",
        "Account.Code",
    }
)


class Paid(NamedTuple):
    """The document a payment is on: the field of its id, and its row."""

    key: str
    row: Row


def list_payments(call: Call) -> Answer:
    """List payments, those taken back too."""
    org = call.org
    shelf = Shelf(root=ROOT, fields=FIELDS, shown=lambda row: shown(org, row))
    return list_rows(call, shelf, org.payments.values())


def show_payment(call: Call, id: str) -> Answer:
    """Give one payment by its id."""
    return Answer(ROOT, [shown(call.org, _held(call.org, id))])


def create_payments(call: Call) -> Answer:
    """Make payments."""

    def write(element: Row) -> tuple[Row, list[str]]:
        return shown(call.org, save_payment(call.org, element)), []

    return write_all(call, ROOT, KEY, write)


def save_one_payment(call: Call) -> Answer:
    """Make one payment, or take one back that is named by its id."""

    def write(element: Row) -> tuple[Row, list[str]]:
        if element.get(KEY):
            held = _held(call.org, str(element[KEY]))
            return shown(call.org, _taken_back(call.org, held, element)), []
        return shown(call.org, save_payment(call.org, element)), []

    return write_one(call, ROOT, KEY, write)


def remove_payment(call: Call, id: str) -> Answer:
    """Take a payment back: its status becomes DELETED."""
    held = _held(call.org, id)

    def write(element: Row) -> tuple[Row, list[str]]:
        return shown(call.org, _taken_back(call.org, held, element)), []

    return write_one(call, ROOT, KEY, write)


def save_payment(org: Organisation, element: Row) -> Row:
    """Make a payment; raises `Invalid`. One on a credit note is a refund."""
    check = Check(element)
    paid = _document(org, check)
    account = _account(org, check)
    amount, day = check.amount("Amount"), check.day("Date") or org.today()
    if amount is None or amount <= 0:
        check.say("Amount must be above zero")
    if org.is_locked(day):
        check.say(f"The payment date {day} is on or before a lock date")
    reference = check.text("Reference", 255)
    rate = check.amount("CurrencyRate")
    check.end()
    _check_due(org, paid, rounded(amount or ZERO))
    row = {
        KEY: fresh_id(),
        paid.key: paid.row[paid.key],
        "AccountID": account["AccountID"],
        "Date": day,
        "Amount": rounded(amount or ZERO),
        "CurrencyRate": rate or paid.row["CurrencyRate"],
        "Reference": reference or "",
        "IsReconciled": bool(element.get("IsReconciled", False)),
        "Status": "AUTHORISED",
    }
    org.add_payment(row, paid.row[paid.key])
    org.touch(row)
    _settle(org, paid)
    return row


def shown(org: Organisation, row: Row) -> Row:
    """Give a payment with its account and what it is on."""
    inner = ("AccountID", "InvoiceID", "CreditNoteID")
    view = {name: value for name, value in row.items() if name not in inner}
    account = org.accounts[row["AccountID"]]
    view["Account"] = {name: account[name] for name in ("AccountID", "Code")}
    if "InvoiceID" in row:
        invoice = org.invoices[row["InvoiceID"]]
        names = ("InvoiceID", "InvoiceNumber", "Type", "CurrencyCode")
        view["Invoice"] = {name: invoice[name] for name in names}
        view["PaymentType"] = "ACCRECPAYMENT"
    else:
        note = org.credit_notes[row["CreditNoteID"]]
        names = ("CreditNoteID", "CreditNoteNumber", "Type", "CurrencyCode")
        view["CreditNote"] = {name: note[name] for name in names}
        view["PaymentType"] = "ARCREDITPAYMENT"
    return {
        **view,
        **changed_twin(row),
        "BankAmount": row["Amount"],
        "HasAccount": True,
        "HasValidationErrors": False,
    }


def _document(org: Organisation, check: Check) -> Paid:
    sent, note = check.part("Invoice"), check.part("CreditNote")
    number = sent.get("InvoiceNumber") or check.element.get("InvoiceNumber")
    found = org.invoices.get(str(sent.get("InvoiceID")))
    if found is None and number and not sent.get("InvoiceID"):
        found = next(org.invoices_numbered(str(number)), None)
    if found is not None:
        return Paid("InvoiceID", found)
    number = note.get("CreditNoteNumber") or check.element.get("CreditNoteNumber")
    found = org.credit_notes.get(str(note.get("CreditNoteID")))
    if found is None and number and not note.get("CreditNoteID"):
        found = org.credit_note_numbered(str(number))
    if found is None:
        raise Invalid("The invoice or credit note to pay could not be found")
    return Paid("CreditNoteID", found)


def _account(org: Organisation, check: Check) -> Row:
    sent = check.part("Account")
    code = sent.get("AccountID") or sent.get("Code") or check.element.get("Code")
    account = org.account(str(code)) if code else None
    if account is None:
        check.say("Account could not be found")
        return {}
    if account["Status"] != "ACTIVE":
        check.say(f"Account code '{account['Code']}' has been archived, or deleted")
    if account["Type"] != "BANK" and not account.get("EnablePaymentsToAccount"):
        check.say(f"Account code '{account['Code']}' does not take payments")
    return account


def _check_due(org: Organisation, paid: Paid, amount: Decimal) -> None:
    if paid.key == "InvoiceID":
        due = invoice_view.amounts(org, paid.row)[2]
    else:
        due = credit_note_view.remaining(org, paid.row)
    if paid.row["Status"] not in ("AUTHORISED", "PAID"):
        raise Invalid("Payments can only be made on approved documents")
    if amount > due:
        raise Invalid("The payment amount is more than the amount outstanding")


def _taken_back(org: Organisation, held: Row, element: Row) -> Row:
    day: date = held["Date"]
    if element.get("Status") != "DELETED":
        raise Invalid("A payment can only be given the status DELETED")
    if held["Status"] == "DELETED":
        raise Invalid("The payment has been deleted already")
    if org.is_locked(day):
        raise Invalid("The payment date is on or before a lock date")
    held["Status"] = "DELETED"
    org.touch(held)
    if "InvoiceID" in held:
        _settle(org, Paid("InvoiceID", org.invoices[held["InvoiceID"]]))
    else:
        _settle(org, Paid("CreditNoteID", org.credit_notes[held["CreditNoteID"]]))
    return held


def _settle(org: Organisation, paid: Paid) -> None:
    if paid.key == "InvoiceID":
        invoice_view.settle(org, paid.row)
    else:
        credit_note_view.settle(org, paid.row)


def _held(org: Organisation, id: str) -> Row:
    row = org.payments.get(id)
    if row is None:
        raise missing()
    return row
