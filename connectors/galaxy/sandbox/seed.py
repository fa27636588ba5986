"""Fills an installation with the same things at every start, and makes more items."""

from decimal import Decimal

from connectors.galaxy.sandbox import words
from connectors.galaxy.sandbox.answers import Row
from connectors.galaxy.sandbox.erp import Erp
from connectors.galaxy.sandbox.ids import guid
from connectors.galaxy.sandbox.seed_customers import pricelist_id, seed_customers
from connectors.galaxy.sandbox.seed_items import (
    ITEMS,
    alter_codes,
    balances,
    make_item,
)
from connectors.galaxy.sandbox.seed_lookups import seed_lookups
from connectors.galaxy.sandbox.seed_shelves import Shelf, seed_shelves


def seed(erp: Erp) -> None:
    """Fill lookups, companies, scenarios, customers, shelves and sixty items."""
    seed_lookups(erp)
    shelves = seed_shelves(erp)
    seed_customers(erp)
    # Numbers run another way than codes, so that nobody mistakes one for the other.
    for place in range(ITEMS):
        number = place * 7 % ITEMS
        _adorn(erp, number, _stock(erp, number, shelves))


def grow(erp: Erp, count: int) -> None:
    """Make `count` more items, each with balance and barcode.

    They stand where the default scenario shows them, if there is one.
    """
    shelves = _shelves(erp)
    start = len(erp["items"])
    for number in range(start, start + count):
        _stock(erp, number, shelves)


def add_picture(erp: Erp, item: str, text: str) -> Row:
    """Give an item one more picture, drawn from `text`."""
    key = guid(f"image/{text}")
    erp.drawn[key] = text
    return erp["itemimages"].add({"ID": key, "ItemID": item})


def add_price(erp: Erp, item: str, pricelist: str, price: Decimal) -> Row:
    """Put an item's price into a price list, or change it there."""
    key = guid(f"price/{pricelist}/{item}")
    row = {"ID": key, "ItemID": item, "PricelistID": pricelist, "Price": price}
    return erp["itemprices"].add(row)


def _stock(erp: Erp, number: int, shelves: list[Shelf]) -> Row:
    item = erp["items"].add(make_item(number, shelves))
    for row in balances(number, item):
        erp["itembalances"].add(row)
    for row in alter_codes(number, item):
        erp["itemaltercodes"].add(row)
    return item


def _adorn(erp: Erp, number: int, item: Row) -> None:
    for place in range(number % 3):
        add_picture(erp, item["ID"], f"{number}/{place}")
    shares = zip(words.PRICELISTS, ("0.80", "0.70"), strict=True)
    for place, ((code, _), share) in enumerate(shares):
        if place == 0 or number % 3 == 0:
            price = (item["ItemPrice"] * Decimal(share)).quantize(Decimal("0.01"))
            add_price(erp, item["ID"], pricelist_id(code), price)


def _shelves(erp: Erp) -> list[Shelf]:
    default = [row for row in erp["webscenarios"].listed() if row["IsDefault"]]
    rows = erp.visible("itemcategories", default[0] if default else None)
    parents = {row["ParentNodeID"] for row in rows}
    return [
        Shelf(erp.root(row["ID"]), row["ID"])
        for row in rows
        if row["ID"] not in parents
    ]
