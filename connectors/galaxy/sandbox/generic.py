"""Answers the generic API: entities fetched by filter, views read by number."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.galaxy.sandbox.answers import Refused, Row, wrong
from connectors.galaxy.sandbox.entries import Ledger
from connectors.galaxy.sandbox.erp import Erp
from connectors.galaxy.sandbox.ids import as_id

FILTER = re.compile(
    r"\{\s*[\"']?(\w+)[\"']?\s*:\s*"
    r"\[\s*[\"']?([^\"',\]]*)[\"']?\s*,\s*[\"']?(\w+)[\"']?\s*\]\s*\}"
)
ABOVE: Mapping[str, Callable[[Any, Any], bool]] = {
    "Greater": operator.gt,
    "GreaterOrEqual": operator.ge,
}


def fetch(erp: Erp, ledger: Ledger | None, entity: str, body: Row) -> list[Row]:
    """Give the rows of an entity that pass the filters, cut to what is selected.

    Without `ledger` posted documents cannot be read back. Raises `Refused`.
    """
    makers: dict[str, Callable[[], list[Row]]] = {
        "item": lambda: [_item(row) for row in erp["items"].listed()],
        "trader": lambda: [_trader(erp, row) for row in erp["traders"].listed()],
    }
    if ledger is not None:
        makers["docentry"] = lambda: [_entry(row) for row in ledger.entries]
    if entity not in makers:
        raise Refused(404, "NotFound", f"Δεν υπάρχει οντότητα «{entity}».")
    rows = _filtered(makers[entity](), body.get("Filters") or [])
    return [_selected(row, body) for row in rows]


def view(erp: Erp, table: str, name: str, filters: str) -> Row:
    """Give `{"Items": […]}` of one of the two views there are; raises `Refused`."""
    if (table, name) == ("item", "webitems"):
        rows = [_item_line(row) for row in erp["items"].listed()]
    elif (table, name) == ("trader", "webtraders"):
        rows = [_trader_line(row) for row in erp["traders"].listed()]
    else:
        raise Refused(404, "NotFound", f"Δεν υπάρχει όψη «{table}/{name}».")
    for field, value, above in FILTER.findall(filters):
        if above not in ABOVE or not all(field in row for row in rows):
            raise wrong("Άγνωστο φίλτρο.", field)
        rows = [row for row in rows if _is_above(row[field], value, above)]
    return {"Items": rows}


def _is_above(held: Any, value: str, above: str) -> bool:
    try:
        return ABOVE[above](held, type(held)(value))
    except ValueError:
        raise wrong("Μη έγκυρη τιμή φίλτρου.") from None


def _filtered(rows: list[Row], filters: Sequence[Row]) -> list[Row]:
    for each in filters:
        name, asked = str(each.get("Name")), each.get("Operator")
        if asked not in ("Equal", "In") or each.get("Type") != "Default":
            raise wrong("Άγνωστος τελεστής.", "Filters")
        wanted = each.get("Value") if asked == "In" else [each.get("Value")]
        if not isinstance(wanted, list):
            raise wrong("Ο τελεστής In παίρνει λίστα.", "Filters")
        if any(name not in row or isinstance(row[name], list) for row in rows):
            raise wrong("Άγνωστη ιδιότητα.", name)
        values = {_plain(value) for value in wanted}
        rows = [row for row in rows if _plain(row[name]) in values]
    return rows


def _plain(value: Any) -> Any:
    """Give a value as it is compared: GUIDs in one case."""
    return as_id(value) or value


def _selected(row: Row, body: Row) -> Row:
    """Cut a row to its selected properties and the paths that are included."""
    names = body.get("SelectProperties") or [
        name for name, value in row.items() if not isinstance(value, list)
    ]
    unknown = [name for name in names if name not in row or isinstance(row[name], list)]
    if unknown:
        raise wrong("Άγνωστη ιδιότητα.", str(unknown[0]))
    shown = {name: row[name] for name in names}
    for path in body.get("IncludePaths") or []:
        name = str(path.get("Path"))
        below = row.get(name)
        if not isinstance(below, list):
            raise wrong("Άγνωστη διαδρομή.", name)
        parts = _filtered(below, path.get("Filters") or [])
        shown[name] = [_selected(part, path) for part in parts]
    return shown


def _item(row: Row) -> Row:
    code = row["Code"]
    return {"ID": row["ID"], "Code": code, "LightCrmCode": f"CRM-{code}"}


def _trader(erp: Erp, row: Row) -> Row:
    customers = [
        each for each in erp["customers"].listed() if each["TraderID"] == row["ID"]
    ]
    owned = ("ID", "Code", "Description", "CompanyID")
    sites = [site for each in customers for site in erp.sites(each["ID"])]
    placed = {
        site["TraderSiteID"]: {
            "ID": site["TraderSiteID"],
            "Code": site["Code"],
            "Description": site["Description"],
        }
        for site in sites
    }
    return {
        **{name: row[name] for name in ("ID", "Code", "Name", "TIN")},
        "Customers": [{name: each[name] for name in owned} for each in customers],
        "Sites": list(placed.values()),
    }


def _entry(row: Row) -> Row:
    data = row["body"]["body"]["data"]
    return {
        "ID": row["ID"],
        "Code": row["Code"],
        "DocID": row["docid"],
        "DocDate": data["docdate"],
        "TraderID": row["trader"],
    }


def _item_line(row: Row) -> Row:
    fields = ("ID", "Code", "Description", "ItemPrice", "RevisionNumber")
    return {name.upper(): row[name] for name in fields}


def _trader_line(row: Row) -> Row:
    fields = ("ID", "Code", "Name", "TIN", "RevisionNumber")
    return {name.upper(): row[name] for name in fields}
