"""The functions behind the reading tables: one value of Xero's, put into ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.xero.dates import day, midnight
from integration.canonical.kinds import Kind
from integration.canonical.parties import Address
from integration.canonical.values import Money, Ref, Value
from integration.contract import paths
from integration.contract.mapping import Context, number
from integration.errors import BadConfig

Row = Mapping[str, Any]
ACTIVE = "ACTIVE"


def is_active(row: Row) -> bool:
    """Whether a word may still be chosen."""
    return bool(row.get("Status", ACTIVE) == ACTIVE)


def of_account(row: Row) -> dict[str, Value]:
    """What the choice of an account depends on."""
    return {
        "type": row.get("Type"),
        "class": row.get("Class"),
        "system": row.get("SystemAccount"),
        "tax": row.get("TaxType"),
        "payments": bool(row.get("EnablePaymentsToAccount")),
        "currency": row.get("CurrencyCode"),
    }


def of_tax_rate(row: Row) -> dict[str, Value]:
    """What the choice of a tax rate depends on; the rate is a percentage."""
    rate = row.get("EffectiveRate", row.get("DisplayTaxRate"))
    return {
        "rate": None if rate is None else f"{number(rate):f}",
        "revenue": bool(row.get("CanApplyToRevenue", True)),
    }


def category_and_options(row: Row) -> Iterator[Row]:
    """A tracking category, and each of its options under it."""
    yield {"id": row["TrackingCategoryID"], **row}
    for option in row.get("Options") or ():
        parent = row["TrackingCategoryID"]
        yield {"id": option["TrackingOptionID"], "parent": parent, **option}


def sold(row: Row) -> Iterator[Row]:
    """The item alone, where it is sold at all."""
    if row.get("IsSold", True):
        yield row


def sales_price(row: Row, context: Context) -> Money | None:
    """What one costs, in the organisation's own currency; None where nothing is set."""
    price = paths.read(row, "SalesDetails.UnitPrice")
    if price is None:
        return None
    currency = context.setting("currency")
    if not currency:
        raise BadConfig(
            "currency",
            "The organisation's currency is not known yet.",
            hint="Test the connection once; it is read then, and daily.",
        )
    return Money(number(price), str(currency))


def company(row: Row) -> str:
    """The contact's name where it is no person's."""
    name = str(row.get("Name") or "")
    person = f"{row.get('FirstName') or ''} {row.get('LastName') or ''}".strip()
    return "" if person and name.startswith(person) else name


def address(row: Row, kind: str) -> Address | None:
    """The address of a kind; None where nothing is filled in."""
    listed = row.get("Addresses") or ()
    found: Row = next((one for one in listed if one.get("AddressType") == kind), {})
    texts = {name: str(text).strip() for name, text in found.items() if text}
    if not texts.keys() - {"AddressType", "Country"}:
        return None
    lines = [
        texts[f"AddressLine{n}"] for n in range(1, 5) if f"AddressLine{n}" in texts
    ]
    return Address(
        name=texts.get("AttentionTo", ""),
        line1=lines[0] if lines else "",
        line2=", ".join(lines[1:]),
        city=texts.get("City", ""),
        region=texts.get("Region", ""),
        postcode=texts.get("PostalCode", ""),
        country=_code(texts.get("Country", "")),
    )


def _code(country: str) -> str:
    """A country's two letters; "" for a name, which people spell in many ways."""
    return country.upper() if len(country) == 2 and country.isalpha() else ""


def postal(row: Row) -> Address | None:
    """The address printed on invoices."""
    return address(row, "POBOX")


def physical(row: Row) -> Address | None:
    """Where the contact is."""
    return address(row, "STREET")


def phone(row: Row) -> str:
    """The usual number, else the first there is."""
    listed = [each for each in row.get("Phones") or () if each.get("PhoneNumber")]
    usual = [each for each in listed if each.get("PhoneType") == "DEFAULT"]
    for found in (*usual, *listed):
        parts = ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")
        return " ".join(str(found[part]) for part in parts if found.get(part))
    return ""


def order_ref(row: Row) -> Ref:
    """The order by the number its document refers to: Xero knows no orders."""
    number_there = str(row.get("Reference") or "")
    return Ref(Kind.ORDER, "", {"number": number_there} if number_there else {})


def dated(row: Row, context: Context) -> datetime:
    """When the document's day begins where the organisation is."""
    return midnight(row.get("DateString") or row["Date"], context)


def due_days(row: Row) -> int | None:
    """Days between a document and when it is due."""
    due = row.get("DueDateString") or row.get("DueDate")
    if not due:
        return None
    return (day(due) - day(row.get("DateString") or row["Date"])).days


def whole_tax(row: Row) -> bool | None:
    """Whether the lines hold their tax; None where there is none."""
    return {"Inclusive": True, "Exclusive": False}.get(str(row.get("LineAmountTypes")))


def document_lines(row: Row) -> Iterator[Row]:
    """The lines, each with whether its amount holds its tax."""
    for line in row.get("LineItems") or ():
        yield {**line, "inclusive": whole_tax(row) is True}


def net(line: Row) -> Decimal:
    """The line's total without tax."""
    amount = number(line.get("LineAmount", 0))
    return amount - tax(line) if line["inclusive"] else amount


def tax(line: Row) -> Decimal:
    """The line's tax."""
    return number(line.get("TaxAmount") or 0)


def state(row: Row) -> dict[str, Value]:
    """Where the document stands in the books, and what is still open on it."""
    found: dict[str, Value] = {"status": str(row.get("Status") or "")}
    for name, field in (("due", "AmountDue"), ("remaining", "RemainingCredit")):
        if row.get(field) is not None:
            found[name] = f"{number(row[field]):f}"
    return found
