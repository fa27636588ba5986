"""Where the next read of a list resumes: never earlier, however marks are written."""

from __future__ import annotations

import pytest

from integration.contract.connector import CursorType
from integration.contract.messages import Changed, Everything
from integration.engine import marks
from integration.models import Cursor
from tests.engine.depot import Depot
from tests.engine.test_parts import Place
from tests.road import Road


@pytest.fixture
def place(road: Road, depot: Depot) -> Place:
    return Place(road, depot)


def cursor(place: Place, stream: str = "goods") -> str:
    value: str = Cursor.everywhere.get(connection=place.here, stream=stream).value
    return value


@pytest.mark.parametrize(
    ("kind", "mark", "value", "later"),
    [
        (CursorType.REVISION, "100", "99", True),
        (CursorType.REVISION, "99", "100", False),
        (CursorType.REVISION, "0100", "100", False),
        (CursorType.REVISION, "1", "", True),
        (CursorType.TIME, "2026-01-02T00:00:00", "2026-01-01T23:59:59", True),
        (CursorType.TIME, "2026-01-01T00:00:00", "2026-01-02T00:00:00", False),
        (CursorType.TOKEN, "abc", "xyz", True),
        (CursorType.TOKEN, "abc", "abc", False),
    ],
)
def test_a_mark_is_compared_as_what_it_is(
    kind: CursorType, mark: str, value: str, later: bool
) -> None:
    assert marks.later(kind, mark, value) is later


def test_a_revision_of_more_digits_moves_the_cursor_and_a_smaller_does_not(
    place: Place,
) -> None:
    place.start()
    place.depot.revision = 98
    place.depot.put("goods", "0", name="At ninety-nine")
    place.read("goods")
    assert cursor(place) == "99"
    place.depot.put("goods", "0", name="At a hundred")
    place.read("goods")
    assert cursor(place) == "100"
    place.depot.revision = 50
    place.road.read(place.here, "goods", Changed("10"))
    assert cursor(place) == "100"


def test_a_full_read_is_believed_and_sets_the_cursor_with_its_last_page(
    place: Place,
) -> None:
    place.start()
    place.depot.page = 1
    place.depot.revision = 4
    run = place.road.read(place.here, "goods", Everything())
    assert (run.read, cursor(place)) == (3, "4")


def test_lists_keep_cursors_of_their_own(place: Place) -> None:
    place.start()
    before = cursor(place, "notes")
    place.depot.put("goods", "0", name="Other")
    place.read("goods")
    assert cursor(place, "notes") == before
    assert int(cursor(place)) > int(before)


def test_a_list_that_is_always_read_whole_has_no_mark(place: Place) -> None:
    place.start()
    place.read("counts")
    assert cursor(place, "counts") == ""
    assert place.depot.asked == [("counts", None)]
