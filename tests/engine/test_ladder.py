"""When a failure is tried again, and when Weft stops."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from integration.canonical.kinds import Kind
from integration.engine.ladder import MAY_EXIST, ladder, next_try
from integration.errors import (
    BadConfig,
    BadRecord,
    Permanent,
    SyncFailure,
    TooLarge,
    Transient,
    Unknown,
    Unsupported,
)

PASSING: list[SyncFailure] = [Transient("x"), TooLarge("x"), Unknown("x")]
LASTING: list[SyncFailure] = [
    Permanent("x"),
    BadRecord("a", "x"),
    Unsupported("x"),
    BadConfig("a", "x"),
]


def waits(kind: Kind, failure: SyncFailure) -> list[float]:
    """Seconds until each next try, until it gives up."""
    found: list[float] = []
    while (due := next_try(kind, failure, len(found) + 1)) is not None:
        found.append((due - timezone.now()) / timedelta(seconds=1))
    return found


@pytest.mark.parametrize("failure", PASSING, ids=lambda f: type(f).__name__)
@pytest.mark.parametrize("kind", [Kind.PRODUCT, Kind.ORDER])
def test_what_the_clock_may_mend_is_tried_for_two_days(
    kind: Kind, failure: SyncFailure
) -> None:
    found = waits(kind, failure)
    assert found[0] < 60
    assert all(later >= 0.9 * sooner for sooner, later in pairwise(found))
    assert 48 * 3600 <= sum(found) <= 60 * 3600


@pytest.mark.parametrize("failure", LASTING, ids=lambda f: type(f).__name__)
def test_what_a_person_must_mend_is_not_tried_by_the_clock(
    failure: SyncFailure,
) -> None:
    assert waits(Kind.PRODUCT, failure) == []


def test_a_refused_sale_is_tried_every_four_hours_twelve_times() -> None:
    found = waits(Kind.ORDER, BadRecord("lines", "x"))
    assert len(found) == 12
    assert all(14_390 <= wait <= 14_400 * 1.11 for wait in found)


def test_a_sale_that_may_exist_already_is_never_tried_by_the_clock() -> None:
    assert waits(Kind.ORDER, Unknown("x", code=MAY_EXIST)) == []
    assert ladder(Kind.PRODUCT, Unknown("x", code=MAY_EXIST)) == ()


def test_a_platform_that_names_a_later_time_is_obeyed() -> None:
    due = next_try(Kind.PRODUCT, Transient("x", after=500), 1)
    assert due is not None
    assert due - timezone.now() > timedelta(seconds=490)


def test_what_failed_together_does_not_return_together() -> None:
    times = {next_try(Kind.PRODUCT, Transient("x"), 3) for _ in range(20)}
    moments = sorted(time for time in times if time is not None)
    assert moments[-1] - moments[0] > timedelta(milliseconds=500)
