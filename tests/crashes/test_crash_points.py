"""A process killed before or after any of its writes loses and doubles nothing.

The list of writes is read from the code; nothing is added to what runs in production.
The scenario is played in a fork that dies at the chosen statement, then once more from
the beginning in another, which finds what the dead one left behind; then the platforms
are asked what they hold. The database is SQLite whatever DATABASE_URL says.

The ordinary suite plays a spread sample; `make chaos` every point.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.crashes import counting
from tests.crashes.points import Point, points
from tests.crashes.scenarios import SCENARIOS, SOLD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crashes.conftest import Stage

POINTS = points()
PATHS = {point.path for point in POINTS}
WAYS = ("before", "after")
# Every so manieth of all points belongs to the ordinary suite; an odd number, so that
# of those some die before and some after.
SPREAD = 61
pytestmark = [
    # What they play on is SQLite either way: one of the two runs of the suite does it.
    pytest.mark.skipif(
        os.environ["DATABASE_URL"].startswith("postgres"),
        reason="plays on SQLite whatever DATABASE_URL says",
    ),
    # Each scenario is played whole once, which also records what it reaches: one
    # process does it for all.
    pytest.mark.xdist_group("crashes"),
]
# Scenarios in the end of which no product comes from Crystal.
WITHOUT_CRYSTAL = ("leaving", "books", "depot")

# Writes that no scenario reaches, and why.
OUT_OF_REACH = {
    "engine/selection.py:_standing.save": "only where another process claims the run "
    "between two statements of this one",
    "hooks/inbox.py:_take_in._execute[3]": "only where another process acts on an "
    "equal event between two statements of this one",
    "engine/refuse.py:_forget_corrections.update": "only where a person corrected it",
    "engine/gone.py:_make_way.update": "only where something was refused because of "
    "what vanishes, and then in one transaction with it",
    "synclog/alerts.py:endpoint_off.bulk_create": "only for addresses of a merchant's",
}
# What a person does on a page, in a request of the web process: one transaction, whole
# or not at all, and a click that was lost is pressed again. Its own tests show each.
DEEDS = {
    f"integration/engine/{name}.py"
    for name in (
        "addresses",
        "apart",
        "api_keys",
        "editing",
        "endpoints",
        "first_routes",
        "ignoring",
        "invitations",
        "laying",
        "leaving",
        "linking",
        "members",
        "overriding",
        "parting",
        "preflight",
        "read_again",
        "renewal",
        "retries",
        "setting_up",
        "write_again",
    )
} | {"synclog/greeting.py", "synclog/muting.py", "synclog/reported.py"}
# No scenario has a merchant whose own systems listen, or whom somebody forges calls to:
# their own tests show that what was not taken is sent again.
NOT_PLAYED = DEEDS | {
    "integration/engine/turned_away.py",
    "synclog/events.py",
    "synclog/webhooks.py",
}


def cases() -> Iterator[Any]:
    """All points, in turn before and after; calls to platforms both ways."""
    for place, point in enumerate(POINTS):
        outward = point.name.endswith((".write", ".sync"))
        for way in WAYS if outward else (WAYS[place % 2],):
            if str(point) not in OUT_OF_REACH and point.path not in NOT_PLAYED:
                sample = place % SPREAD == 0 or outward
                marks = () if sample else (pytest.mark.chaos,)
                yield pytest.param(point, way, id=f"{point}-{way}", marks=marks)


def reached(stage: Stage, scenario: str, point: Point) -> bool:
    lines = stage.recorded(scenario, PATHS)
    span = range(point.first, point.last + 1)
    return any((point.path, line) in lines for line in span)


def killed(stage: Stage, point: Point, way: str) -> tuple[str, Path]:
    """Play a scenario that dies at this write; which one, and what it has left behind.

    A write that follows only when something took long is reached by one playing of a
    scenario and not by the next: then another scenario, to which it belongs, dies.
    """
    at = {
        "path": point.path,
        "first": point.first,
        "last": point.last,
        "after": way == "after",
    }
    for scenario in SCENARIOS:
        if reached(stage, scenario, point):
            database = stage.fresh()
            if stage.play(database, "crash", scenario=scenario, at=at)["killed"]:
                return scenario, database
    raise AssertionError(f"no scenario dies at {point}")


def test_the_writes_of_the_engine_are_found() -> None:
    found = {str(point) for point in POINTS}

    assert "engine/push.py:_write.write" in found
    assert "engine/push.py:_commit_sending.bulk_update" in found
    assert "hooks/inbox.py:_take_in._execute" in found
    assert "engine/write.py:write.sending" in found
    assert len(found) == len(POINTS) > 100


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_that_nothing_breaks_off_ends_well(
    stage: Stage, scenario: str
) -> None:
    database = stage.record(scenario, PATHS)

    check_the_end(stage, database, scenario)


def test_every_write_is_reached_by_a_scenario_or_has_its_reason(stage: Stage) -> None:
    missed = {
        str(point)
        for point in POINTS
        if point.path not in NOT_PLAYED
        and not any(reached(stage, scenario, point) for scenario in SCENARIOS)
    }

    assert "\n".join(sorted(missed)) == "\n".join(sorted(OUT_OF_REACH))


@pytest.mark.parametrize(("point", "way"), [*cases()])
def test_a_process_killed_at_a_write_loses_and_doubles_nothing(
    stage: Stage, point: Point, way: str
) -> None:
    scenario, database = killed(stage, point, way)

    assert stage.play(database, "look")["answer"]["ahead"] == []
    assert not stage.play(database, "play", scenario=scenario)["killed"]

    check_the_end(stage, database, scenario)


def check_the_end(stage: Stage, database: Path, scenario: str) -> None:
    """What must hold on the platforms and in Weft's tables, whatever happened."""
    state = stage.play(database, "look")["answer"]
    assert state["unsettled"] == []
    assert state["unfinished"] == []
    assert state["red"] == []
    assert state["ahead"] == []
    assert state["repeated"] == []
    merchant = stage.merchant
    arrived = counting.arrived(merchant)
    assert [number for number, count in arrived.items() if count > 1] == []
    assert counting.doubled(merchant) == []
    assert counting.owing(merchant) == []
    for number in merchant.shop_orders():
        if number in state["closed"]:
            continue
        accounted = arrived[number] + state["open_errors"].get(number, 0)
        assert accounted == 1, f"order {number}: {dict(arrived)} {state}"
    if scenario not in WITHOUT_CRYSTAL:
        goods = sorted(merchant.shop_products())
        assert merchant.out_of_step(sold={goods[SOLD]}) == {}
