"""Shows a credit note: what was written, where it went, and what remains."""

from decimal import Decimal

from connectors.xero.sandbox.dates import Row, twins
from connectors.xero.sandbox.documents import contact_of, last_day, lines_shown
from connectors.xero.sandbox.organisation import Organisation
from connectors.xero.sandbox.totals import ZERO

KEY = "CreditNoteID"
FIELDS = frozenset(
    {
        "CreditNoteID",
        "CreditNoteNumber",
        "Type",
        "Status",
        "Reference",
        "Date",
        "CurrencyCode",
        "Total",
        "RemainingCredit",
        "UpdatedDateUTC",
        "Contact.ContactID",
        "Contact.ContactNumber",
        "Contact.Name",
    }
)
INNER = frozenset({"ContactID", "TotalDiscount"})


def remaining(org: Organisation, row: Row) -> Decimal:
    """Give what is neither set against invoices nor paid back."""
    gone = (*org.allocated(row[KEY]), *org.paid_on(row[KEY]))
    total: Decimal = row["Total"]
    return total - sum((each["Amount"] for each in gone), ZERO)


def shown(org: Organisation, row: Row, places: int) -> Row:
    """Give a credit note with all its details."""
    allocations, payments = org.allocated(row[KEY]), org.paid_on(row[KEY])
    view = {name: value for name, value in row.items() if name not in INNER}
    view |= {
        **twins(row),
        "Contact": contact_of(org, row),
        "LineItems": lines_shown(row, places),
        "RemainingCredit": remaining(org, row),
        "Allocations": [_allocation(org, each) for each in allocations],
        "Payments": [
            {name: each[name] for name in ("PaymentID", "Date", "Amount")}
            for each in payments
        ],
        "HasAttachments": False,
        "HasErrors": False,
    }
    if row["Status"] == "PAID":
        view["FullyPaidOnDate"] = last_day(payments, allocations) or row["Date"]
    return view


def brief(view: Row) -> Row:
    """Leave out what a list without a page does not tell."""
    contact = {name: view["Contact"][name] for name in ("ContactID", "Name")}
    return {**view, "LineItems": [], "Contact": contact}


def settle(org: Organisation, row: Row) -> None:
    """Set an approved credit note to PAID when nothing remains, and back."""
    if row["Status"] in ("AUTHORISED", "PAID"):
        row["Status"] = "PAID" if remaining(org, row) <= 0 else "AUTHORISED"
    org.touch(row, "CREDITNOTE" if org.settings.payment_events else "")


def _allocation(org: Organisation, row: Row) -> Row:
    invoice = org.invoices[row["InvoiceID"]]
    pair = {name: invoice[name] for name in ("InvoiceID", "InvoiceNumber")}
    names = ("AllocationID", "Amount", "Date")
    return {**{name: row[name] for name in names}, "Invoice": pair}
