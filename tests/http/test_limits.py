"""Windows: never more calls than allowed at any moment; waits that are enough."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.http.limits import (
    FreeMeter,
    Limit,
    admit,
    charge,
    correct,
    live,
    seconds_until,
    spent,
    throttle,
)

NOW = 1_800_000_000.0
MINUTE = Limit(
    calls=60,
    seconds=60,
    reserve=0.1,
    remaining_header="X-Remaining",
    reset_header="X-Reset",
)


def test_calls_are_admitted_until_the_window_is_full() -> None:
    slots = charge([], MINUTE, NOW, 59)
    assert admit(slots, MINUTE, NOW, True) == 0
    slots = charge(slots, MINUTE, NOW)
    assert admit(slots, MINUTE, NOW, True) > 0


def test_the_reserve_is_kept_for_what_cannot_wait() -> None:
    slots = charge([], MINUTE, NOW, 54)
    assert admit(slots, MINUTE, NOW) > 0
    assert admit(slots, MINUTE, NOW, True) == 0
    assert Limit(calls=1, seconds=1).allowed(False) == 1


def test_the_wait_told_is_enough_and_hardly_more() -> None:
    slots = charge([], MINUTE, NOW, 60)
    wait = admit(slots, MINUTE, NOW, True)
    assert 60 < wait <= 60 + 2 * MINUTE.slot
    assert admit(slots, MINUTE, NOW + wait - 0.01, True) > 0
    assert admit(slots, MINUTE, NOW + wait, True) == 0


def test_waiting_for_one_place_ends_when_the_oldest_calls_leave() -> None:
    slots = charge(charge([], MINUTE, NOW - 30, 1), MINUTE, NOW, 59)
    assert 29 < admit(slots, MINUTE, NOW, True) < 33


@given(
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=120),
    calls=st.integers(1, 20),
    seconds=st.sampled_from([0.5, 1.0, 10.0, 60.0]),
)
def test_no_window_ever_holds_more_than_the_limit(
    gaps: list[float], calls: int, seconds: float
) -> None:
    limit = Limit(calls=calls, seconds=seconds)
    slots: list[tuple[float, int]] = []
    made: list[float] = []
    now = NOW
    for gap in gaps:
        now += gap * seconds / 10
        now += admit(slots, limit, now, True)
        assert admit(slots, limit, now, True) == 0
        slots = charge(slots, limit, now)
        made.append(now)
    for last in made:
        assert sum(last - seconds < at <= last for at in made) <= calls


@given(st.lists(st.floats(0, 200), max_size=300))
def test_the_log_stays_short(moments: list[float]) -> None:
    slots: list[tuple[float, int]] = []
    for moment in sorted(moments):
        slots = charge(slots, MINUTE, NOW + moment)
    assert len(slots) <= 62


def test_a_log_survives_storage_as_json() -> None:
    slots = charge(charge([], MINUTE, NOW), MINUTE, NOW + 5, 3)
    stored = json.loads(json.dumps(slots))
    assert spent(stored, MINUTE, NOW + 5) == 4
    assert charge(stored, MINUTE, NOW + 5) == charge(slots, MINUTE, NOW + 5)


def test_the_platforms_own_count_is_believed_when_it_is_stricter() -> None:
    slots = charge([], MINUTE, NOW, 10)
    corrected = correct(slots, MINUTE, NOW, {"X-Remaining": "5", "X-Reset": "20"})
    assert spent(corrected, MINUTE, NOW) == 55
    assert 19 < admit(charge(corrected, MINUTE, NOW, 5), MINUTE, NOW, True) < 22
    assert spent(corrected, MINUTE, NOW + 22) == 10


@pytest.mark.parametrize("left", ["58", "", "x", "nan", "inf"])
def test_the_platforms_count_never_gives_back_calls_we_made(left: str) -> None:
    slots = charge([], MINUTE, NOW, 10)
    assert spent(correct(slots, MINUTE, NOW, {"X-Remaining": left}), MINUTE, NOW) == 10


def test_a_limit_without_headers_is_not_corrected() -> None:
    limit = Limit(calls=10, seconds=1)
    assert correct([], limit, NOW, {"X-Remaining": "0", "": "0"}) == []


@pytest.mark.parametrize("after", [0.5, 20, 60, 300])
def test_a_refusal_shuts_the_window_for_as_long_as_it_says(after: float) -> None:
    slots = throttle(charge([], MINUTE, NOW, 7), MINUTE, NOW, after)
    assert admit(slots, MINUTE, NOW + after - 0.01, True) > 0
    assert admit(slots, MINUTE, NOW + after + 2 * MINUTE.slot, True) == 0


def test_waits_are_read_in_every_form_in_use() -> None:
    date = format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True)
    assert seconds_until("30", NOW) == 30
    assert seconds_until("1.5", NOW) == 1.5
    assert seconds_until(str(NOW + 12), NOW) == 12
    assert seconds_until(date, NOW) == 90
    assert seconds_until("-3", NOW) == 0
    for unreadable in ("", "soon", "nan", "inf"):
        assert seconds_until(unreadable, NOW) is None


def test_a_limit_covers_its_group_or_all() -> None:
    assert Limit(calls=1, seconds=1).covers("orders")
    assert Limit(calls=1, seconds=1, group="orders").covers("orders")
    assert not Limit(calls=1, seconds=1, group="orders").covers("")


def test_what_has_left_the_window_is_forgotten() -> None:
    slots = charge([], MINUTE, NOW)
    assert live(slots, MINUTE, NOW + 60)
    assert live(slots, MINUTE, NOW + 62) == []


def test_a_free_meter_never_says_no() -> None:
    for _ in range(1000):
        FreeMeter().ask("any")
    FreeMeter().tell("any", 429, {}, 0.1)
