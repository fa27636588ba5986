"""SyncLog: when a kind was last brought in step on a connection."""

from __future__ import annotations

from django.db import models

from integration.models.route import KINDS
from integration.models.scope import TenantModel


class SyncLog(TenantModel):
    """Last full and last partial sync of one kind on one connection.

    `started_at` is the start of the latest full sync; where it is later than
    `last_full_at`, that sync has not ended.
    """

    connection = models.ForeignKey(
        "integration.Connection", models.CASCADE, related_name="sync_logs"
    )
    data_type = models.CharField(max_length=20, choices=KINDS)
    started_at = models.DateTimeField(null=True, blank=True)
    last_full_at = models.DateTimeField(null=True, blank=True)
    last_partial_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("connection", "data_type"), name="sync_log_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.data_type} of {self.connection}"
