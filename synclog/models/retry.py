"""Retry: all problems of one filter tried again together, at one click."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from integration.models.scope import TenantModel


class Retry(TenantModel):
    """One such click. Its errors point at it; how far it has come is counted there.

    `filters` is what the person had chosen, `total` how many problems that were.
    """

    filters = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name_plural = "retries"

    def __str__(self) -> str:
        return f"{self.total} errors tried again {self.created_at:%Y-%m-%d %H:%M}"
