"""What invoices, credit notes and payments have in common on their way to Xero."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from connectors.xero.dates import calendar_day
from connectors.xero.fields import CREDIT_NOTE_PREFIX, DUE_DAYS, STATUSES
from connectors.xero.words import payment_account
from integration.canonical.accounts import CreditNote, Invoice, Payment
from integration.contract.mapping import Context, resolve
from integration.errors import BadConfig, BadRecord

Document = Invoice | CreditNote
# What the functions here read of settings and facts, for the maps that use them.
USES = (
    "amounts",
    "branding_theme",
    "credit_note_prefix",
    "currency",
    "due_days",
    "guest_contact",
    "invoice_prefix",
    "invoice_status",
    "payment_account",
    "rounding_account",
    "sales_account",
    "send_contact_data",
    "time_zone",
    "tracking_category",
    "tracking_option",
    "use_items",
)
TABLES = ("accounts", "tax_rates", "currencies", "branding_themes")


def invoice_number(invoice: Invoice, context: Context) -> str:
    """The order's number behind the shop's prefix."""
    return f"{context.setting('invoice_prefix') or ''}{invoice.number}"


def credit_note_number(note: CreditNote, context: Context) -> str:
    """The refund's number behind its prefix."""
    prefix = context.setting("credit_note_prefix", CREDIT_NOTE_PREFIX)
    return f"{prefix}{note.number}"


def booked_on(thing: Document | Payment, context: Context) -> str:
    """The thing's day where the organisation is, as Xero writes days.

    Whether the books are closed for it only Xero knows at the moment: what was read of
    lock dates earlier may have been moved since.
    """
    return calendar_day(thing.at, context).isoformat()


def due_on(invoice: Invoice, context: Context) -> str:
    """When it is due: as the shop says, else after the days that are set."""
    days = invoice.due_days
    if days is None:
        days = int(context.setting("due_days", DUE_DAYS))
    return (calendar_day(invoice.at, context) + timedelta(days=days)).isoformat()


def held_currency(document: Document, context: Context) -> str:
    """The document's currency. BadConfig where the organisation does not have it."""
    own = str(context.setting("currency") or "")
    table = context.lookups.get("currencies")
    if document.currency == own or not (own or table):
        return document.currency
    if table is None or document.currency in table.by_id:
        return document.currency
    raise BadConfig(
        "currency",
        f"The sale is in {document.currency}; the organisation keeps {own} and has not "
        "added that currency.",
        code="currency_unknown",
        hint="Add the currency in Xero's settings; Weft converts nothing.",
    )


def status(document: Document, context: Context) -> str:
    """How it is posted."""
    return str(context.setting("invoice_status", STATUSES[0]))


def branding_theme(document: Document, context: Context) -> str | None:
    """The id of the theme of that name; None for Xero's default."""
    chosen = str(context.setting("branding_theme") or "")
    if not chosen:
        return None
    table = context.lookups.get("branding_themes")
    for entry in table.by_id.values() if table else ():
        if chosen in (entry.external_id, entry.name):
            return entry.external_id
    raise BadConfig("branding_theme", f"There is no branding theme “{chosen}”.")


def settlement(note: CreditNote, context: Context) -> dict[str, Any]:
    """What is done with a credit note once it is there: which invoice it lessens, and
    how much went back to the buyer from which account."""
    found: dict[str, Any] = {"InvoiceID": resolve(note.order, context)}
    if note.paid_back > 0:
        found["PaidBack"] = note.paid_back
        found["Account"] = payment_account(note.method, context)
        found["Reference"] = f"{note.order_number} {note.number}".strip()
    return found


def paid_invoice(payment: Payment, context: Context) -> dict[str, str]:
    """The invoice made of the payment's order. MissingLink until it is there."""
    return {"InvoiceID": resolve(payment.order, context)}


def landed_on(payment: Payment, context: Context) -> dict[str, str]:
    """The account paired with the way of paying."""
    return payment_account(payment.method, context)


def amount(payment: Payment) -> Decimal:
    """How much. BadRecord for nothing, which Xero refuses."""
    if payment.money.amount <= 0:
        raise BadRecord("", "The payment is of nothing.", code="negative")
    return payment.money.rounded(2).amount
