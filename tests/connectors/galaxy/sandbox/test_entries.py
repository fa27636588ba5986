"""Posted sales: what is refused and how, and that one sent twice is there twice."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import requests

from tests.connectors.galaxy.sandbox.caller import KNOWN, SYNC, Caller, error

POST = f"{SYNC}/actions/postentry"
NOBODY = "00000000-0000-0000-0000-000000000007"


@pytest.fixture
def sale(galaxy: Caller) -> dict[str, Any]:
    """A sale of three items to a customer there is."""
    trader = galaxy.rows("customers")[0]["TraderID"]
    items = galaxy.rows("items")[:3]
    lines = [
        {
            "item": {
                "mgitemtypeid": 0,
                "identifier": {"id": item["ID"], "idspecifier": "ID"},
            },
            "qty": quantity,
            "totalamount": 9.9 * quantity,
            "chargestotal": 0,
        }
        for quantity, item in enumerate(items, 1)
    ]
    data = {
        "company": {"identifier": {"id": KNOWN["company"], "codelist": "RCP"}},
        "revisionnumber": 1,
        "docid": "WEB-1",
        "docdate": "2025-03-04T10:15:00",
        "doccurrency": {"descr": "Ευρώ"},
        "trader": {"identifier": {"id": trader, "codelist": "RCP"}},
        "lines": lines,
    }
    header = {"version": "2.3.2", "processtype": "B2C", "source": "Webshop"}
    return {"body": {"header": header, "data": data}}


def changed(sale: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The sale with one thing in its data put in place of another."""
    whole = copy.deepcopy(sale)
    *way, last = path.split(".")
    place: Any = whole["body"]["data"]
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return whole


def test_a_sale_is_booked_with_its_lines(galaxy: Caller, sale: dict[str, Any]) -> None:
    answer = galaxy.post(POST, sale)
    assert (answer.status_code, set(answer.json())) == (200, {"ID", "Code"})
    (entry,) = galaxy.ledger()["entries"]
    assert entry["docid"] == "WEB-1"
    assert [line["qty"] for line in entry["lines"]] == [1, 2, 3]
    assert entry["scenario"] == KNOWN["web_scenario"]
    assert galaxy.ledger()["entries_duplicated"] == {}


def test_a_sale_sent_twice_is_booked_twice(
    galaxy: Caller, sale: dict[str, Any]
) -> None:
    codes = {galaxy.post(POST, sale).json()["Code"] for _ in range(2)}
    assert len(codes) == 2
    assert galaxy.ledger()["entries_duplicated"] == {"WEB-1": 2}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("company.identifier.id", KNOWN["second_company"]),
        ("trader.identifier.id", NOBODY),
        ("doccurrency.descr", "Δραχμές"),
        ("lines.1.item.identifier.id", NOBODY),
    ],
)
def test_what_the_business_does_not_know_is_a_500_with_words(
    galaxy: Caller, sale: dict[str, Any], path: str, value: str
) -> None:
    answer = galaxy.post(POST, changed(sale, path, value))
    assert answer.status_code == 500
    assert error(answer)["Message"]
    assert "SLnet" in error(answer)["StackTrace"]
    assert galaxy.ledger()["entries"] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("docid", ""),
        ("docdate", "4/3/2025"),
        ("lines", []),
        ("lines.0.qty", 0),
        ("lines.0.qty", "2"),
        ("lines.2.totalamount", None),
        ("lines.0.item.identifier.idspecifier", "Code"),
        ("lines.0.item.mgitemtypeid", 1),
        ("trader.identifier.codelist", "EAN"),
        ("trader.identifier.id", None),
        ("doccurrency", "EUR"),
        ("revisionnumber", None),
    ],
)
def test_what_is_badly_formed_is_a_400_that_names_the_field(
    galaxy: Caller, sale: dict[str, Any], path: str, value: Any
) -> None:
    answer = galaxy.post(POST, changed(sale, path, value))
    assert answer.status_code == 400
    assert path.split(".")[-1] in error(answer)["Errors"][0]["FieldName"]


@pytest.mark.parametrize("body", [{}, [], {"Body": {}}, {"body": {"data": {}}}])
def test_a_body_of_another_shape_is_refused(galaxy: Caller, body: Any) -> None:
    assert galaxy.post(POST, body).status_code == 400


def test_an_item_that_is_switched_off_is_not_sold(
    galaxy: Caller, sale: dict[str, Any]
) -> None:
    item = sale["body"]["data"]["lines"][0]["item"]["identifier"]["id"]
    galaxy.control("deactivate_item", id=item)
    assert galaxy.post(POST, sale).status_code == 500


def test_a_line_names_a_combination_only_where_that_is_switched_on(
    galaxy: Caller, sale: dict[str, Any]
) -> None:
    item = galaxy.row("items", Code="SH-0001")
    combination = item["ItemDimensionCombinations"][0]["ID"]
    sold = changed(sale, "lines.0.item.identifier.id", combination)
    assert galaxy.post(POST, sold).status_code == 500
    galaxy.control("set_settings", lines_name_combinations=True)
    assert galaxy.post(POST, sold).status_code == 200


def test_a_sale_needs_a_scenario_as_every_call_does(
    galaxy: Caller, sale: dict[str, Any]
) -> None:
    galaxy.control("no_default_scenario")
    assert galaxy.post(POST, sale).status_code == 400
    scenario = KNOWN["web_scenario"]
    assert galaxy.post(POST, sale, WebScenID=scenario).status_code == 200
    other = KNOWN["second_web_scenario"]
    assert galaxy.post(POST, sale, WebScenID=other).status_code == 500


def test_a_sale_may_be_booked_though_no_answer_comes(
    galaxy: Caller, sale: dict[str, Any]
) -> None:
    galaxy.control("faults", kind="drop_after", path="postentry")
    with pytest.raises(requests.ConnectionError):
        galaxy.post(POST, sale)
    galaxy.control("faults", kind="status_after", path="postentry", status=502)
    assert galaxy.post(POST, sale).status_code == 502
    assert galaxy.ledger()["entries_duplicated"] == {"WEB-1": 2}


def test_a_booked_sale_is_readable_only_where_that_is_switched_on(
    galaxy: Caller, sale: dict[str, Any]
) -> None:
    booked = galaxy.post(POST, sale).json()
    path = "/api/glx/entities/docentry/fetch"
    asked = {
        "SelectProperties": ["ID", "DocID"],
        "Filters": [
            {"Name": "DocID", "Type": "Default", "Operator": "Equal", "Value": "WEB-1"}
        ],
    }
    assert galaxy.post(path, asked).status_code == 404
    galaxy.control("set_settings", entries_readable=True)
    assert galaxy.post(path, asked).json() == [{"ID": booked["ID"], "DocID": "WEB-1"}]
