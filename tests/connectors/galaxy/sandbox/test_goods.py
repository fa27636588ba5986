"""Items and their six other lists: shapes, changes, and what vanishes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.connectors.galaxy.sandbox.caller import SYNC, Caller, newest


def test_a_start_has_items_categories_and_attributes(galaxy: Caller) -> None:
    ledger = galaxy.ledger()
    assert len(ledger["items"]) == 60
    assert len(ledger["itemcategories"]) == 25
    assert len(ledger["itemattributes"]) == 8
    assert len(ledger["customers"]) == 30
    varied = [row for row in ledger["items"] if row["ItemDimensionCombinations"]]
    assert len(varied) == 8


def test_children_are_listed_before_their_parents(galaxy: Caller) -> None:
    rows = galaxy.rows("itemcategories")
    places = {row["ID"]: place for place, row in enumerate(rows)}
    assert {row["LevelOfNode"] for row in rows} == {0, 1, 2}
    for row in rows:
        if row["ParentNodeID"] is not None:
            assert places[row["ID"]] < places[row["ParentNodeID"]]


def test_an_item_links_to_root_and_leaf_alone(galaxy: Caller) -> None:
    rows = galaxy.rows("itemcategories")
    tree = {row["ID"].lower(): (row["ParentNodeID"] or "").lower() for row in rows}
    links = [link for row in galaxy.rows("items") for link in row["ItemCategories"]]
    for link in links:
        assert tree[tree[link["CategoryLeafID"]]] == link["CategoryRootID"]


def test_an_item_s_attributes_are_listed_or_typed(galaxy: Caller) -> None:
    listed = {row["ID"].lower(): row for row in galaxy.rows("itemattributes")}
    links = [link for row in galaxy.rows("items") for link in row["ItemAttributes"]]
    seen: Counter[str] = Counter()
    for link in links:
        attribute = listed[link["AttrID"]]
        typed = {name for name, value in link.items() if value is not None}
        (filled,) = typed - {"ID", "AttrID"}
        seen[filled] += 1
        if filled == "FldAttrValueID":
            values = {value["ID"].lower() for value in attribute["AttrValues"]}
            assert link[filled] in values
    assert set(seen) == {
        *("FldAttrValueID", "FldString", "FldDecimal", "FldBoolean", "FldDateTime"),
    }


def test_a_long_text_may_be_null_or_absent(galaxy: Caller) -> None:
    items = galaxy.rows("items")
    assert {type(row.get("ExtDescription", 0)) for row in items} == {
        *(int, type(None), str),
    }


def test_the_metadata_describes_the_items_that_come(galaxy: Caller) -> None:
    described = galaxy.get(f"{SYNC}/items/metadata").json()
    fields = {field["Name"] for field in described["Fields"]}
    collections = {each["Name"]: each for each in described["Collections"]}
    for item in galaxy.rows("items"):
        assert item.keys() - collections.keys() <= fields
        for name, collection in collections.items():
            inner = {field["Name"] for field in collection["Fields"]}
            inner |= {each["Name"] for each in collection["Collections"]}
            assert all(part.keys() == inner for part in item[name])


def test_the_name_of_the_combinations_is_in_the_metadata(galaxy: Caller) -> None:
    galaxy.control("set_settings", combinations_field="Variants")
    described = galaxy.get(f"{SYNC}/items/metadata").json()
    assert described["Collections"][-1]["Name"] == "Variants"
    assert any(row["Variants"] for row in galaxy.rows("items"))
    galaxy.control("set_settings", combinations_field="")
    assert "ItemDimensionCombinations" not in galaxy.rows("items")[0]


def test_combinations_name_values_of_dimensions(galaxy: Caller) -> None:
    values = {
        (row["ID"], value["ID"])
        for row in galaxy.rows("itemdimensions")
        for value in row["AttrValues"]
    }
    codes = {row["DimensionCode"] for row in galaxy.rows("itemaltercodes")} - {None}
    stocked = {row.get("DimensionCode") for row in galaxy.rows("itembalances")}
    combinations = [
        each
        for row in galaxy.rows("items")
        for each in row["ItemDimensionCombinations"]
    ]
    assert len(combinations) == 48
    assert {each["Code"] for each in combinations} == codes == stocked - {None}
    for each in combinations:
        assert {(v["DimensionID"], v["ValueID"]) for v in each["Values"]} <= values


def test_a_dimension_s_values_may_have_another_name(galaxy: Caller) -> None:
    galaxy.control("set_settings", dimension_values_field="DimensionValues")
    assert all("DimensionValues" in row for row in galaxy.rows("itemdimensions"))


@pytest.mark.parametrize(
    ("control", "name", "body"),
    [
        ("change_item", "items", {"Description": "Νέο όνομα"}),
        ("change_price", "items", {"price": 12.34}),
        ("change_balance", "itembalances", {"balance": 4.5, "dimension": None}),
        ("add_item", "items", {"Code": "SH-0008-B"}),
    ],
)
def test_a_change_is_the_only_row_above_the_former_highest(
    galaxy: Caller, control: str, name: str, body: dict[str, Any]
) -> None:
    before = newest(galaxy.rows(name))
    found = {} if control == "add_item" else {"code": "SH-0008"}
    galaxy.control(control, **found, **body)
    (row,) = galaxy.rows(name, RevisionNumber=before)
    assert row["Code"].startswith("SH-0008")


def test_an_item_switched_off_vanishes_without_a_trace(galaxy: Caller) -> None:
    before = galaxy.rows("items")
    highest = newest(before)
    gone = galaxy.row("items", Code="SH-0010")
    galaxy.control("deactivate_item", code="SH-0010")
    assert galaxy.rows("items", RevisionNumber=highest) == []
    assert gone["ID"] not in {row["ID"] for row in galaxy.rows("items")}
    assert "SH-0010" not in {row["Code"] for row in galaxy.rows("itembalances")}
    (kept,) = [row for row in galaxy.ledger()["items"] if row["Code"] == "SH-0010"]
    assert kept["active"] is False
    galaxy.control("activate_item", code="SH-0010")
    assert len(galaxy.rows("items", RevisionNumber=highest)) == 1


@pytest.mark.parametrize("name", ["itemattributes", "itemcategories"])
def test_a_renamed_attribute_or_category_still_says_zero(
    galaxy: Caller, name: str
) -> None:
    control = {"itemattributes": "attribute", "itemcategories": "category"}[name]
    row = galaxy.rows(name)[0]
    galaxy.control(f"rename_{control}", id=row["ID"], Description="Άλλο όνομα")
    assert galaxy.row(name, ID=row["ID"])["Description"] == "Άλλο όνομα"
    assert galaxy.rows(name, RevisionNumber=0) == []


def test_a_row_may_be_committed_late_with_a_low_number(galaxy: Caller) -> None:
    rows = galaxy.rows("items")
    galaxy.control("change_item", code="SH-0001", RevisionNumber=newest(rows) - 1)
    assert galaxy.rows("items", RevisionNumber=newest(rows)) == []
    assert galaxy.row("items", Code="SH-0001")["RevisionNumber"] == newest(rows) - 1


def test_many_items_come_whole_and_in_one_array(galaxy: Caller) -> None:
    before = galaxy.rows("items")
    galaxy.control("grow", items=1200)
    rows = galaxy.rows("items")
    assert len(rows) == len(before) + 1200
    assert len({row["ID"] for row in rows}) == len(rows)
    assert len(galaxy.rows("items", RevisionNumber=newest(before))) == 1200
    assert {row["Code"] for row in rows} == {
        row["Code"] for row in galaxy.rows("itembalances")
    }


def test_a_change_of_what_is_not_there_is_refused(galaxy: Caller) -> None:
    assert galaxy.refused("change_item", code="NONE", Description="x") == 404
    assert galaxy.refused("change_item", code="SH-0001", Nothing=1) == 400
    assert galaxy.refused("change_item", code="SH-0001", ID="1") == 400
    assert galaxy.refused("nothing") == 404
    assert galaxy.refused("set_settings", nothing=1) == 400
    assert galaxy.refused("set_settings", entries_readable="yes") == 400
