"""What of a customer no path says: the sites, which hold all addresses, and places."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.galaxy.rows import decimal, guid, number_of
from integration.canonical.parties import Address
from integration.canonical.values import Value
from integration.contract.mapping import Context
from integration.contract.messages import Json

Source = Json
"""A customer's row under "row", and the changed sites under "customersites"."""

SITES = "customersites"
# Codes in use that ISO 3166 does not have.
OWN_COUNTRIES = {"EL": "GR", "UK": "GB"}


def sites(source: Source) -> list[Json]:
    """Each site once, in its newest state, those for bills first, then the main ones.

    Sites come inside their customer and as a list of their own, and a changed site need
    not renew its customer.
    """
    newest: dict[str, Json] = {}
    nested = source["row"].get("CustomerSites") or ()
    for site in (*nested, *(source.get(SITES) or ())):
        there = newest.get(guid(site.get("ID")))
        if there is None or (number_of(site) or 0) > (number_of(there) or 0):
            newest[guid(site.get("ID"))] = site
    return sorted(newest.values(), key=_order)


def billing(source: Source, context: Context) -> Address | None:
    """The site for bills, else the main one."""
    found = sites(source)
    return address(found[0], source, context) if found else None


def shipping(source: Source, context: Context) -> Address | None:
    """The main site, where the one for bills is another."""
    found = [site for site in sites(source)[1:] if site.get("IsPrimary")]
    return address(found[0], source, context) if found else None


def every_address(source: Source, context: Context) -> tuple[Address, ...]:
    """All sites, for a customer may have any number."""
    return tuple(address(site, source, context) for site in sites(source))


def address(site: Json, source: Source, context: Context) -> Address:
    """One site, its places looked up."""
    street = f"{site.get('Street') or ''} {site.get('StreetNumber') or ''}".strip()
    return Address(
        name=str(source["row"].get("Description") or ""),
        line1=street,
        city=_place("cities", site.get("CityID"), context),
        region=_place("prefectures", site.get("PrefectureID"), context),
        postcode=str(site.get("PostalCode") or ""),
        country=_country(site.get("CountryID"), context),
        phone=str(site.get("Phone1") or site.get("Phone2") or ""),
        email=str(site.get("Email") or ""),
        key=guid(site.get("ID")),
    )


def email(source: Source) -> str:
    """The first there is, bills before others."""
    return _first(source, "Email")


def phone(source: Source) -> str:
    """The first there is, bills before others."""
    return _first(source, "Phone1") or _first(source, "Phone2")


def price_list(source: Source) -> str:
    """The id of the price list the site for bills is on."""
    return guid(_first(source, "PricelistID"))


def discount(source: Source) -> Decimal | None:
    """The discount of the site for bills, in per cent."""
    found = sites(source)
    told = found[0].get("DiscountPercent") if found else None
    return None if told is None else decimal(told)


def currency(source: Source, context: Context) -> str:
    """The currency's code; "" for none."""
    found = guid(source["row"].get("CurrencyID"))
    return context.entry("currencies", found).code if found else ""


def attributes(source: Source) -> dict[str, Value]:
    """What an order needs beside the customer's own id: the trader's."""
    row = source["row"]
    found = {"trader_id": guid(row.get("TraderID"))}
    found |= {"company_id": guid(row.get("CompanyID"))}
    return {name: value for name, value in found.items() if value}


def _order(site: Json) -> tuple[bool, bool, str]:
    return not site.get("IsBilling"), not site.get("IsPrimary"), guid(site.get("ID"))


def _first(source: Source, name: str) -> str:
    return next((str(site[name]) for site in sites(source) if site.get(name)), "")


def _place(table: str, external_id: Any, context: Context) -> str:
    found = guid(external_id)
    return context.entry(table, found).label if found else ""


def _country(external_id: Any, context: Context) -> str:
    """ISO 3166 alpha-2; "" for a code that is none."""
    found = guid(external_id)
    code = context.entry("countries", found).code.upper() if found else ""
    code = OWN_COUNTRIES.get(code, code)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
