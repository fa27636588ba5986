"""A customer as Galaxy takes a new one; places by id where its lists have them."""

from __future__ import annotations

from connectors.galaxy.parties import OWN_COUNTRIES
from integration.canonical.parties import Address, Customer
from integration.canonical.shop import Entry
from integration.contract.mapping import Context
from integration.contract.messages import Json
from integration.errors import BadRecord

THEIR_COUNTRIES = {ours: theirs for theirs, ours in OWN_COUNTRIES.items()}


def name(customer: Customer) -> str:
    """The company, else the person, else the e-mail."""
    person = f"{customer.first_name} {customer.last_name}".strip()
    found = customer.company.strip() or person or customer.email
    if not found:
        raise BadRecord(
            "",
            "This customer has neither a name nor an e-mail address.",
            code="name_missing",
            hint="Complete the customer in the shop.",
        )
    return found


def currency_id(customer: Customer, context: Context) -> str | None:
    """The currency's id; None leaves it to Galaxy."""
    found = context.coded("currencies", customer.currency)
    return found.external_id if found else None


def sites(customer: Customer, context: Context) -> list[Json]:
    """The address for bills, then the one for goods where it is another."""
    first = customer.billing or customer.shipping or Address()
    found = [_site(first, customer, context, main=True)]
    if customer.shipping and customer.shipping != first:
        found.append(_site(customer.shipping, customer, context, main=False))
    return found


def country(code: str, context: Context) -> Entry | None:
    """The country's entry; Greece and Britain have codes of their own."""
    own = THEIR_COUNTRIES.get(code.upper(), "")
    return context.coded("countries", own) or context.coded("countries", code.upper())


def _site(address: Address, customer: Customer, context: Context, main: bool) -> Json:
    places = {
        "Country": (country(address.country, context), address.country),
        "Prefecture": _named("prefectures", address.region, context),
        "City": _named("cities", address.city, context),
    }
    site: Json = {
        "Description": address.name or name(customer),
        "IsBilling": int(main),
        "IsPrimary": int(main),
        "PostalCode": address.postcode,
        "Street": " ".join(filter(None, (address.line1, address.line2))),
        "Email": address.email or customer.email,
        "Phone1": address.phone or customer.phone,
    }
    for field, (entry, text) in places.items():
        if entry is not None:
            site[f"{field}ID"] = entry.external_id
        elif text:
            site[f"{field}Descr"] = text
    return site


def _named(table: str, text: str, context: Context) -> tuple[Entry | None, str]:
    """The only entry of that code or name, and the text for where there is none."""
    wanted = text.strip().casefold()
    held = context.lookups.get(table)
    entries = held.by_id.values() if held and wanted else ()
    found = [
        entry
        for entry in entries
        if wanted in (entry.code.casefold(), entry.name.casefold())
    ]
    return (found[0] if len(found) == 1 else None), text.strip()
