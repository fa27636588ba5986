"""Work: what runs, deliveries and notices have in common: durable, due, claimable."""

from __future__ import annotations

from enum import IntEnum

from django.db import models
from django.utils import timezone

from integration.models.scope import TenantModel


class Priority(IntEnum):
    """Which work goes first; small numbers win."""

    SALE = 10
    WEBHOOK = 20
    MANUAL = 30
    CHANGED = 40
    FULL = 50
    OLDEST = 60


class Work(TenantModel):
    """A row that is owed until it ends. Waiting is `not_before`, never a sleep.

    `wait_reason` says why it waits, `attempts` counts tries that failed, `crashes`
    tries that never came back. `fence` is that of the lease it runs under.
    """

    priority = models.PositiveSmallIntegerField(default=Priority.CHANGED)
    not_before = models.DateTimeField(default=timezone.now)
    wait_reason = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    fence = models.BigIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = True
