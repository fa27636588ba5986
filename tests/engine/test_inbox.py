"""Hits without ids: something of a list changed, so the list is asked what is new."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from integration.contract.messages import Changed
from integration.engine.selection import ask
from integration.models import Cursor, Run, WebhookEvent
from tests.engine.depot import Depot
from tests.engine.test_parts import Place
from tests.road import Road


@pytest.fixture
def place(road: Road, depot: Depot) -> Place:
    found = Place(road, depot)
    found.start()
    return found


def hit(place: Place, stream: str = "goods", ids: Sequence[str] = ()) -> WebhookEvent:
    return WebhookEvent.everywhere.create(
        tenant=place.merchant.tenant,
        connection=place.here,
        stream=stream,
        ids=list(ids),
        fingerprint="a hit",
        signed=False,
    )


def reads(place: Place, stream: str) -> list[Run]:
    runs = Run.everywhere.filter(
        connection=place.here, stream=stream, cause="webhook"
    ).exclude(selection__type="Again")
    return list(runs.order_by("pk"))


def test_several_hits_are_one_look_at_the_list_and_its_parts(place: Place) -> None:
    first = hit(place)
    place.road.settle()
    assert place.depot.asked == []
    place.road.later(seconds=20)
    second = hit(place)
    place.road.settle()
    place.depot.put("notes", "n0", text="told by a hit")
    place.road.later(seconds=11)
    place.later()
    assert [len(reads(place, key)) for key in ("goods", "notes", "counts")] == [1, 1, 1]
    assert place.summary("code-0") == "told by a hit"
    for event in (first, second):
        event.refresh_from_db()
        assert event.state == "processed"


@pytest.mark.parametrize("before", [0, 60])
def test_all_that_one_event_names_is_asked_for(place: Place, before: int) -> None:
    """However many: a platform tells of a whole import at once."""
    from integration.engine import inbox

    for number in range(before):
        hit(place, ids=[f"before-{number}"])
    ids = [str(number) for number in range(150)]
    event = hit(place, ids=ids)
    assert inbox.act() == before + 1
    runs = reads(place, "goods")
    asked = [name for run in runs for name in run.selection["ids"]]
    assert asked[before:] == ids
    assert not inbox.waiting()
    event.refresh_from_db()
    assert event.run == runs[-1]


def test_what_is_due_sooner_is_not_put_off_by_a_hit(place: Place) -> None:
    run, _ = ask(place.here, "goods", Changed(), cause="test")
    due = run.not_before
    hit(place)
    from integration.engine import inbox

    inbox.act()
    run.refresh_from_db()
    assert run.not_before == due


def test_a_hit_moves_no_cursor_by_itself(place: Place) -> None:
    before = dict(Cursor.everywhere.values_list("pk", "value"))
    hit(place)
    place.road.later(seconds=40)
    place.later()
    assert dict(Cursor.everywhere.values_list("pk", "value")) == before


def test_a_hit_on_a_list_nobody_reads_is_ignored(place: Place) -> None:
    event = hit(place, "weather")
    place.road.settle()
    event.refresh_from_db()
    assert (event.state, event.reason) == ("ignored", "Weft reads no such list.")
