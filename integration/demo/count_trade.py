"""Counts the second merchant: Galaxy's items against the shop, and the shop's sales
against Galaxy's documents and Xero's books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from integration.demo.count import money, stock, text, with_open_error
from integration.demo.outside import Galaxy, Shop, Xero
from integration.models import Tenant

Json = Any
Sold = Mapping[str, int]
"""Pieces sold in the shop since the catalogue came, by SKU in lower case."""


class Items(NamedTuple):
    """How many items Galaxy shows, how many of them are equal in the shop, refused with
    an open error, and what is neither, with the reason."""

    source: int
    in_step: int
    refused: int
    astray: Sequence[str]


class Form(NamedTuple):
    """One form of an item as it is sold: the item itself, or a combination."""

    sku: str
    name: str
    price: Decimal | None
    stock: int


class Booked(NamedTuple):
    """Sales that arrived with all they came to, those that arrived more than once, and
    what is wrong with the others."""

    posted: int
    duplicated: int
    astray: Sequence[str]


def items(galaxy: Galaxy, shop: Shop, sold: Sold, tenant: Tenant) -> Items:
    """Compare what Galaxy shows with what the shop sells, form by form."""
    rows, shown = galaxy.rows("items"), shop.forms()
    balances, refused = _balances(galaxy), with_open_error(tenant)
    in_step, astray, without = 0, [], 0
    for row in rows:
        if row["ID"].lower() in refused:
            without += 1
            continue
        found = (_difference(f, shown, sold) for f in _forms(row, balances))
        wrong = next((one for one in found if one), "")
        if wrong:
            astray.append(f"{row['Code']}: {wrong}")
        else:
            in_step += 1
    return Items(len(rows), in_step, without, astray)


def invoices(xero: Xero, placed: Mapping[str, Json]) -> Booked:
    """Every order's invoice: there once, with the shop's total, and paid."""
    return _booked(
        "invoice",
        placed,
        [
            (row["InvoiceNumber"], _amount(row["Total"]))
            for row in xero.rows("invoices")
            if row["Type"] == "ACCREC"
        ],
    )


def payments(xero: Xero, placed: Mapping[str, Json]) -> Booked:
    """Every order's payment: on its invoice once, of the whole amount."""
    return _booked(
        "payment",
        placed,
        [
            (row["Invoice"]["InvoiceNumber"], _amount(row["Amount"]))
            for row in xero.rows("payments")
            if "Invoice" in row
        ],
    )


def credit_notes(xero: Xero, refunds: Mapping[str, Decimal]) -> Booked:
    """Every refund's credit note, by the number of its order: nothing of it is left."""
    rows = xero.rows("credit_notes")
    found = [
        (row["Reference"], _amount(row["Total"]))
        for row in rows
        if not _amount(row["RemainingCredit"])
    ]
    return _booked("credit note", refunds, found)


def entries(galaxy: Galaxy, placed: Mapping[str, Json]) -> Booked:
    """Every order's document in Galaxy: there once, and its lines are the total."""
    return _booked(
        "document",
        placed,
        [(row["docid"], _lines_of(row)) for row in galaxy.ledger()["entries"]],
    )


def doubles(xero: Xero) -> tuple[int, int]:
    """Contacts too many for their e-mails, and items too many for their codes."""
    emails = (row.get("EmailAddress") for row in xero.rows("contacts"))
    codes = (row["Code"] for row in xero.rows("items"))
    return _too_many(emails), _too_many(codes)


def _booked(
    what: str, wanted: Mapping[str, Json], found: Iterable[tuple[str, Decimal]]
) -> Booked:
    there: dict[str, list[Decimal]] = defaultdict(list)
    for number, total in found:
        there[number].append(total)
    astray = []
    for number, total in wanted.items():
        due = _amount(total["total"] if isinstance(total, dict) else total)
        if number not in there:
            astray.append(f"order {number} has no {what}")
        elif there[number][0] != due:
            astray.append(f"order {number}: its {what} is of {there[number][0]}")
    return Booked(
        posted=len(wanted) - len(astray),
        duplicated=sum(len(there[number]) - 1 for number in wanted if there[number]),
        astray=astray,
    )


def _difference(form: Form, shown: Mapping[str, Json], sold: Sold) -> str:
    """The first thing the shop shows otherwise; "" where all is equal."""
    row = shown.get(form.sku.lower())
    if row is None:
        return f"{form.sku} is not in the shop"
    left = form.stock - sold.get(form.sku.lower(), 0)
    compared = {
        "name": (form.name, text(row["name"])),
        "price": (form.price, money(row["regular_price"])),
        "stock": (left, row["stock_quantity"]),
        "status": ("publish", row["status"]),
    }
    for name, (wanted, found) in compared.items():
        if wanted != found:
            return f"{form.sku}: {name} is {found!r} in the shop, not {wanted!r}"
    return ""


def _forms(row: Json, balances: Mapping[tuple[str, str], Decimal]) -> Iterator[Form]:
    name, item = row["Description"], row["ID"].lower()
    combined = row.get("ItemDimensionCombinations") or [
        {"Code": row["Code"], "ItemPrice": None, "alone": True}
    ]
    for each in combined:
        price = each["ItemPrice"] if each["ItemPrice"] is not None else row["ItemPrice"]
        place = (item, "" if each.get("alone") else each["Code"])
        held = balances.get(place, Decimal(0))
        yield Form(each["Code"], name, money(price), stock(held))


def _balances(galaxy: Galaxy) -> dict[tuple[str, str], Decimal]:
    """What there is, by item and combination; an item's places are one stock."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in galaxy.rows("itembalances"):
        place = (row["ItemID"].lower(), row.get("DimensionCode") or "")
        found[place] += Decimal(str(row["Balance"]))
    return found


def _lines_of(entry: Json) -> Decimal:
    lines = entry["lines"]
    amounts = ((line["totalamount"], line.get("chargestotal") or 0) for line in lines)
    return _amount(sum(_exact(goods) + _exact(more) for goods, more in amounts))


def _amount(value: Json) -> Decimal:
    return money(value) or Decimal(0)


def _exact(value: Json) -> Decimal:
    return Decimal(str(value))


def _too_many(marks: Iterable[str | None]) -> int:
    counts = Counter(mark.casefold() for mark in marks if mark)
    return sum(count - 1 for count in counts.values())
