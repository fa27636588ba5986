"""SyncError: one problem of one item, which closes itself when the item succeeds."""

from __future__ import annotations

from hashlib import blake2b

from django.db import models
from django.db.models import Q

from integration.models.route import KINDS
from integration.models.scope import TenantModel


class ErrorState(models.TextChoices):
    """Where a problem stands."""

    OPEN = "open", "Open"
    IGNORED = "ignored", "Ignored"
    RESOLVED = "resolved", "Resolved"


# What the same failure of the same item counts up, instead of opening another.
LIVE_ERRORS = (ErrorState.OPEN, ErrorState.IGNORED)


class Who(models.TextChoices):
    """Who acts next."""

    ITEM = "item", "You, on this item"
    CONNECTION = "connection", "You, on the connection"
    CLOCK = "clock", "Nobody: Weft tries again"
    STAFF = "staff", "The people who run Weft"


def group_key(connection_id: int, kind: str, code: str, field: str) -> str:
    """One short text for connection, kind, code and field: what errors share."""
    parts = "\0".join((str(connection_id), kind, code, field))
    return blake2b(parts.encode(), digest_size=16).hexdigest()


class SyncError(TenantModel):
    """One item, one code, one field. `label` is what a merchant calls the item.

    `group` is the `group_key` it shares with its like. `told_at` is when a mail first
    named it, `gave_up_at` when the last automatic try had failed.
    """

    connection = models.ForeignKey(
        "integration.Connection", models.CASCADE, related_name="errors"
    )
    kind = models.CharField(max_length=20, choices=KINDS)
    external_id = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=300, blank=True)
    record = models.ForeignKey(
        "integration.Record",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="errors",
    )
    run = models.ForeignKey(
        "integration.Run", models.SET_NULL, null=True, blank=True, related_name="errors"
    )
    delivery = models.ForeignKey(
        "integration.Delivery",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="errors",
    )
    code = models.CharField(max_length=60)
    field = models.CharField(max_length=200, blank=True)
    group = models.CharField(max_length=32, editable=False)
    message = models.TextField()
    hint = models.TextField(blank=True)
    who = models.CharField(max_length=12, choices=Who, default=Who.ITEM)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ErrorState, default=ErrorState.OPEN)
    # Ignored only until the record's revision is above this one; null: for good.
    ignored_revision = models.BigIntegerField(null=True, blank=True, editable=False)
    retry = models.ForeignKey(
        "synclog.Retry",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="errors",
        db_index=False,
    )
    resolved_by = models.CharField(max_length=12, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    gave_up_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            # Also serves: an item's own problems, and closing them.
            models.UniqueConstraint(
                fields=("connection", "kind", "external_id", "code", "field"),
                condition=Q(state__in=LIVE_ERRORS),
                name="error_one_live_per_item",
            )
        ]
        indexes = [
            # The error page and the alerts: open ones by group.
            models.Index(
                fields=("group", "told_at", "first_at"),
                condition=Q(state=ErrorState.OPEN),
                name="error_open_groups",
            ),
            # Groups with something that no mail has named yet.
            models.Index(
                fields=("group",),
                condition=Q(state=ErrorState.OPEN, told_at=None),
                name="error_untold",
            ),
            # A merchant's history, newest first.
            models.Index(fields=("tenant", "-last_at"), name="error_history"),
            # How far trying many again has come.
            models.Index(
                fields=("retry", "state"),
                condition=Q(retry__isnull=False),
                name="error_of_retry",
            ),
            # Housekeeping: resolved long ago.
            models.Index(
                fields=("resolved_at",),
                condition=Q(state=ErrorState.RESOLVED),
                name="error_resolved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label or self.external_id}: {self.message}"
