"""What the contract suite needs to know of Galaxy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.galaxy.sandbox import PLATFORM
from connectors.galaxy.sandbox.ids import RETAIL_COMPANY, guid
from connectors.galaxy.sandbox.seed_lookups import lookup_id
from integration.canonical.kinds import Kind
from integration.canonical.shop import Entry
from integration.contract.context import Table
from integration.contract.messages import Request
from tests.contract.subject import Sample, Subject
from tests.contract.world import World

SHOE = "e1…"
RETAIL_TRADER = "trader/10"


def settings(url: str) -> dict[str, Any]:
    """An installation whose documents can be looked up, ten rows a page."""
    return {
        "base_url": url,
        "username": PLATFORM.credentials["username"],
        "currency": "EUR",
        "zone": "Europe/Athens",
        "image_base_url": "https://pictures.example.test/{id}.jpg",
        "guest_trader": guest(),
        "order_lookup": True,
        "patience": 60,
        "rows_at_once": 10,
    }


def guest() -> str:
    """The trader who buys for those without an account."""
    return guid(RETAIL_TRADER)


def entry(
    table: str, external_id: str, name: str, code: str = "", **more: Any
) -> Entry:
    """One row of a vocabulary."""
    return Entry(external_id=external_id, table=table, name=name, code=code, **more)


def tables() -> dict[str, Table]:
    """What the fixtures point to, and what the sandbox knows of places and money."""
    entries = (
        entry("countries", "3b1f…", "Ελλάδα", "EL"),
        entry("countries", lookup_id("countries", "EL"), "Ελλάδα", "EL"),
        entry("currencies", lookup_id("currencies", "EUR"), "Ευρώ", "EUR"),
        entry("currencies", "15aa…", "Ευρώ"),
        entry("cities", "…", "Αθήνα", "ATH"),
        entry("cities", lookup_id("cities", "PIR"), "Πειραιάς", "PIR"),
        entry("itemcategories", "r1…", "Υπόδηση"),
        entry("itemcategories", "l9…", "Πάνινα", parent="r1…"),
        entry("itemattributes", "at1…", "Χρώμα"),
        entry("itemattributes", "at1…/v2…", "Μπλε", parent="at1…"),
        entry("itemdimensions", "size", "Μέγεθος"),
        entry("itemdimensions", "size/m", "Μεσαίο", parent="size"),
        entry("itemdimensions", "size/l", "Μεγάλο", parent="size"),
    )
    names = {each.table for each in entries}
    return {
        name: Table.of(each for each in entries if each.table == name) for name in names
    }


def fill(world: World) -> None:
    """Six pages of items; three of customers; documents that can be looked up."""
    world.do("set_settings", entries_readable=True, customer_seconds=0.0)
    for number in range(10):
        world.do("add_customer", Name=f"Πελάτης {number}", CustomerSites=[])


def touch(world: World, stream: str) -> tuple[str, str]:
    """Somebody renames the first row."""
    row = next(row for row in world.ledger()[stream] if _shown(row))
    action = {"items": "change_item", "customers": "change_customer"}[stream]
    world.do(action, id=row["ID"], Description="Renamed while reading")
    return row["ID"].lower(), "Renamed while reading"


def _shown(row: Any) -> bool:
    return row["active"] and row["company"] in ("", RETAIL_COMPANY)


def with_an_item_sold(world: World) -> Mapping[tuple[str, str], str]:
    """The order's line is one of an item Galaxy has."""
    fill(world)
    combined = "ItemDimensionCombinations"
    item = next(row for row in world.ledger()["items"] if not row[combined])
    return {("variant", "10"): item["ID"]}


def ready(world: World) -> Mapping[tuple[str, str], str]:
    """Posted customers show at once."""
    fill(world)
    return {}


def words(message: str, field: str = "") -> str:
    """An error in Galaxy's shape."""
    errors = [{"ErrorCode": "x", "FieldName": field, "Message": message}]
    status = {"ErrorCode": "x", "Message": message, "Errors": errors}
    return json.dumps({"ResponseStatus": {**status, "StackTrace": "at SLnet"}})


def call(secret: str, body: bytes) -> Request:
    """A call about items, as Galaxy might make it."""
    return Request("POST", f"/hooks/galaxy/{secret}/items", "", {}, body)


SUBJECT = Subject(
    settings=settings,
    facts={"company_id": RETAIL_COMPANY},
    ids={("variant", "10"): SHOE},
    lookups=tables(),
    fill=fill,
    lists=("items", "customers"),
    touch=touch,
    since="0" * 20,
    absent="00000000-0000-4000-8000-000000000099",
    hurry={"patience": 1},
    path="^/(services|api)/",
    refusals={
        400: words("Wrong."),
        401: words("Not signed in."),
        403: words("Not allowed."),
        404: "Handler for Request not found",
        409: words("There already.", "ID"),
        422: words("This text is required.", "Name"),
    },
    samples={
        Kind.CUSTOMER: Sample(
            case="company",
            count=lambda ledger: sum(row["active"] for row in ledger["customers"]),
            ready=ready,
        ),
        Kind.ORDER: Sample(
            case="guest",
            count=lambda ledger: len(ledger["entries"]),
            ready=with_an_item_sold,
        ),
    },
    call=call,
    signed=False,
    moved=("logins", "sessions", "at_once_most"),
)
