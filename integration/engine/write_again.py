"""Writes of a retry: due at once, and as they stood when it is called off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Max, PositiveSmallIntegerField, QuerySet, Value
from django.db.models.functions import Least
from django.utils import timezone

from integration.canonical.kinds import SALES
from integration.errors import Unpaired
from integration.models import Delivery, DeliveryState, Priority
from integration.models.delivery import OPEN_DELIVERIES
from synclog.models import Retry, SyncError, Who

# Ended without success: opened anew by a person alone.
ENDED = (DeliveryState.GAVE_UP, DeliveryState.PARKED)
# Deliveries named by one statement.
AT_ONCE = 500


def write(retry: Retry) -> None:
    """Whatever these wait for is due at once."""
    small = PositiveSmallIntegerField()
    due: dict[str, Any] = {
        "not_before": timezone.now(),
        "attempts": 0,
        "wait_reason": "",
        "priority": Least(F("priority"), Value(Priority.MANUAL), output_field=small),
    }
    owed = Delivery.everywhere.filter(pk__in=retry.errors.all().values("delivery"))
    owed.filter(state__in=(DeliveryState.PLANNED, DeliveryState.UNKNOWN)).update(**due)
    owed.filter(state=DeliveryState.REFUSED).update(state=DeliveryState.PLANNED, **due)
    _reopen(retry, owed, due)


def _reopen(retry: Retry, owed: QuerySet[Delivery], due: Mapping[str, Any]) -> None:
    """What ended stuck is opened anew: the last of each record, unless a newer one is
    open and serves. What may have been done is looked for first."""
    ended = owed.filter(state__in=ENDED)
    last = ended.values("route", "record").annotate(last=Max("pk"))
    open_now = Delivery.everywhere.filter(
        tenant=retry.tenant_id, state__in=OPEN_DELIVERIES
    )
    standing = {(each.route_id, each.record_id) for each in _pairs(open_now, ended)}
    chosen = [
        row["last"]
        for row in last.order_by()
        if (row["route"], row["record"]) not in standing
    ]
    for begin in range(0, len(chosen), AT_ONCE):
        some = Delivery.everywhere.filter(pk__in=chosen[begin : begin + AT_ONCE])
        again: dict[str, Any] = {**due, "ended_at": None, "crashes": 0}
        some.filter(frozen=None).update(state=DeliveryState.PLANNED, **again)
        some.filter(frozen__isnull=False, state__in=ENDED).update(
            state=DeliveryState.UNKNOWN, **again
        )
    # The others have nothing that could be tried.
    retry.errors.filter(delivery__state__in=ENDED).update(retry=None)


def _pairs(
    open_now: QuerySet[Delivery], ended: QuerySet[Delivery]
) -> QuerySet[Delivery]:
    return open_now.filter(
        route__in=ended.order_by().values("route"),
        record__in=ended.order_by().values("record"),
    ).only("route_id", "record_id")


def call_off(untried: QuerySet[SyncError], now: datetime) -> int:
    """Back to where they stood, but for those that something newer is wanted of."""
    reset = Delivery.everywhere.filter(
        state__in=(DeliveryState.PLANNED, DeliveryState.UNKNOWN), attempts=0
    ).exclude(wanted__gt=F("sending"))
    parked = untried.filter(code="parked")
    given_up = untried.filter(gave_up_at__isnull=False).exclude(code="parked")
    refused = untried.filter(gave_up_at=None).exclude(who=Who.CLOCK)
    refused = refused.exclude(code="parked")
    count = reset.filter(pk__in=parked.values("delivery")).update(
        state=DeliveryState.PARKED, ended_at=now
    )
    count += reset.filter(pk__in=given_up.values("delivery")).update(
        state=DeliveryState.GAVE_UP, ended_at=now
    )
    waits = refused.filter(delivery__state=DeliveryState.PLANNED)
    mine = reset.filter(pk__in=waits.values("delivery"))
    # Sales have a ladder of their own: the clock goes on with it.
    first = now + timedelta(seconds=settings.WEFT_LADDER_SALE[0])
    climbing = mine.filter(kind__in=SALES).exclude(code=Unpaired.code)
    count += climbing.update(
        state=DeliveryState.REFUSED, wait_reason="retry", not_before=first
    )
    return count + mine.update(state=DeliveryState.REFUSED)
