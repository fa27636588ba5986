"""Rows made of parts: whichever list comes first, a whole is mapped with all of it."""

from __future__ import annotations

import tracemalloc

import pytest
from django.db import connection

from integration.contract.messages import Again, Changed, Everything
from integration.engine import connect, routes
from integration.engine.gather import ROWS
from integration.models import Connection, Link, Run, Sighting
from tests.engine.depot import Depot
from tests.engine.test_statements import counted
from tests.road import Merchant, Road


class Place:
    """A merchant whose goods come from the depot and go to the shop."""

    def __init__(self, road: Road, depot: Depot, goods: int = 3) -> None:
        self.road, self.depot = road, depot
        self.merchant: Merchant = road.merchant(routes=False)
        self.shop = self.merchant.shop
        depot.stock(goods)
        self.here: Connection = depot.connect(self.merchant.tenant)
        for kind in ("product", "stock"):
            routes.add(self.merchant.tenant, kind, self.here, self.shop)

    def start(self) -> None:
        """The first full sync is over and nothing was asked since."""
        connect.first_sync(self.here)
        self.later()
        self.depot.asked.clear()
        self.begun = Run.everywhere.order_by("pk").values_list("pk", flat=True).last()

    def later(self) -> None:
        """What waits for other lists comes as well."""
        for _ in range(4):
            self.road.soon(seconds=3)

    def read(self, stream: str, whole: bool = False) -> Run:
        run = self.road.read(self.here, stream, Everything() if whole else Changed())
        self.later()
        run.refresh_from_db()
        return run

    def again(self) -> list[tuple[str, ...]]:
        """The ids that were mapped anew since the start, run by run."""
        runs = Run.everywhere.filter(
            connection=self.here, selection__type="Again", pk__gt=self.begun or 0
        )
        return [tuple(run.selection["ids"]) for run in runs.order_by("pk")]

    def summary(self, code: str) -> str:
        text: str = self.road.shelf()[code]["short_description"]
        return text


@pytest.fixture
def place(road: Road, depot: Depot) -> Place:
    return Place(road, depot)


@pytest.mark.parametrize("order", [("notes", "goods"), ("goods", "notes")])
def test_whichever_comes_first_the_whole_has_its_parts(
    place: Place, order: tuple[str, str]
) -> None:
    for stream in (*order, "counts", "colours"):
        place.read(stream)
    place.later()
    shelf = place.road.shelf()
    assert {code: row["short_description"] for code, row in shelf.items()} == {
        f"code-{number}": f"note {number}" for number in range(3)
    }
    assert [shelf[f"code-{number}"]["stock_quantity"] for number in range(3)] == [
        0,
        1,
        2,
    ]


def test_a_changed_part_reaches_its_whole_without_asking_for_it(place: Place) -> None:
    place.start()
    place.depot.put("notes", "n1", text="a new word")
    run = place.read("notes")
    assert (run.read, run.updated) == (1, 1)
    assert place.summary("code-1") == "a new word"
    assert place.again() == [("1",)]
    assert [stream for stream, _ in place.depot.asked] == ["notes"]


def test_a_long_list_of_changed_parts_is_mapped_some_at_a_time(
    road: Road, depot: Depot
) -> None:
    place = Place(road, depot, 4)
    place.start()
    depot.page = 2
    for number in range(4):
        depot.put("notes", f"n{number}", text="other")
    place.read("notes")
    assert {place.summary(f"code-{number}") for number in range(4)} == {"other"}
    assert sorted(id for ids in place.again() for id in ids) == ["0", "1", "2", "3"]


def test_a_part_that_names_its_whole_by_its_other_name_reaches_it(place: Place) -> None:
    place.start()
    place.depot.put("counts", "c2", pieces=40)
    run = place.read("counts")
    assert (run.read, run.updated, run.unchanged) == (3, 1, 2)
    assert place.road.shelf()["code-2"]["stock_quantity"] == 40
    assert place.again() == [("2",)]


def test_a_part_that_changes_its_owner_maps_both(place: Place) -> None:
    place.start()
    place.depot.put("notes", "n0", of="1")
    place.read("notes")
    assert place.again() == [("0", "1")]
    assert place.summary("code-0") == ""
    assert place.summary("code-1") == "note 0 note 1"


