"""Holds the installation's tables, and which of their rows a scenario shows."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.galaxy.sandbox.answers import Row, wrong
from connectors.galaxy.sandbox.ids import as_id
from connectors.galaxy.sandbox.table import Table

LOOKUPS = (
    "countries",
    "prefectures",
    "cities",
    "currencies",
    "paymentmethods",
    "charges",
    "dispatchpurposes",
    "shippingmethods",
    "agencies",
    "banks",
    "companygroups",
    "prefixes",
)
PARTS = ("itemaltercodes", "itembalances", "itemimages", "itemprices")
LISTS = (
    "webscenarios",
    *LOOKUPS,
    "companies",
    "companysites",
    "customers",
    "customersites",
    "items",
    "itemcategories",
    "itemattributes",
    "itemdimensions",
    *PARTS,
)
OWNED = frozenset({"companysites", "charges", "prefixes", "customers"})
"""Lists of which a scenario shows its own company's rows and everybody's."""


class Erp:
    """The tables of one installation; `traders` are kept beside the lists.

    `exposed` holds the root categories each scenario shows, `drawn` the text behind
    each picture.
    """

    def __init__(self, told: Callable[[str], None]) -> None:
        self.tables = {
            name: Table(name, 1000 * (place + 1), told)
            for place, name in enumerate(LISTS)
        }
        self.tables["traders"] = Table("traders", 0, lambda name: None)
        self.exposed: dict[str, frozenset[str]] = {}
        self.drawn: dict[str, str] = {}

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def scenario(self, given: str | None) -> Row:
        """Give the scenario that is named, or else the default one.

        Raises `Refused` when neither is there.
        """
        if given is None:
            rows = [row for row in self["webscenarios"].listed() if row["IsDefault"]]
            if not rows:
                raise wrong("Δεν έχει οριστεί προεπιλεγμένο Web Scenario.", "WebScenID")
            return rows[0]
        found = self["webscenarios"].find(as_id(given))
        if found is None:
            raise wrong("Το Web Scenario δεν υπάρχει.", "WebScenID")
        return found

    def visible(self, name: str, scenario: Row | None) -> list[Row]:
        """List the active rows of a list that a scenario shows."""
        table = self[name]
        if scenario is None:
            return table.listed()
        if name == "customersites":
            customers = {row["ID"] for row in self.visible("customers", scenario)}
            return [row for row in table.listed() if row["CustomerID"] in customers]
        if name in OWNED:
            return table.listed(scenario["CompanyID"])
        roots = self.exposed[scenario["ID"]]
        if name == "items":
            return [row for row in table.listed() if is_exposed(row, roots)]
        if name == "itemcategories":
            return [row for row in table.listed() if self.root(row["ID"]) in roots]
        if name in PARTS:
            items = {row["ID"] for row in self.visible("items", scenario)}
            return [row for row in table.listed() if row["ItemID"] in items]
        return table.listed()

    def root(self, category: str) -> str:
        """Give the category at the top of another's branch."""
        parent = self["itemcategories"].row(category)["ParentNodeID"]
        return self.root(parent) if parent else category

    def named(self, name: str, mark: Mapping[str, Any]) -> str:
        """Give the ID of the row meant by `id` or `code`; raises `KeyError`."""
        if "id" in mark:
            key = as_id(mark["id"])
            self[name].row(key)
            return key
        code = mark["code"]
        for row in self[name].kept():
            if row["Code"] == code:
                return str(row["ID"])
        raise KeyError(code)

    def coded(self, name: str, text: Any, field: str = "Code") -> str | None:
        """Give the ID of the listed row with that text in a field, or None."""
        rows = self[name].listed()
        return next((row["ID"] for row in rows if text and row[field] == text), None)

    def sites(self, customer: str) -> list[Row]:
        """List the active sites of a customer."""
        rows = self["customersites"].listed()
        return [row for row in rows if row["CustomerID"] == customer]


def is_exposed(item: Row, roots: frozenset[str]) -> bool:
    """Tell whether an item stands in a category below one of the roots."""
    return any(link["CategoryRootID"] in roots for link in item["ItemCategories"])
