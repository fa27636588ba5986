"""Whatever a platform lists: a bad row is one open error, and the page goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integration.contract.messages import Everything
from integration.engine import connect
from integration.models import Link, Run
from tests.road import Merchant, Road, Row

HUGE = "9" * 5000


def listed(road: Road, merchant: Merchant, *rows: str) -> Run:
    """The first full read of a list that holds these rows, given as JSON text."""
    page = "[" + ",".join(rows) + "]"
    road.back.fault("status", "products$", times=-1, status=200, body=page)
    connect.first_sync(merchant.crystal)
    road.settle()
    return merchant.runs("products")[0]


def text(row: Row, **changes: Any) -> str:
    return json.dumps({**row, **changes})


def raw(row: Row, field: str, value: str) -> str:
    """The row with a field written exactly so."""
    others = {name: inner for name, inner in row.items() if name != field}
    return json.dumps(others)[:-1] + f', "{field}": {value}' + "}"


def deep(row: Row) -> str:
    return raw(row, "extra", "[" * 70 + "]" * 70)


# What is wrong, the row, and the field its error names.
BAD: dict[str, tuple[Any, str]] = {
    "no id": (lambda row: raw(row, "id", "null"), "id"),
    "an id that is a list": (lambda row: raw(row, "id", "[1]"), "id"),
    "an id of 500 characters": (lambda row: text(row, id="x" * 500), "id"),
    "a zero byte in its id": (lambda row: text(row, id="a\x00b"), "id"),
    "a list in place of a row": (lambda row: "[1, 2]", "id"),
    "a text in place of a row": (lambda row: '"row"', "id"),
    "null in place of a row": (lambda row: "null", "id"),
    "a name that is an object": (lambda row: text(row, name={"en": "x"}), "name"),
    "images that are a number": (lambda row: text(row, images=7), "images"),
    "an item type that is a text": (lambda row: text(row, item_type="x"), ""),
    "a category id too long": (
        lambda row: text(row, item_type={"id": "x" * 500, "name": "n"}),
        "category.external_id",
    ),
    "a price that is no number": (lambda row: text(row, price="NaN"), "price"),
    "a quantity that is true": (lambda row: text(row, quantity=True), "quantity"),
    "a number of 5,000 digits": (lambda row: raw(row, "price", HUGE), ""),
    "a number beyond all measure": (lambda row: raw(row, "price", "1e999999"), ""),
    "lists in lists in lists": (deep, ""),
}
# Odd, and nobody's error.
ODD_BUT_SOUND = {"an item type that is a text"}


@pytest.mark.parametrize("wrong", BAD)
def test_one_bad_row_is_one_open_error_and_the_page_goes_on(
    road: Road, wrong: str
) -> None:
    make, field = BAD[wrong]
    first, bad, last = road.goods()[:3]
    merchant = road.merchant()
    run = listed(road, merchant, text(first), make(bad), text(last))
    assert run.state == "done"
    assert {first["id"], last["id"]} <= road.shelf().keys()
    if wrong in ODD_BUT_SOUND:
        assert (run.created, run.failed, merchant.errors()) == (3, 0, [])
        return
    assert (run.read, run.created, run.failed) == (3, 2, 1)
    (error,) = merchant.errors()
    assert (error.kind, error.field) == ("product", field)
    assert error.message
    assert error.who != "staff"


def test_a_row_listed_twice_counts_once(road: Road) -> None:
    merchant = road.merchant()
    row = road.goods()[0]
    run = listed(road, merchant, text(row, name="First"), text(row, name="Second"))
    assert (run.read, run.created, run.skipped) == (2, 1, 1)
    assert road.shelf()[row["id"]]["name"] == "Second"


def test_zero_bytes_in_texts_are_dropped(road: Road) -> None:
    merchant = road.merchant()
    row = road.goods()[0]
    hostile = text(
        row,
        name="A\x00B",
        description="\x00",
        tags=["t\x00"],
        product_number="N\x001",
        item_type={"id": "c1", "name": "C\x00"},
    )
    run = listed(road, merchant, hostile)
    assert (run.state, run.created) == ("done", 1)
    there = road.shelf()[row["id"]]
    assert there["name"] == "AB"
    assert [tag["name"] for tag in there["tags"]] == ["t"]
    assert merchant.errors() == []


def test_half_characters_are_shown_as_unknown_ones(road: Road) -> None:
    merchant = road.merchant()
    first, second = road.goods()[:2]
    halves = raw(first, "name", r'"a\ud800b\\ud800 \ud83d\ude00"')
    run = listed(road, merchant, halves, text(second))
    assert (run.state, run.created) == ("done", 2)
    assert road.shelf()[first["id"]]["name"] == "a\ufffdb\\ud800 \U0001f600"
    assert merchant.errors() == []


def test_a_name_of_ten_megabytes_is_carried_and_labelled_short(road: Road) -> None:
    merchant = road.merchant()
    row = road.goods()[0]
    run = listed(road, merchant, text(row, name="x" * 10_000_000))
    assert (run.state, run.created) == ("done", 1)
    link = Link.everywhere.get(connection=merchant.crystal, kind="product")
    assert len(link.record.label) == 300


def test_a_page_beyond_all_measure_is_refused_and_nothing_is_taken_for_gone(
    road: Road,
) -> None:
    merchant = road.in_step()
    large = "[" + " " * 21_000_000
    road.back.fault("status", "products$", times=-1, status=200, body=large)
    run = road.read(merchant.crystal, "products", Everything())
    assert (run.state, run.read, run.vanished) == ("running", 0, 0)
    assert run.attempts == 1
    road.back.heal()
    road.later(hours=8)
    run.refresh_from_db()
    assert (run.state, run.unchanged) == ("done", 12)
    assert {row["status"] for row in road.shelf().values()} == {"publish"}


def test_a_change_dated_in_the_far_future_stops_no_later_read(road: Road) -> None:
    merchant = road.in_step()
    early, other = road.goods()[:2]
    road.change(early, name="From the future", last_updated="2999-01-01T00:00:00Z")
    road.later(hours=2)
    assert road.shelf()[early["id"]]["name"] == "From the future"
    road.change(other, name="Of today")
    road.later(hours=2)
    assert road.shelf()[other["id"]]["name"] == "Of today"
    road.change(early, name="Of today as well")
    road.later(days=1)
    assert road.shelf()[early["id"]]["name"] == "Of today as well"
    assert merchant.errors() == []


@pytest.mark.parametrize(
    "moment", ["99999-01-01", "yesterday", "", "2024-13-45", "\x00"]
)
def test_a_time_that_is_none_hides_no_change(road: Road, moment: str) -> None:
    merchant = road.in_step()
    product = road.goods()[0]
    road.change(product, name="Changed", last_updated=moment)
    road.later(days=1)
    assert road.shelf()[product["id"]]["name"] == "Changed"
    assert merchant.errors() == []


def test_scripts_are_carried_as_data_and_never_mailed_as_markup(
    road: Road, mailoutbox: list[Any]
) -> None:
    script = "<script>alert(1)</script>"
    merchant = road.in_step()
    strange = "5f0c2f2e-5d6e-4d0e-9a53-2f5f8f2b6a11"
    road.front.do("seed", products=[{"name": script, "sku": strange}])
    road.buy(strange, billing={"first_name": script, "last_name": "{{ 7*7 }}"})
    road.later(hours=2)
    assert len(merchant.errors()) == 1
    for letter in mailoutbox:
        for body, kind in letter.alternatives:
            assert kind == "text/html"
            assert script not in body
        assert "\n" not in letter.subject
