"""Galaxy's vocabularies as entries: countries, charges, categories, attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from connectors.galaxy.client import REVISION
from connectors.galaxy.rows import guid
from integration.canonical.shop import Entry
from integration.canonical.values import Value
from integration.contract.mapping import FieldMap, at, const, derive
from integration.contract.messages import Json

# The lists that change once in a blue moon: read at the start, and when an id is new.
PLAIN = (
    *("countries", "prefectures", "cities", "currencies", "paymentmethods", "charges"),
    *("dispatchpurposes", "shippingmethods", "agencies", "banks", "companygroups"),
    *("prefixes", "webscenarios", "companies", "companysites"),
)
CATEGORIES, ATTRIBUTES, DIMENSIONS = (
    *("itemcategories", "itemattributes"),
    "itemdimensions",
)
ABOVE = ("ParentNodeID", "PrefectureID", "CountryID", "CompanyID", "CompanyGroupID")
OWN = frozenset({"ID", "Code", "Description", REVISION})
# Where a value stands beside the attribute it is one of.
OF = "AttributeID"


def values_apart(row: Json) -> Iterator[Json]:
    """An attribute, then each of its listed values, named after it."""
    yield row
    for name, listed in row.items():
        # The list's name differs between installations; translations are another.
        if not isinstance(listed, list) or name.endswith("Languages"):
            continue
        for value in listed:
            if isinstance(value, dict) and guid(value.get("ID")):
                yield {**value, OF: row["ID"]}


def entry_id(row: Json) -> str:
    """The row's own id; that of a value behind its attribute's."""
    own = guid(row["ID"])
    return value_id(row[OF], own) if OF in row else own


def value_id(attribute: Any, value: Any) -> str:
    """How the table names a value of an attribute or dimension."""
    return f"{guid(attribute)}/{guid(value)}"


def parent_id(row: Json) -> str:
    """What the entry belongs to: its attribute, its place above, its company."""
    return next((guid(row[name]) for name in (OF, *ABOVE) if guid(row.get(name))), "")


def rest(row: Json) -> Mapping[str, Value]:
    """What else the row tells, in plain values."""
    found = {name: value for name, value in row.items() if name not in OWN}
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in found.items()
        if isinstance(value, str | int | Decimal)
    }


def entries(table: str) -> FieldMap[Entry]:
    """The map of the list that fills the table of the same name."""
    listed = table in (ATTRIBUTES, DIMENSIONS)
    return FieldMap(
        Entry,
        over=values_apart if listed else None,
        table=const(table),
        external_id=derive(entry_id),
        code=at("Code", str, default=""),
        name=at("Description", str, default=""),
        parent=derive(parent_id),
        data=derive(rest),
    )
