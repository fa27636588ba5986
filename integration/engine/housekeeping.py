"""Keeps tables small and subscriptions alive; hourly, in slices, never what is open."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integration.contract import registry
from integration.engine import api_keys, connect, lease
from integration.errors import SyncFailure
from integration.models import (
    CallUsage,
    Connection,
    Delivery,
    DeliveryState,
    EventState,
    Run,
    RunState,
    Tenant,
    WebhookEvent,
)
from integration.models.delivery import OPEN_DELIVERIES
from synclog.models import ErrorState, Notice, SyncError
from synclog.models.notice import DUE_NOTICES

logger = logging.getLogger(__name__)

SLICE = 1_000
# What platforms said and what they were sent, however long the rest is kept.
DAYS_BODIES = 30
DAYS_NOTICES = 90
DAYS_USAGE = 400
HOURS_BETWEEN_HOOK_CHECKS = 24
MOST_CHECKS = 20


def keep_house() -> None:
    """One round; what is not finished goes on in the next."""
    _check_webhooks()
    api_keys.forget_answers()
    kept = sorted(set(Tenant.objects.order_by().values_list("keep_days", flat=True)))
    for rows in _outdated(kept):
        _forget(rows)
    bodies = _past(kept, "received_at", DAYS_BODIES)
    _ended_events().filter(bodies, body__isnull=False).update(body=None, headers={})
    payloads = _past(kept, "ended_at", DAYS_BODIES)
    Delivery.everywhere.filter(payloads, payload__isnull=False).exclude(
        state__in=OPEN_DELIVERIES
    ).update(payload=None)


def _outdated(kept: Sequence[int]) -> Iterator[models.QuerySet[Any]]:
    """What has ended longer ago than its merchant keeps it, table by table."""
    ended = _past(kept, "ended_at")
    yield Delivery.everywhere.filter(
        ended,
        state__in=(
            DeliveryState.DONE,
            DeliveryState.CLOSED,
            DeliveryState.GAVE_UP,
            DeliveryState.PARKED,
        ),
    )
    yield Run.everywhere.filter(
        ended, state__in=(RunState.DONE, RunState.CANCELLED, RunState.FAILED)
    )
    yield SyncError.everywhere.filter(
        _past(kept, "resolved_at"), state=ErrorState.RESOLVED
    )
    yield _ended_events().filter(_past(kept, "received_at"))
    yield Notice.everywhere.exclude(state__in=DUE_NOTICES).filter(
        ended_at__lt=_ago(DAYS_NOTICES)
    )
    yield CallUsage.everywhere.filter(hour__lt=_ago(DAYS_USAGE))


def _past(kept: Sequence[int], field: str, most: int = 0) -> Q:
    """Whether a time lies further back than its merchant keeps such rows, or than
    `most` days where that is sooner; one condition for all merchants."""
    found = Q(pk__in=())
    for days in kept:
        shortest = min(days, most) if most else days
        found |= Q(tenant__keep_days=days, **{f"{field}__lt": _ago(shortest)})
    return found


def _ended_events() -> models.QuerySet[WebhookEvent]:
    return WebhookEvent.everywhere.exclude(
        state__in=(EventState.RECEIVED, EventState.TRIGGERED)
    )


def _ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def _forget(rows: models.QuerySet[Any]) -> None:
    """Delete the oldest slice by key."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:SLICE])
    rows.model._base_manager.filter(pk__in=keys).delete()


def _check_webhooks() -> None:
    """Platforms drop and disable subscriptions: look once a day, when nobody talks."""
    limit = timezone.now() - timedelta(hours=HOURS_BETWEEN_HOOK_CHECKS)
    calling = [key for key, each in registry.connectors().items() if each.webhooks]
    usable = Connection.everywhere.get_queryset().usable()  # type: ignore[attr-defined]
    due = usable.filter(
        Q(webhooks_checked_at__lt=limit) | Q(webhooks_checked_at=None),
        platform__in=calling,
        routes_out__enabled=True,
    ).distinct()
    for connection in due[:MOST_CHECKS]:
        held = lease.take(connection)
        if held is None:
            continue
        try:
            connect.sync_webhooks(connection)
        except SyncFailure as failure:
            logger.warning("webhooks of %s: %s", connection, failure.message)
        finally:
            lease.give_back(held)
