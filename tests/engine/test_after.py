"""Lists that come after others: they wait as rows, and never for each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from integration.contract import registry
from integration.contract.connector import Stream
from integration.contract.messages import Everything, These
from integration.engine.selection import ask
from integration.models import Run
from tests.engine.depot import STREAMS, Depot
from tests.engine.test_parts import Place
from tests.road import Road


@pytest.fixture
def place(road: Road, depot: Depot) -> Place:
    return Place(road, depot)


def test_a_list_waits_for_those_it_comes_after(place: Place) -> None:
    goods, _ = ask(place.here, "goods", Everything(), cause="test", priority=10)
    ask(place.here, "colours", Everything(), cause="test", priority=60)
    # First by its age too, for some claims go by that alone.
    Run.everywhere.filter(pk=goods.pk).update(
        not_before=timezone.now() - timedelta(minutes=1)
    )
    # However slow the machine, the pause of what waits is not over before it is looked
    # at.
    with time_machine.travel(timezone.now(), tick=False):
        place.road.settle()
    goods.refresh_from_db()
    assert (goods.read, goods.wait_reason) == (0, "after")
    place.later()
    goods.refresh_from_db()
    assert (goods.read, goods.failed, goods.state) == (3, 0, "done")
    asked = [stream for stream, _ in place.depot.asked]
    assert asked.index("colours") < asked.index("goods")


@pytest.mark.parametrize("state", ["held", "failed", "done", "cancelled", "settling"])
def test_what_will_not_come_soon_is_not_waited_for(place: Place, state: str) -> None:
    place.start()
    colours, _ = ask(place.here, "colours", Everything(), cause="test")
    Run.everywhere.filter(pk=colours.pk).update(state=state)
    run = place.road.read(place.here, "goods", These(("1",)))
    assert (run.read, run.state) == (1, "done")


def test_another_account_s_lists_are_not_waited_for(place: Place) -> None:
    place.start()
    other = place.road.merchant("other", routes=False)
    colours, _ = ask(
        place.depot.connect(other.tenant), "colours", Everything(), cause=""
    )
    Run.everywhere.filter(pk=colours.pk).update(
        not_before=timezone.now() + timedelta(hours=1)
    )
    run = place.road.read(place.here, "goods", These(("1",)))
    assert run.state == "done"


def declared(depot: Depot, *streams: Stream) -> None:
    registry.check_order(replace(depot.connector(), streams=streams))


def test_lists_that_wait_for_each_other_are_refused(depot: Depot) -> None:
    declared(depot, *STREAMS)
    circle = (
        Stream(key="a", after=("b",)),
        Stream(key="b", after=("c",)),
        Stream(key="c", after=("a",)),
    )
    with pytest.raises(ValueError, match="wait for each other"):
        declared(depot, *circle)
    with pytest.raises(ValueError, match="wait for each other"):
        declared(depot, Stream(key="a", after=("a",)))


def test_a_list_that_is_nowhere_cannot_be_named(depot: Depot) -> None:
    with pytest.raises(ValueError, match="no list"):
        declared(depot, Stream(key="a", after=("nowhere",)))
    with pytest.raises(ValueError, match="no list"):
        declared(depot, Stream(key="a", parts=("nowhere",)))
