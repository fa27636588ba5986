"""The generic API: entities by filter, and views."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.galaxy.sandbox.caller import Caller, newest

ITEM = "/api/glx/entities/item/fetch"
TRADER = "/api/glx/entities/trader/fetch"
VIEW = "/api/glx/views/item/custom/webitems"


def only(name: str, asked: str, value: Any) -> dict[str, Any]:
    """A filter."""
    return {"Name": name, "Type": "Default", "Operator": asked, "Value": value}


def test_an_item_is_found_by_its_code(galaxy: Caller) -> None:
    body = {
        "SelectProperties": ["ID", "LightCrmCode"],
        "Filters": [only("Code", "Equal", "SH-0003")],
    }
    known = galaxy.row("items", Code="SH-0003")
    assert galaxy.post(ITEM, body).json() == [
        {"ID": known["ID"], "LightCrmCode": "CRM-SH-0003"}
    ]


def test_several_items_are_found_by_id_in_any_case(galaxy: Caller) -> None:
    ids = [row["ID"].upper() for row in galaxy.rows("items")[:2]]
    found = galaxy.post(ITEM, {"Filters": [only("ID", "In", ids)]}).json()
    assert {row["ID"].upper() for row in found} == set(ids)


def test_a_trader_is_found_by_tax_number_with_what_is_included(galaxy: Caller) -> None:
    customer = galaxy.rows("customers")[0]
    (trader,) = galaxy.post(
        TRADER, {"Filters": [only("ID", "Equal", customer["TraderID"])]}
    ).json()
    assert set(trader) == {"ID", "Code", "Name", "TIN"}
    body = {
        "SelectProperties": ["ID"],
        "IncludePaths": [
            {"Path": "Customers", "SelectProperties": ["ID"]},
            {"Path": "Sites"},
        ],
        "Filters": [only("TIN", "Equal", trader["TIN"])],
    }
    (found,) = galaxy.post(TRADER, body).json()
    assert {"ID": customer["ID"]} in found["Customers"]
    sites = {site["TraderSiteID"] for site in customer["CustomerSites"]}
    assert {site["ID"] for site in found["Sites"]} == sites


@pytest.mark.parametrize(
    "body",
    [
        {"Filters": [only("Code", "Like", "SH")]},
        {"Filters": [only("Nothing", "Equal", 1)]},
        {"Filters": [only("Code", "In", "SH-0003")]},
        {"SelectProperties": ["Nothing"]},
        {"IncludePaths": [{"Path": "Nothing"}]},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    galaxy: Caller, body: dict[str, Any]
) -> None:
    assert galaxy.post(ITEM, body).status_code == 400


def test_an_unknown_entity_or_view_is_not_found(galaxy: Caller) -> None:
    assert galaxy.post("/api/glx/entities/nothing/fetch", {}).status_code == 404
    assert galaxy.get("/api/glx/views/item/custom/nothing").status_code == 404


@pytest.mark.parametrize(
    "text",
    ["[{{REVISIONNUMBER:[{},Greater]}}]", '[{{"REVISIONNUMBER":["{}","Greater"]}}]'],
)
def test_a_view_gives_what_is_greater(galaxy: Caller, text: str) -> None:
    highest = newest(galaxy.ledger()["items"])
    answer = galaxy.get(VIEW, filters=text.format(highest - 1)).json()
    assert [row["REVISIONNUMBER"] for row in answer["Items"]] == [highest]
    assert len(galaxy.get(VIEW).json()["Items"]) == 60
    assert galaxy.get(VIEW, filters="[{NO:[1,Greater]}]").status_code == 400


def test_the_generic_part_wants_a_session_too(stranger: Caller) -> None:
    assert stranger.post(ITEM, {}).status_code == 401
    assert stranger.get(VIEW).status_code == 401
