"""Where people see a thing in Xero itself.

https://developer.xero.com/documentation/guides/how-to-guides/deep-link-xero/
"""

from __future__ import annotations

from uuid import UUID

from integration.canonical.kinds import Kind
from integration.contract.messages import Settings

HOST = "https://go.xero.com"
PAGES = {
    Kind.CUSTOMER: "/Contacts/View/{id}",
    Kind.INVOICE: "/AccountsReceivable/View.aspx?InvoiceID={id}",
    Kind.CREDIT_NOTE: "/AccountsReceivable/ViewCreditNote.aspx?creditNoteID={id}",
}


def page_of(settings: Settings, kind: str, external_id: str) -> str | None:
    """The page of a contact, an invoice or a credit note, which Xero knows by UUID."""
    page = PAGES.get(Kind(kind))
    try:
        known = UUID(external_id)
    except ValueError:
        return None
    return HOST + page.format(id=known) if page else None
