"""Who is served first: the best priority, and every eighth time the longest due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.engine import claim, lease
from integration.models import Connection, Priority, Run, RunState, Tenant

# A rarity of claims that are due for other reasons than their priority.
ROUND = claim.FAIR
waits = st.lists(
    st.tuples(st.sampled_from(list(Priority)), st.integers(1, 100_000)),
    min_size=2 * ROUND,
    max_size=4 * ROUND,
    unique_by=lambda each: each[1],
)


@pytest.mark.django_db
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(waits)
def test_work_is_claimed_by_priority_and_every_eighth_time_by_age(
    due: list[tuple[Priority, int]],
) -> None:
    Tenant.objects.all().delete()
    now = timezone.now()
    left = {make(priority, now - timedelta(seconds=ago)) for priority, ago in due}
    by_age_alone = 0

    for _ in range(len(due)):
        best = min(left, key=lambda run: (run.priority, run.not_before))
        oldest = min(left, key=lambda run: run.not_before)
        found = claim.claim()
        assert found is not None
        assert found.work in (best, oldest)
        if found.work != best:
            by_age_alone += 1
        left.remove(found.work)
        end(found)

    assert claim.claim() is None
    assert by_age_alone <= len(due) // ROUND + 1


@pytest.mark.django_db
def test_the_least_urgent_work_waits_at_most_eight_claims() -> None:
    now = timezone.now()
    least = make(Priority.OLDEST, now - timedelta(hours=1))
    for _ in range(3 * ROUND):
        make(Priority.SALE, now - timedelta(minutes=1))

    order = []
    for _ in range(ROUND):
        found = claim.claim()
        assert found is not None
        order.append(found.work)
        end(found)

    assert order.count(least) == 1


def make(priority: Priority, not_before: timezone.datetime) -> Run:
    """A due read on a connection of its own."""
    tenant, _ = Tenant.objects.get_or_create(slug="acme", defaults={"name": "Acme AB"})
    number = Connection.everywhere.count()
    connection = Connection.everywhere.create(
        tenant=tenant, platform="crystal", account=f"{number}", label=f"{number}"
    )
    return Run.everywhere.create(
        tenant=tenant,
        connection=connection,
        stream="products",
        selection={"type": "Changed", "since": None},
        selection_key="changed",
        cause="schedule",
        priority=priority,
        not_before=not_before,
    )


def end(found: claim.Claim) -> None:
    Run.everywhere.filter(pk=found.work.pk).update(state=RunState.DONE)
    lease.give_back(found.held)
