"""Which problems a filter means, and which of them Weft is at work on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from integration.models import DeliveryState, RunState, Tenant
from integration.models.connection import STOPPED
from integration.models.delivery import STUCK_DELIVERIES
from integration.models.run import CLAIMABLE_RUNS
from synclog.models import ErrorState, SyncError, Who

# A write that somebody or something will go on with.
MOVING = (
    DeliveryState.PLANNED,
    DeliveryState.SENDING,
    DeliveryState.ACCEPTED,
    DeliveryState.UNKNOWN,
)
# A write, or a read that was asked for after the problem was last seen.
UNDER_WAY = (
    Q(delivery__state__in=MOVING)
    | Q(delivery__state=DeliveryState.REFUSED, delivery__wait_reason="retry")
    | (
        Q(delivery__state=DeliveryState.BLOCKED, delivery__waits_for__isnull=False)
        & ~Q(delivery__waits_for__state__in=STUCK_DELIVERIES)
    )
    | Q(delivery=None, run__state=RunState.QUEUED)
    | Q(
        delivery=None,
        run__state=RunState.RUNNING,
        run__started_at__gt=F("last_at"),
    )
    | Q(delivery=None, kind="setting", run__state__in=CLAIMABLE_RUNS)
)
# Left already, or being read: nobody can call it back.
IN_FLIGHT = Q(delivery__state__in=MOVING[1:]) | Q(
    delivery=None, run__state=RunState.RUNNING
)
# A connection that stands still keeps everything waiting for a person.
RETRYING = Q(state=ErrorState.OPEN) & UNDER_WAY & ~Q(connection__health__in=STOPPED)

TABS: dict[str, Q] = {
    "open": Q(state=ErrorState.OPEN) & ~RETRYING,
    "retrying": RETRYING,
    "ignored": Q(state=ErrorState.IGNORED),
    "resolved": Q(state=ErrorState.RESOLVED),
}

# Whose affair a problem is: by who acts next, but for some codes that tell better.
LIMIT, DATA = "limit", "data"
CLASS_OF_CODE = {
    "budget_spent": LIMIT,
    "throttled": LIMIT,
    "plan_limit": LIMIT,
    "missing_link": DATA,
    "partner_unknown": DATA,
}
CLASS_OF_WHO = {
    Who.ITEM: DATA,
    Who.CONNECTION: "setup",
    Who.CLOCK: "platform",
    Who.STAFF: "weft",
}


def class_of(who: str, code: str) -> str:
    """Whose affair: "data", "setup", "platform", "limit" or "weft"."""
    return CLASS_OF_CODE.get(code) or CLASS_OF_WHO.get(Who(who), DATA)


def matching(tenant: Tenant, filters: Mapping[str, Any]) -> QuerySet[SyncError]:
    """A merchant's problems that fit every filter; empty values do not count.

    Names: tab, class, group, connection, kind, code, field, who, older_than (days since
    it was first seen), text, ids. A value that means nothing fits nothing, so that a
    bulk deed never reaches further than was asked. Raises ValueError on another name.
    """
    chosen = SyncError.objects.for_tenant(tenant)
    for name, value in filters.items():
        if name not in _FILTERS:
            raise ValueError(f"problems cannot be chosen by {name}")
        if value in (None, "", [], ()):
            continue
        try:
            chosen = chosen.filter(_FILTERS[name](value))
        except (KeyError, OverflowError, TypeError, ValueError):
            return chosen.none()
    return chosen


def _of_class(value: str) -> Q:
    whose = [who for who, name in CLASS_OF_WHO.items() if name == value]
    named = [code for code, name in CLASS_OF_CODE.items() if name == value]
    if not whose and not named:
        raise KeyError(value)
    rest = Q(who__in=whose) & ~Q(code__in=list(CLASS_OF_CODE))
    return Q(code__in=named) | rest


def _older_than(days: str | int) -> Q:
    return Q(first_at__lte=timezone.now() - timedelta(days=int(days)))


def _holding(text: str) -> Q:
    text = str(text).replace("\0", "")[:200]
    return (
        Q(label__icontains=text)
        | Q(external_id__icontains=text)
        | Q(message__icontains=text)
    )


_FILTERS: dict[str, Callable[[Any], Q]] = {
    "tab": lambda value: TABS[value],
    "class": _of_class,
    "group": lambda value: Q(group=str(value)),
    "connection": lambda value: Q(connection_id=_number(value)),
    "kind": lambda value: Q(kind=str(value)),
    "code": lambda value: Q(code=str(value)),
    "field": lambda value: Q(field=str(value)),
    "who": lambda value: Q(who=Who(value)),
    "older_than": _older_than,
    "text": _holding,
    "ids": lambda value: Q(pk__in=[_number(each) for each in value]),
}


def _number(value: Any) -> int:
    """A primary key; no larger than the database takes."""
    number = int(value)
    if not 0 <= number < 2**63:
        raise ValueError(value)
    return number
