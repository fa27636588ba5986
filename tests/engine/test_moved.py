"""Merged away on its platform: what hung on the old id hangs on the new one."""

from __future__ import annotations

import pytest

from integration.models import Delivery, Link, Record, Sighting
from tests.engine.depot import Depot
from tests.engine.test_parts import Place
from tests.road import Road


@pytest.fixture
def place(road: Road, depot: Depot) -> Place:
    return Place(road, depot)


def record_of(place: Place, external_id: str, kind: str = "product") -> Record:
    link = Link.everywhere.get(
        connection=place.here, kind=kind, external_id=external_id
    )
    return link.record


def ids_of(place: Place, external_id: str) -> list[str]:
    links = Link.everywhere.filter(connection=place.here, external_id=external_id)
    return sorted(link.kind for link in links)


def test_under_a_new_id_it_stays_the_same_thing(place: Place) -> None:
    place.start()
    before, shelf = record_of(place, "1"), place.road.shelf()
    place.depot.merge("1", "7")
    place.read("goods")
    assert record_of(place, "7") == before
    assert ids_of(place, "1") == []
    place.depot.put("goods", "7", code="code-1", name="The same good")
    place.read("goods")
    assert place.road.shelf()["code-1"]["id"] == shelf["code-1"]["id"]
    assert place.road.shelf()["code-1"]["name"] == "The same good"
    assert len(place.road.shelf()) == 3


def test_two_that_no_shop_has_become_one(place: Place) -> None:
    place.shop.routes_in.update(enabled=False)
    for stream in ("colours", "goods"):
        place.read(stream)
    old, new = record_of(place, "1"), record_of(place, "2")
    place.depot.merge("1", "2")
    assert place.read("goods").updated == 1
    old.refresh_from_db()
    assert old.merged_into == new
    assert record_of(place, "2", "variant").parent == new
    assert ids_of(place, "1") == []
    assert Sighting.everywhere.get(stream="goods", external_id="1").gone_at


def test_what_was_owed_for_the_one_is_owed_for_the_other(place: Place) -> None:
    place.road.front.fault("status", "/products", status=503, times=1_000)
    for stream in ("colours", "goods"):
        place.read(stream)
    old, new = record_of(place, "1"), record_of(place, "2")
    owed = Delivery.everywhere.filter(kind="product", state="planned")
    assert set(owed.values_list("record", flat=True)) >= {old.pk, new.pk}
    place.depot.merge("1", "2")
    place.read("goods")
    assert owed.filter(record=old).count() == 0
    assert owed.filter(record=new).count() == 1
    place.road.front.heal()


def test_two_that_a_shop_has_both_stay_two_and_the_old_one_leaves(place: Place) -> None:
    place.start()
    old = record_of(place, "1")
    place.depot.merge("1", "2")
    place.read("goods")
    old.refresh_from_db()
    assert old.merged_into is None
    left = Link.everywhere.filter(connection=place.here, external_id="1")
    assert all(link.gone_at for link in left)
    assert len(left) == 3
    assert place.road.shelf()["code-1"]["status"] != "publish"
    assert place.road.shelf()["code-2"]["status"] == "publish"


def test_one_that_was_never_seen_is_nobody(place: Place) -> None:
    place.start()
    place.depot.put("goods", "8", code="code-8", name="Never seen")
    place.depot.merge("8", "1")
    run = place.read("goods")
    assert (run.read, run.skipped) == (1, 1)
    assert ids_of(place, "8") == []
