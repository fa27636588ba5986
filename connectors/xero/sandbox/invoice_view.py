"""Shows an invoice: what was written, what was paid, and what is left."""

from decimal import Decimal

from connectors.xero.sandbox.dates import Row, twins
from connectors.xero.sandbox.documents import contact_of, last_day, lines_shown
from connectors.xero.sandbox.organisation import Organisation
from connectors.xero.sandbox.totals import ZERO

FIELDS = frozenset(
    {
        "InvoiceID",
        "InvoiceNumber",
        "Type",
        "Status",
        "Reference",
        "Date",
        "DueDate",
        "CurrencyCode",
        "SubTotal",
        "TotalTax",
        "Total",
        "AmountDue",
        "AmountPaid",
        "AmountCredited",
        "FullyPaidOnDate",
        "UpdatedDateUTC",
        "Contact.ContactID",
        "Contact.ContactNumber",
        "Contact.Name",
        "Contact.EmailAddress",
    }
)
INNER = frozenset({"ContactID", "CreatedBy"})
LISTS = frozenset({"LineItems", "Payments", "CreditNotes"})


def amounts(org: Organisation, row: Row) -> tuple[Decimal, Decimal, Decimal]:
    """Give what was paid on an invoice, what was credited, and what is due."""
    key = row["InvoiceID"]
    paid = sum((each["Amount"] for each in org.paid_on(key)), ZERO)
    credited = sum((each["Amount"] for each in org.allocated(key)), ZERO)
    return paid, credited, row["Total"] - paid - credited


def shown(org: Organisation, row: Row, places: int) -> Row:
    """Give an invoice with all its details."""
    payments = org.paid_on(row["InvoiceID"])
    allocations = org.allocated(row["InvoiceID"])
    paid, credited, due = amounts(org, row)
    view = {name: value for name, value in row.items() if name not in INNER}
    view |= {
        **twins(row),
        "Contact": contact_of(org, row),
        "LineItems": lines_shown(row, places),
        "AmountPaid": paid,
        "AmountCredited": credited,
        "AmountDue": due,
        "SentToContact": row.get("SentToContact", False),
        "IsDiscounted": bool(row["TotalDiscount"]),
        "HasAttachments": False,
        "HasErrors": False,
        "Payments": [_payment(each) for each in payments],
        "CreditNotes": [_credit(org, each) for each in allocations],
        "Prepayments": [],
        "Overpayments": [],
    }
    if row["Status"] == "PAID":
        view["FullyPaidOnDate"] = last_day(payments, allocations) or row["Date"]
    return view


def brief(view: Row) -> Row:
    """Leave out what a list without a page does not tell."""
    contact = {name: view["Contact"][name] for name in ("ContactID", "Name")}
    return {**view, "LineItems": [], "Contact": contact}


def summary(view: Row) -> Row:
    """Leave out what `summaryOnly=true` does not tell."""
    return {name: value for name, value in view.items() if name not in LISTS}


def settle(org: Organisation, row: Row) -> None:
    """Set an approved invoice to PAID when nothing is due, and back."""
    if row["Status"] in ("AUTHORISED", "PAID"):
        due = amounts(org, row)[2]
        row["Status"] = "PAID" if due <= 0 else "AUTHORISED"
    org.touch(row, "INVOICE" if org.settings.payment_events else "")


def _payment(row: Row) -> Row:
    names = ("PaymentID", "Date", "Amount", "Reference", "CurrencyRate")
    view = {name: row[name] for name in names if name in row}
    return {**view, "HasAccount": True, "HasValidationErrors": False}


def _credit(org: Organisation, row: Row) -> Row:
    note = org.credit_notes[row["CreditNoteID"]]
    names = ("CreditNoteID", "CreditNoteNumber", "Total", "Date")
    return {**{name: note[name] for name in names}, "AppliedAmount": row["Amount"]}
