"""Holds the controls of an organisation: what an accountant would do.

Each takes `organisation`: NZ, GB, a name or a tenant id; without it the first is meant.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from connectors.xero.sandbox import contacts, items, payments
from connectors.xero.sandbox.batch import NOWHERE
from connectors.xero.sandbox.contact_fields import shown as contact_shown
from connectors.xero.sandbox.dates import Row, parse_day
from connectors.xero.sandbox.invoice_view import amounts
from connectors.xero.sandbox.organisation import Organisation, fresh_id
from connectors.xero.sandbox.totals import ZERO

Body = dict[str, Any]
Orgs = Mapping[str, Organisation]
LOCKS = {"period": "PeriodLockDate", "end_of_year": "EndOfYearLockDate"}


def archive_account(orgs: Orgs, body: Body) -> Any:
    """Archive the account with `code`."""
    return _account_status(orgs, body, "ARCHIVED")


def restore_account(orgs: Orgs, body: Body) -> Any:
    """Make the account with `code` active again."""
    return _account_status(orgs, body, "ACTIVE")


def set_lock_date(orgs: Orgs, body: Body) -> Any:
    """Set `period` or `end_of_year` to a date (YYYY-MM-DD) or to null."""
    org = find_organisation(orgs, body)
    for name, field in LOCKS.items():
        if name in body:
            org.facts[field] = parse_day(body[name]) if body[name] else None
    return {name: str(org.facts[field] or "") for name, field in LOCKS.items()}


def add_contact(orgs: Orgs, body: Body) -> Any:
    """Add a contact; the other fields are those of the API."""
    fields = _fields(body)
    return contact_shown(
        contacts.save_contact(find_organisation(orgs, body), None, fields)
    )


def edit_contact(orgs: Orgs, body: Body) -> Any:
    """Change a contact by `contact` (id or name); other fields are the API's."""
    org, fields = find_organisation(orgs, body), _fields(body)
    held = _contact(org, str(fields.pop("contact")))
    return contact_shown(contacts.save_contact(org, held, fields))


def archive_contact(orgs: Orgs, body: Body) -> Any:
    """Archive a contact by `contact` (id or name)."""
    return edit_contact(orgs, {**body, "ContactStatus": "ARCHIVED"})


def merge_contacts(orgs: Orgs, body: Body) -> Any:
    """Merge `contact` into `into`: its documents go there, and it is archived."""
    org = find_organisation(orgs, body)
    gone, kept = (_contact(org, str(body[name])) for name in ("contact", "into"))
    if gone is kept:
        raise ValueError("a contact cannot be merged into itself")
    for row in (*org.invoices.values(), *org.credit_notes.values()):
        if row["ContactID"] == gone["ContactID"]:
            row["ContactID"] = kept["ContactID"]
    gone |= {"ContactStatus": "ARCHIVED", "MergedToContactID": kept["ContactID"]}
    for row in (gone, kept):
        org.touch(row, contacts.CATEGORY)
    return contact_shown(gone)


def edit_item(orgs: Orgs, body: Body) -> Any:
    """Change the item with `Code`, or add it; the other fields are those of the API."""
    org, fields = find_organisation(orgs, body), _fields(body)
    held = org.item(str(fields.get("Code")))
    return items.shown(items.save_item(org, held, fields, 4), 4)


def remove_item(orgs: Orgs, body: Body) -> Any:
    """Remove the item with `Code`."""
    org = find_organisation(orgs, body)
    held = org.item(str(body["Code"]))
    if held is None:
        raise KeyError(body["Code"])
    return items.shown(org.items.pop(held["ItemID"]), 4)


def pay_invoice(orgs: Orgs, body: Body) -> Any:
    """Pay the invoice `number`: all that is due, or `amount`, into account `code`."""
    org = find_organisation(orgs, body)
    number = str(body["number"])
    row = next(org.invoices_numbered(number), None)
    if row is None:
        raise KeyError(number)
    due = amounts(org, row)[2]
    element = {
        "Invoice": {"InvoiceID": row["InvoiceID"]},
        "Account": {"Code": body.get("code", "090")},
        "Amount": Decimal(str(body.get("amount", due))),
    }
    return payments.shown(org, payments.save_payment(org, element))


def add_bill(orgs: Orgs, body: Body) -> Any:
    """Enter a bill of a supplier: an invoice that is none of the sales."""
    org = find_organisation(orgs, body)
    contact = _contact(org, str(body.get("contact", "Tin & Tallow Wholesale")))
    contact["IsSupplier"] = True
    total = Decimal(str(body.get("total", "10.00")))
    row = {
        "InvoiceID": fresh_id(),
        "Type": "ACCPAY",
        "InvoiceNumber": str(body.get("number", "BILL-1")),
        "ContactID": contact["ContactID"],
        "CreatedBy": NOWHERE,
        "Date": org.today(),
        "DueDate": org.today(),
        "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax",
        "LineItems": [],
        "CurrencyCode": org.currency,
        "CurrencyRate": Decimal(1),
        "SubTotal": total,
        "TotalTax": ZERO,
        "Total": total,
        "TotalDiscount": ZERO,
    }
    org.invoices[row["InvoiceID"]] = row
    org.touch(row, "INVOICE", new=True)
    return {"InvoiceID": row["InvoiceID"]}


def _fields(body: Body) -> Row:
    return {name: value for name, value in body.items() if name != "organisation"}


def find_organisation(orgs: Orgs, body: Body) -> Organisation:
    """Give the organisation a control means; raises `KeyError` for none."""
    named = body.get("organisation")
    for org in orgs.values():
        if named in (None, org.id, org.name, org.facts["CountryCode"]):
            return org
    raise KeyError(named)


def _contact(org: Organisation, named: str) -> Row:
    row = org.contacts.get(named) or org.contact_named(named)
    if row is None:
        raise KeyError(named)
    return row


def _account_status(orgs: Orgs, body: Body, status: str) -> Any:
    org = find_organisation(orgs, body)
    account = org.account(str(body["code"]))
    if account is None:
        raise KeyError(body["code"])
    account["Status"] = status
    org.touch(account)
    return account


OFFICE: dict[str, Callable[[Orgs, Body], Any]] = {
    "archive_account": archive_account,
    "restore_account": restore_account,
    "set_lock_date": set_lock_date,
    "add_contact": add_contact,
    "edit_contact": edit_contact,
    "archive_contact": archive_contact,
    "merge_contacts": merge_contacts,
    "edit_item": edit_item,
    "remove_item": remove_item,
    "pay_invoice": pay_invoice,
    "add_bill": add_bill,
}
