"""Checks the fields of a contact and shows one as the API does."""

from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.organisation import Organisation
from connectors.xero.sandbox.validation import Check

TEXTS = {
    "ContactNumber": 50,
    "AccountNumber": 50,
    "Name": 255,
    "FirstName": 255,
    "LastName": 255,
    "EmailAddress": 255,
    "CompanyNumber": 50,
    "TaxNumber": 50,
}
ADDRESS = {
    "AddressLine1": 500,
    "AddressLine2": 500,
    "AddressLine3": 500,
    "AddressLine4": 500,
    "City": 255,
    "Region": 255,
    "PostalCode": 50,
    "Country": 50,
    "AttentionTo": 255,
}
PHONE = {"PhoneNumber": 50, "PhoneAreaCode": 10, "PhoneCountryCode": 20}
PERSON = {"FirstName": 255, "LastName": 255, "EmailAddress": 255}
ADDRESS_TYPES = ("POBOX", "STREET")
PHONE_TYPES = ("DDI", "DEFAULT", "FAX", "MOBILE")
MOST_PERSONS = 5
DETAILS = frozenset({"ContactPersons", "ContactGroups"})
SUMMARY = frozenset({*DETAILS, "Addresses", "Phones", "Balances"})


def read_contact(org: Organisation, check: Check, held: Row) -> Row:
    """Give what an element changes of a contact; faults go into `check`."""
    changes = check.texts(TEXTS)
    if "Name" in changes and not str(changes["Name"]).strip():
        check.say("The contact name cannot be empty")
    _check_email(check, changes.get("EmailAddress"))
    currency = check.element.get("DefaultCurrency")
    if currency:
        if currency not in org.currencies:
            check.say(f"Organisation is not subscribed to currency {currency}")
        changes["DefaultCurrency"] = currency
    if check.element.get("ContactStatus"):
        among = ("ACTIVE", "ARCHIVED")
        changes["ContactStatus"] = check.choice("ContactStatus", among, "ACTIVE")
    if check.element.get("PaymentTerms"):
        changes["PaymentTerms"] = check.part("PaymentTerms")
    return changes | _lists(check, held)


def _lists(check: Check, held: Row) -> Row:
    """Give the addresses, phones and contact persons that were sent."""
    changes: Row = {}
    if "Addresses" in check.element:
        changes["Addresses"] = _addresses(check, held.get("Addresses", {}))
    if "Phones" in check.element:
        changes["Phones"] = _phones(check, held.get("Phones", {}))
    if "ContactPersons" in check.element:
        changes["ContactPersons"] = _persons(check)
    return changes


def shown(row: Row) -> Row:
    """Give a contact with all its details, every kind of address and phone named."""
    held = {name: value for name, value in row.items() if value not in (None, "")}
    blank = {"City": "", "Region": "", "PostalCode": "", "Country": ""}
    addresses, phones = row.get("Addresses", {}), row.get("Phones", {})
    numbered = dict.fromkeys((*PHONE_TYPES, *phones))
    return {
        **held,
        "BankAccountDetails": "",
        "Addresses": [
            {"AddressType": kind, **blank, **addresses.get(kind, {})}
            for kind in ADDRESS_TYPES
        ],
        "Phones": [
            {"PhoneType": kind, **dict.fromkeys(PHONE, ""), **phones.get(kind, {})}
            for kind in numbered
        ],
        "ContactPersons": row.get("ContactPersons", []),
        "ContactGroups": [],
        "IsSupplier": row.get("IsSupplier", False),
        "IsCustomer": row.get("IsCustomer", False),
        "HasAttachments": False,
        "HasValidationErrors": False,
    }


def brief(row: Row) -> Row:
    """Leave out what a list without a page does not tell."""
    return {name: value for name, value in row.items() if name not in DETAILS}


def summary(row: Row) -> Row:
    """Leave out what `summaryOnly=true` does not tell."""
    return {name: value for name, value in row.items() if name not in SUMMARY}


def _check_email(check: Check, address: str | None) -> None:
    if not address:
        return
    name, _, domain = address.partition("@")
    sound = name and "." in domain and "@" not in domain and " " not in address
    if not sound or not address.isascii():
        check.say(f"Email address {address} is not valid")


def _addresses(check: Check, held: dict[str, Row]) -> dict[str, Row]:
    found = dict(held)
    for sent in check.parts("Addresses"):
        inner = Check(sent)
        kind = inner.choice("AddressType", ADDRESS_TYPES, "POBOX")
        found[kind] = inner.texts(ADDRESS)
        country = found[kind].get("Country") or ""
        if any(character.isdigit() for character in country):
            inner.say("Country can only hold letters")
        check.faults += inner.faults
    return found


def _phones(check: Check, held: dict[str, Row]) -> dict[str, Row]:
    found = dict(held)
    for sent in check.parts("Phones"):
        inner = Check(sent)
        kind = inner.choice("PhoneType", (*PHONE_TYPES, "OFFICE"), "DEFAULT")
        found[kind] = inner.texts(PHONE)
        check.faults += inner.faults
    return found


def _persons(check: Check) -> list[Row]:
    found = []
    for sent in check.parts("ContactPersons"):
        inner = Check(sent)
        person = inner.texts(PERSON)
        _check_email(inner, person.get("EmailAddress"))
        found.append({**person, "IncludeInEmails": bool(sent.get("IncludeInEmails"))})
        check.faults += inner.faults
    if len(found) > MOST_PERSONS:
        check.say("A contact has at most five contact persons")
    return found
