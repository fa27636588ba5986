"""A good is deleted and comes again under another id with the same code: it takes the
place of the old one in the shop, and nobody has to lift a finger."""

from __future__ import annotations

import pytest

from integration.models import Delivery, Link, Record
from synclog.models import SyncError
from tests.engine.depot import Depot
from tests.engine.test_parts import Place
from tests.road import Road


@pytest.fixture
def place(road: Road, depot: Depot) -> Place:
    found = Place(road, depot)
    found.start()
    return found


def arrive(place: Place) -> None:
    place.depot.put("goods", "9", code="code-1", name="Good 1 again", colour="r")


def in_its_place(place: Place, number: int) -> None:
    """The shop has it once, as the source has it now, under the id it had."""
    for _ in range(4):
        place.road.later(minutes=20)
    row = place.road.shelf()["code-1"]
    assert (row["id"], row["name"], row["status"]) == (
        number,
        "Good 1 again",
        "publish",
    )
    assert not SyncError.everywhere.filter(state="open").exists()
    assert not Delivery.everywhere.exclude(state__in=("done", "closed")).exists()
    link = Link.everywhere.get(
        connection=place.shop, kind="product", external_id=number
    )
    here = Link.everywhere.get(connection=place.here, kind="product", external_id="9")
    assert link.record == here.record
    live = Record.everywhere.filter(kind="variant", label="code-1", merged_into=None)
    assert live.count() == 1
    place.depot.put("counts", "c1", pieces=77)
    place.read("counts")
    assert place.road.shelf()["code-1"]["stock_quantity"] == 77


def test_it_comes_after_the_old_one_was_unpublished(place: Place) -> None:
    number = place.road.shelf()["code-1"]["id"]
    place.depot.drop("goods", "1")
    place.read("goods", whole=True)
    assert place.road.shelf()["code-1"]["status"] == "draft"
    arrive(place)
    place.read("goods")
    in_its_place(place, number)


def test_it_comes_as_the_old_one_goes(place: Place) -> None:
    number = place.road.shelf()["code-1"]["id"]
    place.depot.drop("goods", "1")
    arrive(place)
    place.read("goods", whole=True)
    in_its_place(place, number)


def test_while_both_are_there_nobody_guesses(place: Place) -> None:
    number = place.road.shelf()["code-1"]["id"]
    arrive(place)
    place.read("goods")
    (error,) = SyncError.everywhere.filter(state="open")
    assert (error.code, error.label) == ("ambiguous", "Good 1 again")
    assert place.road.shelf()["code-1"]["name"] == "Good 1"
    place.depot.drop("goods", "1")
    place.read("goods", whole=True)
    in_its_place(place, number)
