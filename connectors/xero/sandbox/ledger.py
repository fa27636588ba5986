"""Tells everything the platform holds, for counting from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from connectors.xero.sandbox import (
    contact_fields,
    credit_note_view,
    invoice_view,
    items,
    payments,
)
from connectors.xero.sandbox.dates import Row, render
from connectors.xero.sandbox.organisation import GONE, SALES, Organisation

if TYPE_CHECKING:
    from connectors.xero.sandbox.xero import Xero


def tell_ledger(xero: Xero) -> dict[str, Any]:
    """Give all rows as the API shows them, each with its `tenant`, and the counts.

    `duplicated` counts numbers that stand more than once, by tenant; `over_budget` the
    calls answered 429, by tenant and window.
    """
    found: dict[str, Any] = {"organisations": [], "duplicated": {}}
    for org in xero.organisations.values():
        found["organisations"].append(org.facts)
        for name, rows in _rows(org).items():
            found.setdefault(name, []).extend({**row, "tenant": org.id} for row in rows)
        found["duplicated"][org.id] = _duplicated(org)
    shown: dict[str, Any] = render({**found, **_happened(xero)})
    return shown


def _happened(xero: Xero) -> dict[str, Any]:
    """Give what the app did: calls too many, webhooks, tokens, connections."""
    over = xero.limits.over_budget
    return {
        "over_budget": {tenant: dict(counts) for tenant, counts in over.items()},
        "in_flight": xero.limits.in_flight(),
        "webhook": {
            "url": xero.courier.url,
            "status": xero.courier.status,
            "handshake": xero.courier.handshake,
        },
        "deliveries": list(xero.courier.log),
        "tokens": xero.identity.events,
        "connections": list(xero.identity.connections.values()),
        "settings": asdict(xero.settings),
    }


def _rows(org: Organisation) -> dict[str, Iterable[Row]]:
    return {
        "accounts": org.accounts.values(),
        "contacts": (contact_fields.shown(row) for row in org.contacts.values()),
        "items": (items.shown(row, 4) for row in org.items.values()),
        "invoices": (invoice_view.shown(org, r, 4) for r in org.invoices.values()),
        "credit_notes": (
            credit_note_view.shown(org, row, 4) for row in org.credit_notes.values()
        ),
        "payments": (payments.shown(org, row) for row in org.payments.values()),
    }


def _duplicated(org: Organisation) -> dict[str, dict[str, int]]:
    sales = (row for row in org.invoices.values() if row["Type"] == SALES)
    return {
        "invoices": _counted(sales, "InvoiceNumber"),
        "credit_notes": _counted(org.credit_notes.values(), "CreditNoteNumber"),
        "references": _counted(org.invoices.values(), "Reference"),
    }


def _counted(rows: Iterable[Row], field: str) -> dict[str, int]:
    numbers = (row.get(field) for row in rows if row["Status"] not in GONE)
    counts = Counter(number for number in numbers if number)
    return {number: count for number, count in counts.items() if count > 1}
