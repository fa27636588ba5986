"""Several processes at once: no window over its limit, no revision out of order."""

from __future__ import annotations

from bisect import bisect_left

import pytest

from integration.models import CallBudget, Connection, Record, Tenant
from tests.properties.side_by_side import PROCESSES, side_by_side

# How long the kernel may keep a process between its grant and its note of the time.
# The windows are many times as long, and a slot of theirs as long as a slow commit.
INTERRUPTED = 0.5
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="acme", name="Acme AB")


@pytest.mark.parametrize(("calls", "window"), [(20, 4.0), (7, 3.0)])
def test_no_window_holds_more_calls_than_its_limit(
    tenant: Tenant, calls: int, window: float
) -> None:
    connection = Connection.everywhere.create(
        tenant=tenant, platform="crystal", account="acme", label="Crystal"
    )

    granted = side_by_side("ask", connection.pk, calls, window, seconds=10)

    together = sorted(at for each in granted for at in each)
    held = [
        bisect_left(together, begin + window - INTERRUPTED) - place
        for place, begin in enumerate(together)
    ]
    assert max(held) <= calls
    # It is no limit that lets nothing through.
    assert len(together) > calls
    assert sum(1 for each in granted if each) > 1


def test_no_more_calls_are_under_way_than_may_be_at_once(tenant: Tenant) -> None:
    connection = Connection.everywhere.create(
        tenant=tenant, platform="crystal", account="acme", label="Crystal"
    )

    made = side_by_side("hold", connection.pk, 2, seconds=4)

    calls = [tuple(each) for found in made for each in found]
    most = max(
        sum(begun <= moment < ended for begun, ended in calls) for moment, _ in calls
    )
    assert most == 2
    assert sum(1 for each in made if each) > 2
    assert CallBudget.objects.get().slots == []


def test_revisions_commit_in_order_and_only_rise(tenant: Tenant) -> None:
    seen: list[int] = []

    def follow() -> None:
        """As a client of the change feed: whatever is newer than what it has."""
        newest = seen[-1] if seen else 0
        feed = Record.everywhere.filter(tenant=tenant, revision__gt=newest)
        seen.extend(feed.order_by("revision").values_list("revision", flat=True))

    made = side_by_side("stamp", tenant.pk, seconds=4, meanwhile=follow)
    follow()

    every = list(
        Record.everywhere.order_by("revision").values_list("revision", flat=True)
    )
    assert len(made) == PROCESSES
    assert every == list(range(1, sum(made) + 1))
    assert seen == every
