"""Holds the controls of the Galaxy sandbox: rows, scenarios, sessions, webhooks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectors.galaxy.sandbox.answers import Row
from connectors.galaxy.sandbox.changes import (
    add_customer,
    add_image,
    add_item,
    add_lookup_row,
    change_balance,
    change_image,
    change_item,
    change_lookup_row,
    change_price,
    change_site,
    changer,
    shower,
)
from connectors.galaxy.sandbox.ids import as_id
from connectors.galaxy.sandbox.seed import grow
from connectors.galaxy.sandbox.webhooks import Hook

if TYPE_CHECKING:
    from connectors.galaxy.sandbox.galaxy import Galaxy

Body = dict[str, Any]


def default_scenario(galaxy: Galaxy, body: Body) -> list[Row]:
    """Make the scenario with that `id` or `code` the only default one, or none."""
    table = galaxy.erp["webscenarios"]
    chosen = galaxy.erp.named("webscenarios", body) if body else ""
    for row in table.listed():
        table.change(row["ID"], {"IsDefault": int(row["ID"] == chosen)})
    return table.listed()


def add_scenario(galaxy: Galaxy, body: Body) -> Row:
    """Add a scenario with `code` for the `company` (id), showing root `categories`."""
    company = galaxy.erp["companies"].row(as_id(body["company"]))["ID"]
    row = {"ID": str(uuid.uuid4()), "Code": body["code"], "IsDefault": 0, "Type": 1}
    row["Description"] = body.get("description", body["code"])
    added = galaxy.erp["webscenarios"].add({**row, "CompanyID": company})
    expose(galaxy, {"id": added["ID"], "categories": body.get("categories", [])})
    return added


def expose(galaxy: Galaxy, body: Body) -> Body:
    """Set the root `categories` (ids) a scenario shows."""
    key = galaxy.erp.named("webscenarios", body)
    galaxy.erp.exposed[key] = frozenset(as_id(each) for each in body["categories"])
    return {"exposed": sorted(galaxy.erp.exposed[key])}


def set_settings(galaxy: Galaxy, body: Body) -> Body:
    """Change settings by name; gives all of them."""
    galaxy.settings.change(body)
    return galaxy.shown_settings()


def expire_sessions(galaxy: Galaxy, body: Body) -> Body:
    """End every session."""
    galaxy.sessions.expire()
    return {}


def more_items(galaxy: Galaxy, body: Body) -> Body:
    """Make so many `items` more."""
    grow(galaxy.erp, int(body["items"]))
    return {"items": len(galaxy.erp["items"])}


def webhook(galaxy: Galaxy, body: Body) -> Body:
    """Hang a hook (`url`, `list`, `method`, `body`) or set the `mode` of all."""
    if "mode" in body:
        galaxy.bell.misbehave(body["mode"])
    given = {field: body[field] for field in body.keys() - {"mode"}}
    if given:
        galaxy.bell.hang(Hook(**given))
    return {"hooks": len(galaxy.bell.hooks), "mode": galaxy.bell.mode}


CONTROLS: dict[str, Callable[[Galaxy, Body], Any]] = {
    "add_item": add_item,
    "change_item": change_item,
    "deactivate_item": shower("items", active=False),
    "activate_item": shower("items", active=True),
    "change_price": change_price,
    "change_balance": change_balance,
    "change_alter_code": changer("itemaltercodes"),
    "add_image": add_image,
    "change_image": change_image,
    "rename_attribute": changer("itemattributes"),
    "rename_dimension": changer("itemdimensions"),
    "rename_category": changer("itemcategories"),
    "add_lookup_row": add_lookup_row,
    "change_lookup_row": change_lookup_row,
    "add_customer": add_customer,
    "change_customer": changer("customers"),
    "deactivate_customer": shower("customers", active=False),
    "change_site": change_site,
    "set_settings": set_settings,
    "expire_sessions": expire_sessions,
    "no_default_scenario": lambda galaxy, body: default_scenario(galaxy, {}),
    "default_scenario": default_scenario,
    "add_scenario": add_scenario,
    "expose": expose,
    "grow": more_items,
    "webhook": webhook,
}
