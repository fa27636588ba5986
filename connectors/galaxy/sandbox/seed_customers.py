"""Makes the traders, their customers in each company, and the customers' sites."""

from decimal import Decimal
from typing import Any

from connectors.galaxy.sandbox import words
from connectors.galaxy.sandbox.answers import Row
from connectors.galaxy.sandbox.erp import Erp
from connectors.galaxy.sandbox.ids import RETAIL_COMPANY, TRADE_COMPANY, guid
from connectors.galaxy.sandbox.seed_lookups import lookup_id

TRADERS = 24
SHARED = 6
"""The first traders are customers of both companies; the next 12 of the first."""
ONLY_RETAIL = 18

CUSTOMER: Row = {
    **{"ID": "", "Code": "", "Description": "", "TraderID": "", "CompanyID": ""},
    **{"CurrencyID": None, "CommentText1": "", "CommentText2": ""},
    "KepyoLiability": 0,
}
SITE: Row = {
    **{"ID": "", "Code": "", "Description": "", "CustomerID": "", "TraderSiteID": ""},
    **{"CompanyID": "", "IsPrimary": 0, "Street": "", "StreetNumber": ""},
    **{"PostalCode": "", "CityID": None, "PrefectureID": None, "CountryID": None},
    **{"Phone1": "", "Phone2": "", "Fax": "", "Email": "", "WebSite": ""},
    **{"PricelistID": None, "DiscountPercent": 0, "AgencyID": None, "Comment": ""},
    **{"VATStatusEnum": 1, "TasksParticipationEnum": 0},
}
"""A customer and a site with nothing in them: every field that is published."""


def seed_customers(erp: Erp) -> None:
    """Fill thirty customers with one to three sites each."""
    for number in range(TRADERS):
        name = f"{words.NAMES[number % len(words.NAMES)]} {number}"
        trader = guid(f"trader/{number}")
        row = {"ID": trader, "Code": f"ΣΥΝ-{number:04d}", "Name": name}
        erp["traders"].add({**row, "TIN": f"{800000000 + number * 37}"})
        for company in _companies(number):
            _customer(erp, number, name, company)


def pricelist_id(code: str) -> str:
    """Give the ID of a price list."""
    return guid(f"pricelist/{code}")


def _companies(number: int) -> tuple[str, ...]:
    if number < SHARED:
        return (RETAIL_COMPANY, TRADE_COMPANY)
    return (RETAIL_COMPANY,) if number < ONLY_RETAIL else (TRADE_COMPANY,)


def _customer(erp: Erp, number: int, name: str, company: str) -> None:
    letter = "Λ" if company == RETAIL_COMPANY else "Χ"
    customer = guid(f"customer/{company}/{number}")
    row = {
        "ID": customer,
        "Code": f"{letter}-{number:04d}",
        "Description": name,
        "TraderID": guid(f"trader/{number}"),
        "CompanyID": company,
        "CurrencyID": lookup_id("currencies", "EUR"),
    }
    erp["customers"].add({**CUSTOMER, **row}, company)
    for place in range(1 + number % 3):
        site = _site(number, place, customer, company)
        erp["customersites"].add({**SITE, **site}, company)


def _site(number: int, place: int, customer: str, company: str) -> dict[str, Any]:
    code, city, prefecture = words.CITIES[(number + place) % len(words.CITIES)]
    country = next(row[2] for row in words.PREFECTURES if row[0] == prefecture)
    trade = company == TRADE_COMPANY
    return {
        "ID": guid(f"site/{customer}/{place}"),
        "Code": f"{place:02d}",
        "Description": f"{city} {place}" if place else "Έδρα",
        "CustomerID": customer,
        "TraderSiteID": guid(f"tradersite/{number}/{place}"),
        "CompanyID": company,
        "IsPrimary": int(place == 0),
        "Street": words.STREETS[(number + place) % len(words.STREETS)],
        "StreetNumber": f"{number * 3 + 1}Α" if number % 5 == 0 else f"{number + 1}",
        "PostalCode": f"{10000 + number * 311}",
        "CityID": lookup_id("cities", code),
        "PrefectureID": lookup_id("prefectures", prefecture),
        "CountryID": lookup_id("countries", country),
        "Phone1": f"210{5550000 + number}",
        "Email": f"pelatis{number}.{place}@example.test" if number % 7 else "",
        "PricelistID": pricelist_id(words.PRICELISTS[number % 2][0]) if trade else None,
        "DiscountPercent": Decimal(number % 4 * 25).scaleb(-1),
    }
