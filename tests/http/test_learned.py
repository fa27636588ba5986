"""What headers and refusals teach: what is left, and that a limit is smaller."""

from __future__ import annotations

import json

import pytest

from integration.http.learned import TRUST, Belief, believed, breached, refused, told
from integration.http.limits import Limit, admit, charge, spent

NOW = 1_800_000_000.0
MINUTE = Limit(
    calls=60,
    seconds=60,
    reserve=0,
    remaining_header="X-Remaining",
    reset_header="X-Reset",
)
DAY = Limit(calls=5000, seconds=86_400, reserve=0, remaining_header="X-Day", fixed=True)
AT_ONCE = Limit(calls=5, seconds=0)


def after(limit: Limit, calls: int, allowed: int = 0) -> Belief:
    """What is known after so many calls."""
    return Belief(charge([], limit, NOW, calls), allowed or limit.calls)


def open_calls(belief: Belief, limit: Limit, now: float) -> int:
    """How many calls go before the window is full."""
    held, slots = limit.believed(believed(belief, limit, now)), belief.slots
    count = 0
    while not admit(slots, held, now, True):
        slots = charge(slots, held, now)
        count += 1
    return count


def test_the_platforms_own_count_is_believed_when_it_is_stricter() -> None:
    heard = told(after(MINUTE, 10), NOW, limit=MINUTE, headers={"X-Remaining": "5"})
    assert open_calls(heard, MINUTE, NOW) == 5
    assert heard.allowed == 15
    assert spent(heard.slots, MINUTE, NOW) == 10


@pytest.mark.parametrize("left", ["50", "51", "54", "", "x", "nan", "inf"])
def test_what_is_as_expected_or_cannot_be_read_changes_nothing(left: str) -> None:
    before = after(MINUTE, 10)
    assert told(before, NOW, limit=MINUTE, headers={"X-Remaining": left}) is before


def test_a_smaller_allowance_is_believed_until_more_is_shown() -> None:
    heard = told(after(MINUTE, 10), NOW, limit=MINUTE, headers={"X-Remaining": "20"})
    assert believed(heard, MINUTE, NOW + 1) == 30
    stored = Belief(json.loads(json.dumps(heard.slots)), heard.allowed)
    more = told(stored, NOW + 1, limit=MINUTE, headers={"X-Remaining": "40"})
    assert believed(more, MINUTE, NOW + 1) == 50


def test_a_call_the_platform_had_not_counted_yet_raises_nothing() -> None:
    heard = told(after(MINUTE, 10), NOW, limit=MINUTE, headers={"X-Remaining": "20"})
    again = told(heard, NOW, limit=MINUTE, headers={"X-Remaining": "22"})
    assert again.allowed == 30


def test_a_belief_ends_where_nothing_confirms_it() -> None:
    heard = told(after(MINUTE, 10), NOW, limit=MINUTE, headers={"X-Remaining": "20"})
    assert believed(heard, MINUTE, NOW + TRUST - 1) == 30
    assert believed(heard, MINUTE, NOW + TRUST + 1) == 60


def test_nothing_left_shuts_the_window_until_it_is_reset() -> None:
    headers = {"X-Remaining": "0", "X-Reset": "20"}
    assert told(after(MINUTE, 60), NOW, limit=MINUTE, headers=headers).shut == 20


def test_a_fixed_window_that_began_anew_forgets_the_old_calls() -> None:
    before = after(DAY, 4800)
    heard = told(before, NOW + 3600, limit=DAY, headers={"X-Day": "4999"})
    assert spent(heard.slots, DAY, NOW + 3600) == 1
    assert believed(heard, DAY, NOW + 3600) == 5000


def test_a_smaller_fixed_window_that_began_anew_stays_small() -> None:
    first = told(after(DAY, 1), NOW, limit=DAY, headers={"X-Day": "999"})
    assert believed(first, DAY, NOW) == 1000
    full = first._replace(slots=charge(first.slots, DAY, NOW, 899))
    heard = told(full, NOW + 3600, limit=DAY, headers={"X-Day": "990"})
    assert believed(heard, DAY, NOW + 3600) == 1000
    assert spent(heard.slots, DAY, NOW + 3600) == 10


def test_an_early_refusal_lowers_a_limit_by_half_at_most() -> None:
    late = refused(after(MINUTE, 41), NOW, limit=MINUTE, after=None)
    assert believed(late, MINUTE, NOW) == 40
    early = refused(after(MINUTE, 3), NOW, limit=MINUTE, after=None)
    assert believed(early, MINUTE, NOW) == 30


def test_a_refusal_of_a_full_window_lowers_nothing_and_shuts_it() -> None:
    full = Belief(charge([], MINUTE, NOW - 55, 61), 60)
    heard = refused(full, NOW, limit=MINUTE, after=30)
    assert heard.allowed == 60
    assert admit(heard.slots, MINUTE, NOW + 29.9, True) > 0
    assert admit(heard.slots, MINUTE, NOW + 30 + 2 * MINUTE.slot, True) == 0


@pytest.mark.parametrize(
    ("wait", "under_way", "expected"),
    [
        (30, 1, MINUTE),
        (60, 4, MINUTE),
        (3600, 1, DAY),
        (90_000, 1, DAY),
        (None, 1, MINUTE),
        (None, 4, AT_ONCE),
    ],
)
def test_the_wait_tells_which_limit_was_broken(
    wait: float | None, under_way: int, expected: Limit
) -> None:
    assert breached([DAY, AT_ONCE, MINUTE], wait, under_way) == expected


def test_too_many_calls_at_once_are_fewer_from_then_on() -> None:
    assert breached([AT_ONCE], 10) == AT_ONCE
    assert breached([], 10) is None
    heard = refused(after(AT_ONCE, 4), NOW, limit=AT_ONCE, after=10)
    assert believed(heard, AT_ONCE, NOW + 10) == 3
