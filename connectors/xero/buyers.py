"""Whom an invoice is for, and what of a buyer's data Xero takes.

More than an id inside an invoice makes Xero change the contact, so nothing else is sent
unless the merchant asks for it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from integration.canonical.accounts import CreditNote, Invoice
from integration.canonical.parties import Address, Customer
from integration.contract.mapping import Context, resolve
from integration.errors import BadConfig, BadRecord

LONGEST = 255


def contact(document: Invoice | CreditNote, context: Context) -> dict[str, Any]:
    """Whom it is for: the contact's id alone, which changes nothing there.

    A guest's is the contact that is set for them, by id or by name. MissingLink where
    the buyer is not a contact yet. With the buyer's data only where that is switched
    on: Xero then takes it over.
    """
    if document.customer is None:
        chosen = str(context.setting("guest_contact") or "")
        if not chosen:
            raise BadConfig(
                "guest_contact",
                "The sale names no buyer, and no contact for guests is set.",
                hint="Enter the contact that such sales go to.",
            )
        return named(chosen)
    found = named(resolve(document.customer, context))
    guest = str(context.setting("guest_contact") or "")
    buyer = getattr(document, "buyer", None)
    if not context.setting("send_contact_data") or buyer is None:
        return found
    return found if guest in found.values() else found | details(buyer)


def named(chosen: str) -> dict[str, Any]:
    """A contact by its id, or by its name where it is no id."""
    try:
        return {"ContactID": str(UUID(chosen))}
    except ValueError:
        return {"Name": chosen}


def details(buyer: Customer) -> dict[str, Any]:
    """A buyer's data, as far as Xero takes it.

    Without `Name`: a name that another contact has would reach for that one.
    """
    found: dict[str, Any] = {
        "FirstName": short(buyer.first_name) or None,
        "LastName": short(buyer.last_name) or None,
        "EmailAddress": email(buyer.email),
        "Phones": phones(buyer),
        "Addresses": addresses(buyer),
    }
    return {name: value for name, value in found.items() if value}


def name(customer: Customer) -> str:
    """The contact's name. BadRecord where there is nothing to call it by."""
    person = f"{customer.first_name} {customer.last_name}".strip()
    found = customer.company.strip() or person or customer.email
    if not found:
        raise BadRecord("", "The customer has no name and no e-mail.", code="nameless")
    return found[:LONGEST]


def short(text: str) -> str:
    """A name as long as Xero keeps one."""
    return text[:LONGEST]


def number(text: str) -> str:
    """A number as long as Xero keeps one."""
    return text[:50]


def email(text: str) -> str | None:
    """The address; None for one Xero would refuse, such as one with an umlaut.

    The sale matters more than the address.
    """
    before, _, domain = text.partition("@")
    sound = before and "." in domain and text.isascii() and " " not in text
    return text if sound and len(text) <= LONGEST else None


def phones(buyer: Customer) -> list[dict[str, str]] | None:
    """The usual number."""
    found = buyer.phone or (buyer.billing.phone if buyer.billing else "")
    return [{"PhoneType": "DEFAULT", "PhoneNumber": found[:50]}] if found else None


def addresses(buyer: Customer) -> list[dict[str, str]] | None:
    """The postal address, which is printed on invoices, and where the goods go."""
    kinds = (("POBOX", buyer.billing), ("STREET", buyer.shipping))
    return [_address(kind, one) for kind, one in kinds if one is not None] or None


def _address(kind: str, address: Address) -> dict[str, str]:
    """An address; a country that is not letters is left out."""
    lines = [part for part in (address.company, address.line1, address.line2) if part]
    found = {"AddressType": kind}
    found |= {f"AddressLine{n}": line[:500] for n, line in enumerate(lines, 1)}
    letters = all(mark.isalpha() or mark.isspace() for mark in address.country)
    rest = {
        "City": address.city[:LONGEST],
        "Region": address.region[:LONGEST],
        "PostalCode": address.postcode[:50],
        "Country": address.country[:50] if letters else "",
        "AttentionTo": address.name[:LONGEST],
    }
    return found | {name: text for name, text in rest.items() if text}
