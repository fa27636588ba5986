"""Cursor: where the next read of one list of one connection resumes."""

from __future__ import annotations

from django.db import models

from integration.models.connection import Connection
from integration.models.scope import TenantModel


class Cursor(TenantModel):
    """`value` never passes what is not stored; empty means from the beginning.

    `asked_at` and `full_asked_at` say when the clock last asked for a read, whatever
    became of it. `map_digest` is the field maps' when the clock last looked: another
    one maps everything stored anew.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="cursors")
    stream = models.CharField(max_length=40)
    value = models.CharField(max_length=200, blank=True)
    advanced_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)
    full_asked_at = models.DateTimeField(null=True, blank=True)
    map_digest = models.BinaryField(max_length=16, null=True, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=("connection", "stream"), name="cursor_once")
        ]

    def __str__(self) -> str:
        return f"{self.stream}: {self.value or 'the beginning'}"
