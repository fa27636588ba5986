"""Keeps tables small and subscriptions alive; hourly, in slices, never what is open."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integration.contract import registry
from integration.engine import connect, lease
from integration.errors import SyncFailure
from integration.models import (
    CallUsage,
    Connection,
    Delivery,
    DeliveryState,
    EventState,
    Run,
    RunState,
    WebhookEvent,
)
from synclog.models import ErrorState, Notice, SyncError
from synclog.models.notice import DUE_NOTICES

logger = logging.getLogger(__name__)

SLICE = 1_000
DAYS_DONE = 7
DAYS_FAILED = 90
DAYS_BODIES = 30
DAYS_USAGE = 400
HOURS_BETWEEN_HOOK_CHECKS = 24
MOST_CHECKS = 20


def keep_house() -> None:
    """One round; what is not finished goes on in the next."""
    _check_webhooks()
    for rows in _outdated():
        _forget(rows)
    _ended_events().filter(
        received_at__lt=_ago(DAYS_BODIES), body__isnull=False
    ).update(body=None, headers={})


def _outdated() -> Iterator[models.QuerySet[Any]]:
    """What has ended long ago, table by table."""
    done = Q(ended_at__lt=_ago(DAYS_DONE))
    failed = Q(ended_at__lt=_ago(DAYS_FAILED))
    yield Delivery.everywhere.filter(
        done, state__in=(DeliveryState.DONE, DeliveryState.CLOSED)
    )
    yield Delivery.everywhere.filter(
        failed, state__in=(DeliveryState.GAVE_UP, DeliveryState.PARKED)
    )
    yield Run.everywhere.filter(done, state__in=(RunState.DONE, RunState.CANCELLED))
    yield Run.everywhere.filter(failed, state=RunState.FAILED)
    yield SyncError.everywhere.filter(
        state=ErrorState.RESOLVED, resolved_at__lt=_ago(DAYS_FAILED)
    )
    yield Notice.everywhere.exclude(state__in=DUE_NOTICES).filter(failed)
    yield CallUsage.everywhere.filter(hour__lt=_ago(DAYS_USAGE))
    yield _ended_events().filter(received_at__lt=_ago(DAYS_FAILED))


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
