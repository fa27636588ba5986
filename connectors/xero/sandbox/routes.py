"""Says which function answers which address of the Accounting API."""

from collections.abc import Callable
from typing import NamedTuple

from werkzeug.routing import Map, Rule

from connectors.xero.sandbox import (
    contacts,
    credit_notes,
    invoices,
    items,
    payments,
    settings_rows,
)
from connectors.xero.sandbox.exchange import Answer

API = "/api.xro/2.0"
DOOR = {
    "authorize": ("/identity/connect/authorize", "GET"),
    "token": ("/connect/token", "POST"),
    "revocation": ("/connect/revocation", "POST"),
    "connections": ("/connections", "GET"),
    "disconnect": ("/connections/<id>", "DELETE"),
}


class Route(NamedTuple):
    """One address and method, and what answers it."""

    method: str
    path: str
    does: Callable[..., Answer]

    @property
    def name(self) -> str:
        """The endpoint, as recorded calls name it."""
        return f"{self.method} {self.path}"

    @property
    def resource(self) -> str:
        """The first word of the path."""
        return self.path.strip("/").partition("/")[0]


ROUTES = (
    Route("GET", "/Organisation", settings_rows.show_organisation),
    Route("GET", "/Accounts", settings_rows.list_accounts),
    Route("GET", "/TaxRates", settings_rows.list_tax_rates),
    Route("GET", "/TrackingCategories", settings_rows.list_tracking),
    Route("GET", "/Currencies", settings_rows.list_currencies),
    Route("GET", "/BrandingThemes", settings_rows.list_themes),
    Route("GET", "/Items", items.list_items),
    Route("PUT", "/Items", items.create_items),
    Route("POST", "/Items", items.save_items),
    Route("GET", "/Items/<id>", items.show_item),
    Route("POST", "/Items/<id>", items.save_item_at),
    Route("DELETE", "/Items/<id>", items.remove_item),
    Route("GET", "/Contacts", contacts.list_contacts),
    Route("PUT", "/Contacts", contacts.create_contacts),
    Route("POST", "/Contacts", contacts.save_contacts),
    Route("GET", "/Contacts/<id>", contacts.show_contact),
    Route("POST", "/Contacts/<id>", contacts.save_contact_at),
    Route("GET", "/Invoices", invoices.list_invoices),
    Route("PUT", "/Invoices", invoices.create_invoices),
    Route("POST", "/Invoices", invoices.save_invoices),
    Route("GET", "/Invoices/<id>", invoices.show_invoice),
    Route("POST", "/Invoices/<id>", invoices.save_invoice_at),
    Route("GET", "/CreditNotes", credit_notes.list_credit_notes),
    Route("PUT", "/CreditNotes", credit_notes.create_credit_notes),
    Route("POST", "/CreditNotes", credit_notes.save_credit_notes),
    Route("GET", "/CreditNotes/<id>", credit_notes.show_credit_note),
    Route("POST", "/CreditNotes/<id>", credit_notes.save_credit_note_at),
    Route("PUT", "/CreditNotes/<id>/Allocations", credit_notes.allocate),
    Route("GET", "/Payments", payments.list_payments),
    Route("PUT", "/Payments", payments.create_payments),
    Route("POST", "/Payments", payments.save_one_payment),
    Route("GET", "/Payments/<id>", payments.show_payment),
    Route("POST", "/Payments/<id>", payments.remove_payment),
)


def url_map() -> Map:
    """Give the map of every address, those of the identity server too."""
    rules = [
        Rule(path, endpoint=name, methods=[method])
        for name, (path, method) in DOOR.items()
    ]
    rules += [
        Rule(f"{API}{route.path}", endpoint=route.name, methods=[route.method])
        for route in ROUTES
    ]
    return Map(rules, strict_slashes=False)
