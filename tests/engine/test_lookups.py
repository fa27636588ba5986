"""Lookups: kept as tables, told to the maps, read anew once where an id is unknown."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integration.contract import registry
from integration.engine import lookups, maps
from integration.engine.intake import Intake
from integration.models import Connection, Lookup, Record, Run
from tests.engine.depot import Depot
from tests.engine.test_parts import Place
from tests.engine.test_statements import counted
from tests.road import Road


@pytest.fixture
def place(road: Road, depot: Depot) -> Place:
    return Place(road, depot)


def intake(connection: Connection, key: str) -> Intake:
    """The terms of a page, as no run asked for it."""
    stream = registry.connector(connection.platform).stream(key)
    return Intake(
        connection=connection,
        stream=stream,
        reading=maps.reading(connection, stream),
        routes=[],
        run=None,
        cause="test",
        priority=40,
        now=timezone.now(),
    )


def tags(place: Place, code: str) -> list[str]:
    return [tag["name"] for tag in place.road.shelf()[code]["tags"]]


def reads_of(place: Place, stream: str) -> list[Run]:
    runs = Run.everywhere.filter(connection=place.here, stream=stream)
    return list(runs.order_by("pk"))


def test_entries_are_kept_in_their_table_and_are_no_records(place: Place) -> None:
    place.start()
    red = Lookup.everywhere.get(connection=place.here)
    assert (red.table, red.external_id, red.label, red.active) == (
        "colour",
        "r",
        "Red",
        True,
    )
    assert not Record.everywhere.filter(kind="lookup").exists()
    assert tags(place, "code-1") == ["Red"]


def test_a_list_of_entries_is_read_once_when_the_account_is_connected(
    place: Place,
) -> None:
    place.start()
    place.road.later(hours=3)
    assert [run.selection["type"] for run in reads_of(place, "colours")] == [
        "Everything"
    ]


def test_a_renamed_entry_reaches_every_thing_that_names_it_without_a_call_for_them(
    place: Place,
) -> None:
    place.start()
    place.depot.put("colours", "r", name="Crimson")
    run = place.read("colours", whole=True)
    assert (run.read, run.updated) == (1, 1)
    place.later()
    assert {tuple(tags(place, f"code-{n}")) for n in range(3)} == {("Crimson",)}
    assert [stream for stream, _ in place.depot.asked] == ["colours"]


def test_an_entry_that_says_the_same_maps_nothing_anew(place: Place) -> None:
    place.start()
    place.read("colours", whole=True)
    assert place.again() == []


def test_an_unknown_id_asks_for_its_table_once_and_then_maps_the_rows_again(
    place: Place,
) -> None:
    place.start()
    place.depot.put("colours", "b", name="Blue")
    for number in (0, 1):
        place.depot.put("goods", f"{number}", colour="b")
    run = place.read("goods")
    assert (run.read, run.failed) == (2, 2)
    place.later()
    assert tags(place, "code-0") == tags(place, "code-1") == ["Blue"]
    assert [run.cause for run in reads_of(place, "colours")] == [
        "install",
        "unknown_entry",
    ]
    assert place.merchant.errors() == []


def test_on_many_pages_the_table_is_read_once_for_all(place: Place) -> None:
    place.start()
    place.depot.page = 1
    place.depot.put("colours", "b", name="Blue")
    for number in range(3):
        place.depot.put("goods", f"{number}", colour="b")
    place.read("goods")
    place.later()
    assert len(reads_of(place, "colours")) == 2
    assert place.merchant.errors() == []


def test_what_is_nowhere_stays_one_open_error_and_asks_no_further(place: Place) -> None:
    place.start()
    place.depot.put("goods", "0", colour="nowhere")
    place.read("goods")
    for _ in range(5):
        place.road.later(minutes=10)
    (error,) = place.merchant.errors()
    assert (error.external_id, error.code) == ("0", "unknown_entry")
    assert len(reads_of(place, "colours")) == 2
    place.depot.put("goods", "0", colour="r")
    place.read("goods")
    assert place.merchant.errors() == []


def test_a_table_that_changes_at_every_read_goes_round_in_no_circle(
    place: Place,
) -> None:
    place.start()
    place.depot.put("goods", "0", colour="nowhere")
    place.read("goods")
    for number in range(4):
        place.depot.put("colours", "r", name=f"Red {number}")
        place.road.later(minutes=10)
    assert len(reads_of(place, "colours")) == 2


def test_a_vanished_entry_stays_and_is_no_longer_in_use(place: Place) -> None:
    place.depot.put("colours", "b", name="Blue")
    place.start()
    place.depot.drop("colours", "b")
    place.read("colours", whole=True)
    in_use = Lookup.everywhere.filter(connection=place.here).values_list(
        "external_id", "active"
    )
    assert dict(in_use) == {"r": True, "b": False}
    place.depot.put("colours", "b", name="Blue")
    place.read("colours", whole=True)
    assert Lookup.everywhere.get(external_id="b").active


def test_a_map_is_told_the_tables_it_names_and_no_other(place: Place) -> None:
    place.start()
    stream = registry.connector("depot").stream
    told = maps.reading(place.here, stream("goods")).context.lookups
    assert set(told) == {"colour"}
    assert told["colour"].by_id["r"].label == "Red"
    assert maps.reading(place.here, stream("colours")).context.lookups == {}
    with counted() as statements:
        assert lookups.tables(place.here, ()) == {}
    assert statements == []
