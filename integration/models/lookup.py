"""Lookup: one word of a closed vocabulary of a connection."""

from __future__ import annotations

from django.db import models

from integration.models.connection import Connection
from integration.models.scope import TenantModel


class Lookup(TenantModel):
    """A country, a tax rate, an account: what field maps and pairs choose from."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="lookups")
    table = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    code = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=300, blank=True)
    parent = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    data = models.JSONField(default=dict, blank=True)
    seen_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("connection", "table", "external_id"), name="lookup_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.label or self.code or self.external_id} ({self.table})"
