"""Changes rows, as people at the ERP would: each change gets a new number."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.galaxy.sandbox.answers import Row
from connectors.galaxy.sandbox.customers import keep_customer
from connectors.galaxy.sandbox.erp import LOOKUPS
from connectors.galaxy.sandbox.ids import as_id
from connectors.galaxy.sandbox.seed import add_picture, add_price, grow

if TYPE_CHECKING:
    from connectors.galaxy.sandbox.galaxy import Galaxy

Body = dict[str, Any]
MARKS = frozenset({"id", "code"})
LOOKUP_MARKS = frozenset({"list", "code", "description"})


def changer(name: str) -> Callable[[Galaxy, Body], Row]:
    """Give the control that changes fields of a row, found by `id` or `code`.

    Without fields the row only gets a new number; `RevisionNumber` sets one by hand.
    """

    def change(galaxy: Galaxy, body: Body) -> Row:
        key = galaxy.erp.named(name, body)
        fields = {field: body[field] for field in body.keys() - MARKS}
        return galaxy.erp[name].change(key, _exact(fields))

    return change


def shower(name: str, active: bool) -> Callable[[Galaxy, Body], Row]:
    """Give the control that lists a row again, or no more and without a trace."""

    def show(galaxy: Galaxy, body: Body) -> Row:
        key = galaxy.erp.named(name, body)
        galaxy.erp[name].show(key, active)
        return galaxy.erp[name].row(key)

    return show


def change_item(galaxy: Galaxy, body: Body) -> Row:
    """Change fields of an item; its balances follow a new `Code`."""
    row = changer("items")(galaxy, body)
    for balance in galaxy.erp["itembalances"].listed():
        if balance["ItemID"] == row["ID"] and balance["Code"] != row["Code"]:
            galaxy.erp["itembalances"].change(balance["ID"], {"Code": row["Code"]})
    return row


def add_item(galaxy: Galaxy, body: Body) -> Row:
    """Make an item, like the others but for the fields that `body` gives."""
    grow(galaxy.erp, 1)
    newest = max(galaxy.erp["items"].listed(), key=lambda row: row["RevisionNumber"])
    return change_item(galaxy, {**body, "id": newest["ID"]}) if body else newest


def change_price(galaxy: Galaxy, body: Body) -> Row:
    """Set an item's `price`, or the one in the price list whose id is `pricelist`."""
    erp, key = galaxy.erp, galaxy.erp.named("items", body)
    price = Decimal(str(body["price"]))
    if "pricelist" in body:
        return add_price(erp, key, as_id(body["pricelist"]), price)
    return erp["items"].change(key, {"ItemPrice": price})


def change_balance(galaxy: Galaxy, body: Body) -> Row:
    """Set the `balance` of an item.

    `dimension` (a combination's code) or `row` (a place, from 0) pick one of several.
    """
    key = galaxy.erp.named("items", body)
    rows = [
        row
        for row in galaxy.erp["itembalances"].listed()
        if row["ItemID"] == key and row["DimensionCode"] == body.get("dimension")
    ]
    if not rows:
        raise ValueError("a combination's balance is named by its `dimension`")
    chosen = rows[int(body.get("row", 0))]
    balance = {"Balance": Decimal(str(body["balance"]))}
    return galaxy.erp["itembalances"].change(chosen["ID"], balance)


def add_image(galaxy: Galaxy, body: Body) -> Row:
    """Give an item one more picture."""
    item = galaxy.erp.named("items", body)
    return add_picture(galaxy.erp, item, str(uuid.uuid4()))


def change_image(galaxy: Galaxy, body: Body) -> Row:
    """Draw the picture with that `id` anew."""
    key = as_id(body["id"])
    row = galaxy.erp["itemimages"].change(key, {})
    galaxy.erp.drawn[key] = str(uuid.uuid4())
    return row


def add_lookup_row(galaxy: Galaxy, body: Body) -> Row:
    """Add a row with `code` and `description` to the lookup `list`.

    Any further field is kept as it is given.
    """
    name = _lookup(body)
    row: Row = {"ID": str(uuid.uuid4()), "Code": body["code"]}
    row["Description"] = body["description"]
    more = {field: body[field] for field in body.keys() - LOOKUP_MARKS}
    return galaxy.erp[name].add({**row, **more}, more.get("CompanyID", ""))


def change_lookup_row(galaxy: Galaxy, body: Body) -> Row:
    """Change fields of the row with that `id` or `code` in the lookup `list`."""
    marks = {name: value for name, value in body.items() if name != "list"}
    return changer(_lookup(body))(galaxy, marks)


def add_customer(galaxy: Galaxy, body: Body) -> Row:
    """Add a customer at once; fields as `postcustomer` takes them.

    `CompanyID` says whose, by default that of the default scenario.
    """
    company = as_id(body.get("CompanyID"))
    company = company or galaxy.erp.scenario(None)["CompanyID"]
    key = as_id(body.get("ID")) or str(uuid.uuid4())
    return keep_customer(galaxy.erp, key, company, {"Name": "Νέος πελάτης", **body})


def change_site(galaxy: Galaxy, body: Body) -> Row:
    """Change fields of the customer site with that `id`."""
    row = changer("customersites")(galaxy, body)
    if galaxy.settings.sites_raise_customers:
        galaxy.erp["customers"].change(row["CustomerID"], {})
    return row


def _lookup(body: Body) -> str:
    name = str(body["list"])
    if name not in LOOKUPS:
        raise ValueError(f"there is no lookup {name}")
    return name


def _exact(value: Any) -> Any:
    """Give JSON with its fractions as decimals."""
    if isinstance(value, dict):
        return {name: _exact(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return Decimal(str(value)) if isinstance(value, float) else value
