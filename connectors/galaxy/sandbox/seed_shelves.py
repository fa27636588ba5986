"""Fills what items refer to: categories, attributes and dimensions."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from connectors.galaxy.sandbox import words
from connectors.galaxy.sandbox.answers import Row
from connectors.galaxy.sandbox.erp import Erp
from connectors.galaxy.sandbox.ids import RETAIL_SCENARIO, TRADE_SCENARIO, guid

LISTED, TEXT, NUMBER, FLAG, DATE = 7, 1, 3, 4, 5
"""Kinds of attributes; the first is published, the others are made up."""

Value = tuple[Any, ...]


class Shelf(NamedTuple):
    """A category without children: its ID and that of the root above it."""

    root: str
    leaf: str


ATTRIBUTES: tuple[tuple[str, str, int, Sequence[Value]], ...] = (
    ("COL", "Χρώμα", LISTED, words.COLOURS),
    ("MAT", "Υλικό", LISTED, words.MATERIALS),
    ("SEA", "Εποχή", LISTED, words.SEASONS),
    ("BRA", "Μάρκα", LISTED, words.BRANDS),
    ("CAR", "Οδηγίες φροντίδας", TEXT, ()),
    ("LEN", "Μήκος (εκ.)", NUMBER, ()),
    ("ECO", "Βιολογικό", FLAG, ()),
    ("SIN", "Διαθέσιμο από", DATE, ()),
)
DIMENSIONS = (("SIZE", "Μέγεθος", words.SIZES), ("COLOR", "Χρώμα", words.COLOURS))


def seed_shelves(erp: Erp) -> list[Shelf]:
    """Fill the tree, attributes and dimensions; give the categories for items."""
    for code, text, kind, values in ATTRIBUTES:
        row = _attribute("attribute", code, text, values)
        erp["itemattributes"].add({**row, "Kind": kind})
    for code, text, values in DIMENSIONS:
        erp["itemdimensions"].add(
            {**_attribute("dimension", code, text, values), "Kind": LISTED}
        )
    shelves = [shelf for name in words.TREE for shelf in _branch(erp, name)]
    roots = {name: guid(f"category/{name}") for name in words.TREE}
    trade = {roots[words.TRADE_ROOT], roots["Τρόφιμα"]}
    retail = set(roots.values()) - {roots[words.TRADE_ROOT]}
    erp.exposed = {
        RETAIL_SCENARIO: frozenset(retail),
        TRADE_SCENARIO: frozenset(trade),
    }
    return shelves


def attribute_id(code: str, value: str = "") -> str:
    """Give the ID of an attribute, or of one of its values."""
    return guid(f"attribute/{code}/{value}")


def dimension_id(code: str, value: str = "") -> str:
    """Give the ID of a dimension, or of one of its values."""
    return guid(f"dimension/{code}/{value}")


def category(name: str, code: str, parent: str | None, level: int) -> Row:
    """Give the row of a category."""
    row: Row = {"ID": guid(f"category/{name}"), "ParentNodeID": parent}
    row |= {"LevelOfNode": level, "Code": code, "Description": name}
    return {**row, "CatLanguages": []}


def _branch(erp: Erp, name: str) -> Iterable[Shelf]:
    place = list(words.TREE).index(name) + 1
    root = erp["itemcategories"].add(category(name, f"{place}", None, 0))
    for number, (middle, leaves) in enumerate(words.TREE[name].items(), 1):
        code = f"{place}.{number}"
        above = erp["itemcategories"].add(category(middle, code, root["ID"], 1))
        for leaf, text in enumerate(leaves, 1):
            row = category(text, f"{code}.{leaf}", above["ID"], 2)
            erp["itemcategories"].add(row)
            yield Shelf(root["ID"], row["ID"])


def _attribute(kind: str, code: str, text: str, values: Iterable[Value]) -> Row:
    listed = [
        {
            "ID": guid(f"{kind}/{code}/{value[0]}"),
            "Code": value[0],
            "Description": value[1],
            "Color": value[2] if len(value) > 2 else None,
            "AttrValuesLanguages": [],
        }
        for value in values
    ]
    row = {"ID": guid(f"{kind}/{code}/"), "Code": code, "Description": text}
    return {**row, "AttrValues": listed, "AttrLanguages": []}
