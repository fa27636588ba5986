"""Answers the lists: which rows, in what order, and how each is shown."""

import zlib
from collections.abc import Callable, Mapping
from typing import Any

from connectors.galaxy.sandbox.answers import Row, wrong
from connectors.galaxy.sandbox.erp import Erp
from connectors.galaxy.sandbox.ids import as_id
from connectors.galaxy.sandbox.settings import Settings

CAPITALS = frozenset(
    {
        "cities",
        "companies",
        "customersites",
        "itemaltercodes",
        "itemattributes",
        "itembalances",
        "itemcategories",
        "itemimages",
    }
)
"""Lists that write GUIDs in capitals; the others write them small."""

Show = Callable[[Row], Row]


def read_list(
    erp: Erp, settings: Settings, name: str, query: Mapping[str, str]
) -> tuple[list[Row], Show]:
    """Give the rows a call asks for, and how to write one of them.

    Raises `Refused` for a wrong parameter or where no scenario is given or default.
    """
    scenario = None if name == "webscenarios" else erp.scenario(query.get("WebScenID"))
    rows = erp.visible(name, scenario)
    after = _after(query)
    if after is not None and _is_numbered(name, settings):
        zero = name in settings.zero_revisions
        rows = [row for row in rows if (0 if zero else row["RevisionNumber"]) > after]
    if name == "customers" and query.get("IDs"):
        wanted = _wanted(query["IDs"])
        rows = [row for row in rows if row["ID"] in wanted]
    return _disordered(rows), _show(erp, settings, name, scenario)


def _after(query: Mapping[str, str]) -> int | None:
    text = query.get("RevisionNumber")
    try:
        return None if text is None else int(text)
    except ValueError:
        raise wrong("Ο αριθμός δεν είναι ακέραιος.", "RevisionNumber") from None


def _wanted(text: str) -> set[str]:
    wanted = {as_id(each) for each in text.split(",")}
    if "" in wanted:
        raise wrong("Μη έγκυρο αναγνωριστικό.", "IDs")
    return wanted


def _is_numbered(name: str, settings: Settings) -> bool:
    if name == "webscenarios":
        return False
    return name != "itembalances" or settings.balances_revised


def _disordered(rows: list[Row]) -> list[Row]:
    """Mix rows, always in the same way: children first, the newest never last."""
    mixed = sorted(
        rows,
        key=lambda row: (-row.get("LevelOfNode", 0), zlib.crc32(row["ID"].encode())),
    )
    if mixed and mixed[-1] is max(mixed, key=lambda row: row["RevisionNumber"]):
        mixed.insert(0, mixed.pop())
    return mixed


def _show(erp: Erp, settings: Settings, name: str, scenario: Row | None) -> Show:
    """Give what turns a kept row into the one shown."""
    shape = _shape(erp, settings, name, scenario)

    def show(row: Row) -> Row:
        shown = shape(row)
        if name in settings.zero_revisions:
            shown = {**shown, "RevisionNumber": 0}
        capitals: Row = _capitals(shown) if name in CAPITALS else shown
        return capitals

    return show


def _shape(erp: Erp, settings: Settings, name: str, scenario: Row | None) -> Show:
    if name == "webscenarios":
        return lambda row: _without(row, "RevisionNumber")
    if name == "itembalances":
        return lambda row: _balance(row, settings)
    if name == "itemdimensions":
        field = settings.dimension_values_field
        return lambda row: {field: row["AttrValues"], **_without(row, "AttrValues")}
    if name == "customers":
        sites = _sites(erp)
        return lambda row: {**row, "CustomerSites": sites.get(row["ID"], [])}
    if name == "items" and scenario is not None:
        roots = erp.exposed[scenario["ID"]]
        return lambda row: _item(row, roots, settings.combinations_field)
    return lambda row: row


def _sites(erp: Erp) -> dict[str, list[Row]]:
    by_customer: dict[str, list[Row]] = {}
    for site in erp["customersites"].listed():
        by_customer.setdefault(site["CustomerID"], []).append(site)
    return by_customer


def _item(row: Row, roots: frozenset[str], field: str) -> Row:
    """Show only the links the scenario exposes, and combinations under their name."""
    shown = _without(row, "ItemDimensionCombinations")
    links = row["ItemCategories"]
    shown["ItemCategories"] = [
        each for each in links if each["CategoryRootID"] in roots
    ]
    if shown["ExtDescription"] == "":
        del shown["ExtDescription"]
    if field:
        shown[field] = row["ItemDimensionCombinations"]
    return shown


def _balance(row: Row, settings: Settings) -> Row:
    gone = {
        "ID": not settings.balances_have_ids,
        "ItemID": not settings.balances_name_items,
        "RevisionNumber": not settings.balances_revised,
        "DimensionCode": row["DimensionCode"] is None,
    }
    return _without(row, *(field for field, is_gone in gone.items() if is_gone))


def _without(row: Row, *fields: str) -> Row:
    return {name: value for name, value in row.items() if name not in fields}


def _capitals(value: Any) -> Any:
    if isinstance(value, list):
        return [_capitals(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: each.upper()
        if name.endswith("ID") and isinstance(each, str)
        else _capitals(each)
        for name, each in value.items()
    }
