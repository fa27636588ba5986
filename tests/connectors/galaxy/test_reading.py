"""Galaxy's lists as they are read: by number, whole, interrupted, without ids."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
import responses

from connectors.galaxy import CONNECTOR
from connectors.galaxy.lookups import PLAIN
from integration.contract.connector import CursorType
from integration.contract.messages import Raw
from integration.errors import BadConfig
from tests.connectors.galaxy.connected import Copy, Galaxy, rows
from tests.connectors.galaxy.test_galaxy import ERP, SYNC, client

READ = "RevisionNumber="


def answer(path: str, listed: Sequence[Any]) -> None:
    responses.post(f"{ERP}/auth", json={"SessionId": "s"})
    responses.get(f"{SYNC}/{path}", json=listed)


def asked() -> list[str]:
    return [
        str(call.request.url).partition("?")[2]
        for call in responses.calls
        if "/services/" in str(call.request.url)
    ]


def read(stream: str, since: str | None = None, **given: Any) -> list[Any]:
    return list(CONNECTOR.reader(client(**given)).read(stream, since, None))  # type: ignore[misc]


def test_a_first_read_asks_above_0_and_the_next_above_the_mark(galaxy: Galaxy) -> None:
    copy = Copy(galaxy.reader())
    copy.pull("items")
    first = copy.marks["items"]
    changed = galaxy.ledger()["items"][3]["ID"]
    galaxy.control("change_item", id=changed, Description="Renamed")
    [page] = copy.pull("items")
    assert [raw.external_id for raw in page.items] == [changed]
    queries = [call["query"] for call in galaxy.calls("/services/sync/items")]
    assert queries[-2:] == ["RevisionNumber=0", f"RevisionNumber={int(first)}"]
    assert copy.marks["items"] > first


def test_an_empty_answer_leaves_the_mark_alone(galaxy: Galaxy) -> None:
    copy = Copy(galaxy.reader())
    copy.pull("customers")
    mark = copy.marks["customers"]
    [page] = copy.pull("customers")
    assert (page.items, page.mark) == ([], None)
    assert copy.marks["customers"] == mark


@responses.activate
def test_an_overlap_reads_some_numbers_again() -> None:
    answer("items", [])
    read("items", "00000000000000000100", overlap=30)
    read("items", "00000000000000000010", overlap=30)
    assert asked() == ["RevisionNumber=70", "RevisionNumber=0"]


@responses.activate
def test_marks_are_greater_as_text_where_they_are_as_numbers() -> None:
    answer(
        "items", [{"ID": "a", "RevisionNumber": 9}, {"ID": "b", "RevisionNumber": 10}]
    )
    [page] = read("items")
    low, high = (raw.version for raw in page.items)
    assert low < high == page.mark


def test_lookups_are_read_once_and_not_by_the_clock() -> None:
    for table in PLAIN:
        stream = CONNECTOR.stream(table)
        assert stream.lookup == table
        assert stream.cursor is CursorType.NONE
        assert (stream.read_every, stream.full_every) == (0, 0)
    assert set(CONNECTOR.tables()) == {
        *PLAIN,
        *("itemcategories", "itemattributes", "itemdimensions"),
    }


def test_lists_are_read_in_the_order_things_depend_on_each_other() -> None:
    items = CONNECTOR.stream("items")
    assert set(items.parts) < set(items.after)
    assert {"itemcategories", "itemattributes", "itemdimensions"} < set(items.after)
    customers = CONNECTOR.stream("customers")
    assert {"countries", "cities", "customersites"} < set(customers.after)


def test_chosen_customers_are_read_by_their_ids(galaxy: Galaxy) -> None:
    there = [
        raw.external_id for raw in rows(galaxy.reader().read("customers", None, None))
    ]
    asked_for = [there[0].upper(), there[3]]
    found = galaxy.reader().fetch("customers", asked_for)
    assert {raw.external_id for raw in found} == {there[0], there[3]}
    last = galaxy.calls("/services/sync/customers")[-1]["query"]
    assert last.startswith("IDs=")


def test_items_cannot_be_read_one_by_one_and_that_is_declared(galaxy: Galaxy) -> None:
    assert not CONNECTOR.stream("items").fetchable
    wanted = galaxy.ledger()["items"][0]["ID"]
    assert [raw.external_id for raw in galaxy.reader().fetch("items", [wanted])] == [
        wanted
    ]


def test_ids_are_told_in_small_whatever_galaxy_writes(galaxy: Galaxy) -> None:
    for stream in ("items", "itemimages", "customersites", "itembalances"):
        for raw in rows(galaxy.reader().read(stream, None, None)):
            assert raw.external_id == raw.external_id.lower()
    [site, *_] = rows(galaxy.reader().read("customersites", None, None))
    customers = rows(galaxy.reader().read("customers", None, None))
    assert site.owner in {raw.external_id for raw in customers}


@pytest.mark.parametrize("named", [True, False])
def test_balances_belong_to_their_item_by_id_or_by_code(
    galaxy: Galaxy, named: bool
) -> None:
    galaxy.control("set_settings", balances_name_items=named)
    items = {
        raw.external_id: raw.owner
        for raw in rows(galaxy.reader().read("items", None, None))
    }
    balances = rows(galaxy.reader().read("itembalances", None, None))
    owners = {raw.owner for raw in balances}
    assert owners == (set(items) if named else set(items.values()))


def test_rows_nothing_tells_apart_are_kept_apart_and_read_as_a_whole(
    galaxy: Galaxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    pages = list(galaxy.reader().read("itembalances", None, None))
    found = rows(iter(pages))
    assert len({raw.external_id for raw in found}) == len(found)
    assert pages[-1].mark == "0" * 20
    again = rows(galaxy.reader().read("itembalances", pages[-1].mark, None))
    assert {raw.external_id for raw in again} == {raw.external_id for raw in found}
    assert "RevisionNumber" not in galaxy.calls("/services/sync/itembal")[-1]["query"]
    assert "several rows of “itembalances” for one thing" in caplog.text


def test_balances_with_ids_are_read_by_number(galaxy: Galaxy) -> None:
    galaxy.control("set_settings", balances_have_ids=True)
    copy = Copy(galaxy.reader())
    copy.pull("itembalances")
    galaxy.control("change_balance", code="SH-0009", row=1, balance=99)
    [page] = copy.pull("itembalances")
    assert len(page.items) == 1


@responses.activate
def test_a_delta_without_numbers_is_read_as_a_whole() -> None:
    answer("itembalances", [{"Code": "A", "Balance": 1}])
    [page] = read("itembalances", "00000000000000000007")
    assert len(page.items) == 1
    assert page.mark is None
    assert asked() == ["RevisionNumber=7", ""]


@responses.activate
def test_a_list_no_page_names_may_be_missing_and_others_may_not() -> None:
    responses.post(f"{ERP}/auth", json={"SessionId": "s"})
    responses.get(f"{SYNC}/itemprices", status=404, body="Handler not found")
    responses.get(f"{SYNC}/items", status=404, body="Handler not found")
    [page] = read("itemprices")
    assert page.items == []
    with pytest.raises(BadConfig) as caught:
        read("items")
    assert caught.value.field == "base_url"


@responses.activate
def test_a_read_goes_on_behind_what_was_stored_unless_the_list_changed() -> None:
    listed = [{"ID": f"i{n}", "RevisionNumber": 100 - n} for n in range(7)]
    answer("items", listed)
    first = next(iter(read_pages()))
    rest = read_pages(first.resume)
    assert ids(rows(iter(rest))) == [f"i{n}" for n in range(3, 7)]
    assert rest[-1].mark == "00000000000000000100"
    moved = [listed[1], *listed[2:], {"ID": "i0", "RevisionNumber": 101}]
    responses.replace("GET", f"{SYNC}/items", body=json.dumps(moved))
    again = read_pages(first.resume)
    assert sorted(ids(rows(iter(again)))) == [f"i{n}" for n in range(7)]
    assert again[-1].mark == "00000000000000000101"


def read_pages(resume: str | None = None) -> list[Any]:
    reader = CONNECTOR.reader(client(rows_at_once=3))  # type: ignore[misc]
    return list(reader.read("items", None, resume))


def ids(found: list[Raw]) -> list[str]:
    return [raw.external_id for raw in found]


@responses.activate
def test_rows_that_are_none_are_the_addresss_fault() -> None:
    answer("items", ["a", 1])
    with pytest.raises(BadConfig):
        read("items")


def test_a_scenario_shows_its_own_company(galaxy: Galaxy) -> None:
    second = galaxy.ledger()["webscenarios"][1]["ID"]
    facts = {
        raw.external_id: json.loads(raw.body or b"")["value"]
        for raw in rows(galaxy.reader(web_scenario=second).read("settings", None, None))
    }
    assert facts["company"] == "Δείγμα Χονδρική Ε.Π.Ε."
    assert facts["currency"] == "EUR"
    own = ids(rows(galaxy.reader().read("customers", None, None)))
    other = ids(rows(galaxy.reader(web_scenario=second).read("customers", None, None)))
    assert not set(own) & set(other)
