"""What the platforms hold, counted: each thing once, each sale accounted for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.jobs.merchant import Merchant


def arrived(merchant: Merchant) -> Counter[str]:
    """How often the shop's orders are booked anywhere, by number."""
    invoices = merchant.ledger("xero")["invoices"]
    entries = merchant.ledger("galaxy")["entries"]
    return (
        merchant.crystal_orders()
        + Counter(str(row["InvoiceNumber"]) for row in invoices)
        + Counter(str(row["docid"]) for row in entries)
    )


def doubled(merchant: Merchant) -> list[str]:
    """What a platform holds more than once, or wrote over."""
    return [*_in_the_books(merchant), *_in_galaxy(merchant)]


def owing(merchant: Merchant) -> list[str]:
    """Invoices whose payment is missing, and refunds nobody credited."""
    books = merchant.ledger("xero")
    found = [
        f"invoice {row['InvoiceNumber']}: {row['Status']}"
        for row in books["invoices"]
        if row["Status"] != "PAID"
    ]
    refunds = merchant.ledger("woocommerce")["refunds"]
    if books["invoices"] and len(refunds) != len(books["credit_notes"]):
        found.append(f"{len(refunds)} refunds, {len(books['credit_notes'])} notes")
    return found


def _in_the_books(merchant: Merchant) -> list[str]:
    held = merchant.ledger("xero")
    found = {
        f"{kind} {number}": count
        for counts in held["duplicated"].values()
        for kind, numbers in counts.items()
        for number, count in numbers.items()
    }
    contacts = [row for row in held["contacts"] if row["ContactStatus"] == "ACTIVE"]
    paid = Counter(
        row["Invoice"]["InvoiceID"]
        for row in held["payments"]
        if row.get("Invoice") and row["Status"] == "AUTHORISED"
    )
    counted = (
        _of("EmailAddress", contacts),
        _of("Code", held["items"]),
        Counter({f"payment of {each}": count for each, count in paid.items()}),
    )
    for counts in counted:
        found |= {name: count for name, count in counts.items() if count > 1}
    return [f"{name} {count} times" for name, count in found.items()]


def _of(field: str, rows: list[dict[str, Any]]) -> Counter[str]:
    """How often a value stands in an organisation's rows."""
    found = Counter((row["tenant"], row[field]) for row in rows if row.get(field))
    return Counter({f"{field} {each[1]}": count for each, count in found.items()})


def _in_galaxy(merchant: Merchant) -> list[str]:
    held = merchant.ledger("galaxy")
    return [
        f"{name}: {held[name]}"
        for name in (
            "entries_duplicated",
            "customers_duplicated",
            "customers_overwritten",
        )
        if held[name]
    ]
