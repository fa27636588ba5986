"""The rows behind the meter: one per window of a platform account, and what is known
of it."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from integration.http.learned import Belief
from integration.http.limits import Limit
from integration.models import CallBudget, Connection


def row(connection: Connection, limit: Limit) -> CallBudget:
    """The row of a limit of a connection's account, made where there is none."""
    budget, _ = CallBudget.objects.get_or_create(
        platform=connection.platform,
        account=connection.account,
        group=limit.group,
        window=round(limit.seconds * 1000),
        defaults={"allowed": limit.calls, "reserve": _reserve(limit)},
    )
    return budget


def belief(budget: CallBudget) -> Belief:
    """What a row tells of its window; how long it is shut stands in `resets_at`."""
    return Belief([(start, calls) for start, calls in budget.slots], budget.allowed)


def limit_of(budget: CallBudget) -> Limit:
    """The limit a row is about, with as many calls as are believed."""
    calls = budget.allowed
    share = budget.reserve / calls if calls else 0.0
    return Limit(
        calls=calls, seconds=budget.window / 1000, group=budget.group, reserve=share
    )


def shut_for(budget: CallBudget) -> float:
    """Seconds for which the platform said that nothing is left."""
    if budget.resets_at is None:
        return 0.0
    return max(0.0, (budget.resets_at - timezone.now()) / timedelta(seconds=1))


def store(budget: CallBudget, limit: Limit, known: Belief) -> bool:
    """Write what is known, unless another process wrote first."""
    shown = min(limit.calls, known.allowed)
    values = {
        "slots": list(known.slots),
        "allowed": shown,
        "reserve": _reserve(limit.believed(shown)),
        "version": F("version") + 1,
    }
    if known.shut:
        values["resets_at"] = timezone.now() + timedelta(seconds=known.shut)
    mine = CallBudget.objects.filter(pk=budget.pk, version=budget.version)
    return bool(mine.update(**values))


def _reserve(limit: Limit) -> int:
    return limit.calls - limit.allowed(False)
