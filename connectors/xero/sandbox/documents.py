"""Reads what invoices and credit notes have in common, and shows it."""

from datetime import date
from decimal import Decimal

from connectors.xero.sandbox.contact_fields import shown as contact_shown
from connectors.xero.sandbox.contacts import find_contact, save_contact
from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.exchange import Invalid
from connectors.xero.sandbox.lines import Sheet, read_lines
from connectors.xero.sandbox.organisation import Organisation
from connectors.xero.sandbox.totals import (
    EXCLUSIVE,
    INCLUSIVE,
    NO_TAX,
    document_totals,
    rounded,
)
from connectors.xero.sandbox.validation import Check

KINDS = (EXCLUSIVE, INCLUSIVE, NO_TAX)
POSTED = "AUTHORISED"
NEW = ("DRAFT", "SUBMITTED", POSTED)
OPEN = ("DRAFT", "SUBMITTED")
ODD = Decimal(2)
"""A rate this many times off the day's own is answered with a warning."""


def meet_contact(org: Organisation, check: Check, held: Row) -> Row | None:
    """Find the contact a document names by id, number or name; faults go into `check`.

    None means that the contact is new, or, with a fault, that there is none.
    """
    if "Contact" not in check.element and held:
        return org.contacts[held["ContactID"]]
    sent = check.part("Contact")
    try:
        found = find_contact(org, sent)
    except Invalid as invalid:
        check.faults += invalid.faults
        return None
    if found is None and not sent.get("Name"):
        check.say("A contact must be given")
    if found is not None and found["ContactStatus"] != "ACTIVE":
        check.say(f"The contact {found['Name']} is archived")
    return found


def keep_contact(org: Organisation, check: Check, found: Row | None) -> Row:
    """Give the contact of a document, made or changed by what is sent of it.

    Anything beside what it is found by changes the contact, and contact persons left
    out are removed: https://community.xero.com/developer/discussion/106550833
    """
    sent = check.part("Contact")
    by = ("ContactID", "ContactNumber", "Name")
    key = {next((name for name in by if sent.get(name)), "")}
    if found is not None and not sent.keys() - key:
        return found
    return save_contact(org, found, {"ContactPersons": [], **sent})


def read_head(org: Organisation, check: Check, held: Row) -> Row:
    """Give date, kind of amounts, currency and status; faults go into `check`."""
    day = check.day("Date") or held.get("Date") or org.today()
    if org.is_locked(day):
        check.say(f"The document date {day} is on or before a lock date")
    kind = check.choice(
        "LineAmountTypes", KINDS, held.get("LineAmountTypes", EXCLUSIVE)
    )
    head: Row = {"Date": day, "LineAmountTypes": kind}
    for field in ("Reference", "BrandingThemeID"):
        if check.element.get(field) is not None:
            head[field] = check.text(field, 255)
    themes = {theme["BrandingThemeID"] for theme in org.themes}
    if head.get("BrandingThemeID") and head["BrandingThemeID"] not in themes:
        check.say("There is no such branding theme")
    return head | _currency(org, check, held)


def _currency(org: Organisation, check: Check, held: Row) -> Row:
    code = check.text("CurrencyCode", 3) or held.get("CurrencyCode") or org.currency
    rate = check.amount("CurrencyRate")
    if code not in org.currencies:
        check.say(f"Organisation is not subscribed to currency {code}")
    if rate is not None and rate <= 0:
        check.say("CurrencyRate must be above zero")
    if code == org.currency:
        return {"CurrencyCode": code, "CurrencyRate": Decimal(1)}
    known = held.get("CurrencyRate") or org.rates.get(code, Decimal(1))
    return {"CurrencyCode": code, "CurrencyRate": rate or known}


def rate_warnings(org: Organisation, row: Row) -> list[str]:
    """Warn of an exchange rate that is far from the day's own."""
    usual = org.rates.get(row["CurrencyCode"])
    if usual is None or usual / ODD <= row["CurrencyRate"] <= usual * ODD:
        return []
    return [f"The currency rate {row['CurrencyRate']} is unusual, expected {usual}"]


def read_body(
    org: Organisation, check: Check, head: Row, held: Row, places: int
) -> Row:
    """Give lines and totals; `held` keeps its own when none are sent.

    Raises `Invalid`; totals that are sent have to be those that come out.
    """
    lines = check.parts("LineItems")
    if "LineItems" not in check.element and held:
        lines, places = _kept_lines(head, held), 4
    if not lines:
        raise Invalid("One or more line items must be given")
    sheet = Sheet(
        org=org,
        kind=head["LineAmountTypes"],
        places=places,
        posts=head["Status"] == POSTED,
        discounts=head["Type"] == "ACCREC",
        held={line["LineItemID"]: line for line in held.get("LineItems", [])},
    )
    body = {"LineItems": read_lines(sheet, lines)}
    totals = document_totals(body["LineItems"], head["LineAmountTypes"])
    _check_totals(check, totals)
    return body | totals


def _kept_lines(head: Row, held: Row) -> list[Row]:
    """Give the lines a document has, to be checked again under its new terms."""
    if head["LineAmountTypes"] == held["LineAmountTypes"]:
        return list(held["LineItems"])
    return [
        {name: value for name, value in line.items() if name != "TaxAmount"}
        for line in held["LineItems"]
    ]


def _check_totals(check: Check, totals: Row) -> None:
    if totals["Total"] < 0:
        raise Invalid("The document total must not be below zero")
    for field in ("SubTotal", "TotalTax", "Total"):
        given = check.amount(field)
        if given is not None and rounded(given) != totals[field]:
            raise Invalid(f"{field} {given} is not the sum of the lines")


def lines_shown(row: Row, places: int) -> list[Row]:
    """Give the lines; unit amounts have 2 places, or 4 with `unitdp=4`."""
    return [
        {**line, "UnitAmount": rounded(line["UnitAmount"], places)}
        for line in row["LineItems"]
    ]


def contact_of(org: Organisation, row: Row) -> Row:
    """Give the whole contact of a document."""
    return contact_shown(org.contacts[row["ContactID"]])


def last_day(payments: list[Row], allocations: list[Row]) -> date | None:
    """Give the day of the latest payment or allocation."""
    return max((row["Date"] for row in (*payments, *allocations)), default=None)
