"""Writes to an organisation: each kind in its own way, doubles never.

https://developer.xero.com/documentation/api/accounting/overview
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from connectors.xero.client import Client
from connectors.xero.contacts import Contacts
from connectors.xero.credit_notes import CreditNotes
from connectors.xero.invoices import Invoices, Sheets
from connectors.xero.items import Items
from connectors.xero.payments import Payments
from integration.canonical.kinds import Kind
from integration.contract.messages import Found, Outcome, Outgoing, Wanted

Find = Callable[[Sequence[Wanted]], Iterator[Found]]
Write = Callable[[Sequence[Outgoing]], Iterator[Outcome]]


class Writer:
    """See the contract. What is read of items serves all kinds of one conversation."""

    def __init__(self, client: Client) -> None:
        contacts, items = Contacts(client), Items(client)
        sheets = Sheets(client, contacts, items)
        invoices, notes = Invoices(client, sheets), CreditNotes(client, sheets)
        payments = Payments(client)
        self._find: Mapping[Kind, Find] = {
            Kind.CUSTOMER: contacts.find,
            Kind.VARIANT: items.find,
            Kind.INVOICE: invoices.find,
            Kind.CREDIT_NOTE: notes.find,
            Kind.PAYMENT: payments.find,
        }
        self._write: Mapping[Kind, Write] = {
            Kind.CUSTOMER: contacts.write,
            Kind.VARIANT: items.write,
            Kind.PRICE: items.write_prices,
            Kind.INVOICE: invoices.write,
            Kind.CREDIT_NOTE: notes.write,
            Kind.PAYMENT: payments.write,
        }

    def find(self, kind: Kind, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """What is there already, many in one call."""
        yield from self._find[kind](wanted)

    def write(self, kind: Kind, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """One outcome each; a refused one never hides the others."""
        yield from self._write[kind](batch)
