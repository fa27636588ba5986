"""Fills the lookups, companies and scenarios."""

from collections.abc import Iterable
from typing import Any

from connectors.galaxy.sandbox import words
from connectors.galaxy.sandbox.erp import Erp
from connectors.galaxy.sandbox.ids import (
    RETAIL_COMPANY,
    RETAIL_SCENARIO,
    TRADE_COMPANY,
    TRADE_SCENARIO,
    guid,
)

COMPANIES = (
    (RETAIL_COMPANY, "ΔΕΙ", "Δείγμα Λιανική Α.Ε.", "094000001"),
    (TRADE_COMPANY, "ΔΕΧ", "Δείγμα Χονδρική Ε.Π.Ε.", "094000002"),
)
SCENARIOS = (
    (RETAIL_SCENARIO, "ESHOP", "Ηλεκτρονικό κατάστημα", 1, RETAIL_COMPANY),
    (TRADE_SCENARIO, "B2B", "Πύλη συνεργατών", 0, TRADE_COMPANY),
)
PLAIN = {
    "countries": words.COUNTRIES,
    "currencies": words.CURRENCIES,
    "paymentmethods": words.PAYMENT_METHODS,
    "dispatchpurposes": words.DISPATCH_PURPOSES,
    "shippingmethods": words.SHIPPING_METHODS,
    "agencies": words.AGENCIES,
    "banks": words.BANKS,
    "companygroups": words.GROUPS,
}


def lookup_id(name: str, code: str) -> str:
    """Give the ID of the row with that code in a lookup as it is at the start."""
    return guid(f"{name}/{code}")


def seed_lookups(erp: Erp) -> None:
    """Fill every lookup, the companies with their sites, and the scenarios."""
    for name, rows in PLAIN.items():
        for code, text in rows:
            _add(erp, name, code, text)
    for code, text, country in words.PREFECTURES:
        above = {"CountryID": lookup_id("countries", country)}
        _add(erp, "prefectures", code, text, **above)
    for code, text, prefecture in words.CITIES:
        above = {"PrefectureID": lookup_id("prefectures", prefecture)}
        _add(erp, "cities", code, text, **above)
    _seed_companies(erp)
    for key, code, text, default, company in SCENARIOS:
        row = {"ID": key, "Code": code, "Description": text, "IsDefault": default}
        erp["webscenarios"].add({**row, "Type": 1, "CompanyID": company})


def _seed_companies(erp: Erp) -> None:
    group = lookup_id("companygroups", words.GROUPS[0][0])
    for key, code, text, number in COMPANIES:
        row = {"ID": key, "Code": code, "Description": text, "TIN": number}
        erp["companies"].add({**row, "CompanyGroupID": group})
        _add_owned(erp, "companysites", key, [("00", "Έδρα"), ("01", "Αποθήκη")])
        for charge, name, kind in words.CHARGES:
            _add_owned(erp, "charges", key, [(charge, name)], Type=kind)
        for prefix, name, kind in words.PREFIXES:
            _add_owned(erp, "prefixes", key, [(prefix, name)], ObjectType=kind)


def _add_owned(
    erp: Erp, name: str, company: str, rows: Iterable[tuple[str, str]], **more: Any
) -> None:
    for code, text in rows:
        row = {"ID": guid(f"{name}/{company}/{code}"), "Code": code, **more}
        if name != "charges":
            row["CompanyID"] = company
        erp[name].add({**row, "Description": text}, company)


def _add(erp: Erp, name: str, code: str, text: str, **more: Any) -> None:
    row = {"ID": lookup_id(name, code), "Code": code, "Description": text}
    erp[name].add({**row, **more})