def test_a_part_of_a_whole_nobody_saw_waits_for_nothing(place: Place) -> None:
    place.start()
    place.depot.put("notes", "n9", of="9", text="first")
    assert place.read("notes").created == 1
    assert place.again() == []
    place.depot.put("goods", "9", code="code-9", name="Late")
    place.read("goods")
    assert place.summary("code-9") == "first"


def test_a_vanished_part_leaves_its_whole(place: Place) -> None:
    place.start()
    place.depot.drop("notes", "n2")
    run = place.read("notes", whole=True)
    assert run.vanished == 1
    assert place.summary("code-2") == ""
    place.depot.put("notes", "n2", of="2", text="back")
    place.read("notes")
    assert place.summary("code-2") == "back"


def test_too_many_vanished_parts_are_held_and_ask(road: Road, depot: Depot) -> None:
    place = Place(road, depot, 30)
    place.start()
    for number in range(20):
        depot.drop("notes", f"n{number}")
    assert place.read("notes", whole=True).state == "held"
    assert place.again() == []
    assert place.summary("code-1") == "note 1"


def test_a_vanished_whole_leaves_with_all_that_its_parts_made(place: Place) -> None:
    place.start()
    place.depot.drop("goods", "1")
    place.read("goods", whole=True)
    links = Link.everywhere.filter(connection=place.here, external_id="1")
    assert {link.kind for link in links if link.gone_at} == {
        "product",
        "variant",
        "stock",
    }
    assert place.road.shelf()["code-1"]["status"] != "publish"


def test_unchanged_parts_map_nothing_anew(place: Place) -> None:
    place.start()
    runs = [place.read(name, whole=True) for name in ("notes", "counts", "goods")]
    assert [run.unchanged for run in runs] == [3, 3, 3]
    assert place.again() == []


def test_a_part_that_cannot_be_read_is_told_of_its_list(place: Place) -> None:
    place.start()
    place.depot.lists["notes"]["n0"]["text"] = float("nan")
    place.depot.put("notes", "n0")
    run = place.read("notes")
    assert run.failed == 1
    names = [error.external_id for error in place.merchant.errors()]
    assert "notes n0" in names


def test_only_the_rows_named_are_mapped_again(place: Place) -> None:
    place.start()
    Sighting.everywhere.filter(stream="goods").update(map_digest=None)
    run = place.road.read(place.here, "goods", Again(("0", "2")))
    assert (run.read, run.unchanged, run.calls) == (2, 2, 0)
    left = Sighting.everywhere.get(stream="goods", map_digest=None)
    assert left.external_id == "1"


def test_what_the_maps_in_force_made_is_not_mapped_again(place: Place) -> None:
    place.start()
    assert place.road.read(place.here, "goods", Again(("0", "2"))).read == 0


def stored(place: Place, goods: range) -> int:
    """How many statements a page of changed notes of these goods costs."""
    from integration.engine.store import store
    from tests.engine.test_lookups import intake

    rows = [
        place.depot._raw("notes", {**row, "text": "other", "revision": 9_999})
        for row in (place.depot.lists["notes"][f"n{number}"] for number in goods)
    ]
    terms = intake(place.here, "notes")
    with counted() as statements:
        store(terms, rows)
    assert Sighting.everywhere.filter(stream="goods", map_digest=None).count() >= len(
        goods
    )
    return len(statements.shapes)


def test_a_page_of_many_parts_costs_what_a_page_of_few_does(
    road: Road, depot: Depot
) -> None:
    place = Place(road, depot, 60)
    place.start()
    assert stored(place, range(5)) == stored(place, range(5, 60))


def peak_of_a_full_read(place: Place) -> int:
    """Bytes that mapping every good anew takes at most, beside what there was."""
    Sighting.everywhere.filter(stream="goods").update(map_digest=None)
    tracemalloc.start()
    run = place.read("goods", whole=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert run.read == len(place.depot.lists["goods"])
    return peak


def test_a_list_twice_as_long_takes_no_more_memory(road: Road, depot: Depot) -> None:
    # As many as are stored together are in memory in any case.
    short = 100 if connection.vendor == "sqlite" else ROWS
    place = Place(road, depot, short)
    place.shop.routes_in.update(enabled=False)
    depot.page = 25
    for stream in ("colours", "notes", "counts", "goods"):
        place.read(stream, whole=True)
    few = peak_of_a_full_read(place)
    depot.stock(2 * short)
    for stream in ("notes", "counts", "goods"):
        place.read(stream)
    assert peak_of_a_full_read(place) < 1.3 * few
