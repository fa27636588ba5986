"""Windows: never more calls than allowed at any moment; waits that are enough."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.http.limits import (
    LONGEST_CALL,
    FreeMeter,
    Limit,
    admit,
    charge,
    give_back,
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


DAY = Limit(calls=1000, seconds=86_400, reserve=0.1)
AT_ONCE = Limit(calls=3, seconds=0, reserve=0)


def test_calls_under_way_are_counted_until_they_end() -> None:
    slots: list[tuple[float, int]] = []
    for _ in range(3):
        assert admit(slots, AT_ONCE, NOW, True) == 0
        slots = charge(slots, AT_ONCE, NOW)
    assert admit(slots, AT_ONCE, NOW, True) > 0
    slots = give_back(json.loads(json.dumps(slots)), AT_ONCE, NOW + 1, NOW)
    assert spent(slots, AT_ONCE, NOW + 1) == 2
    assert admit(slots, AT_ONCE, NOW + 1, True) == 0


def test_a_call_whose_worker_died_ends_by_itself() -> None:
    slots = charge([], AT_ONCE, NOW, 3)
    assert admit(slots, AT_ONCE, NOW + LONGEST_CALL - 0.01, True) > 0
    assert admit(slots, AT_ONCE, NOW + LONGEST_CALL, True) == 0


def test_a_call_that_was_not_made_is_taken_off_the_log() -> None:
    slots = charge(charge([], MINUTE, NOW, 2), MINUTE, NOW + 7)
    slots = give_back(slots, MINUTE, NOW + 8, NOW)
    assert spent(slots, MINUTE, NOW + 8) == 2
    assert give_back(slots, MINUTE, NOW + 8, NOW + 30) == slots


def test_what_can_wait_takes_a_tenth_of_a_long_window_in_a_twentieth_of_it() -> None:
    slots = charge([], DAY, NOW, 90)
    assert admit(slots, DAY, NOW) == 0
    wait = admit(slots, DAY, NOW, spread=True)
    assert DAY.seconds / 20 < wait <= DAY.seconds / 20 + DAY.slot
    assert admit(slots, DAY, NOW + wait, spread=True) == 0


@pytest.mark.parametrize("seconds", [1, 60, 3599])
def test_short_windows_are_not_spread(seconds: float) -> None:
    limit = Limit(calls=100, seconds=seconds, reserve=0)
    slots = charge([], limit, NOW, 99)
    assert admit(slots, limit, NOW, spread=True) == 0


@given(st.integers(1, 400))
def test_spread_calls_keep_to_their_share_at_every_moment(calls: int) -> None:
    limit = Limit(calls=calls, seconds=3600, reserve=0)
    slots: list[tuple[float, int]] = []
    made: list[float] = []
    now = NOW
    while now < NOW + 3600 and len(made) < 150:
        now += admit(slots, limit, now, spread=True)
        slots = charge(slots, limit, now)
        made.append(now)
    most = max(1, calls // 10)
    for last in made:
        assert sum(last - 180 < at <= last for at in made) <= most


def test_a_plan_leaves_a_share_of_long_windows_to_all_but_sales() -> None:
    slots = charge([], DAY, NOW, 500)
    assert admit(slots, DAY, NOW, share=50) > 0
    assert admit(slots, DAY, NOW, share=60) == 0
    assert admit(slots, DAY, NOW, True, share=50) == 0
    assert MINUTE.allowed(False, 10) == MINUTE.allowed(False)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (MINUTE, "60 calls a minute"),
        (DAY, "1,000 calls a day"),
        (AT_ONCE, "3 calls at once"),
        (Limit(calls=1, seconds=5), "1 call in 5 seconds"),
    ],
)
def test_a_limit_is_told_as_people_say_it(limit: Limit, words: str) -> None:
    assert limit.words() == words
