"""Record: one real-world thing of a tenant; MatchKey: what it may be found by."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from integration.models.connection import Connection
from integration.models.route import KINDS
from integration.models.scope import ManyRowsModel


class Record(ManyRowsModel):
    """The identity of one thing, however many platforms know it.

    Its data lives on its links. A facet (stock, price, order status) has no record of
    its own: its link hangs on its owner's record.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    kind = models.CharField(max_length=20, choices=KINDS)
    label = models.CharField(max_length=300, blank=True)
    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="parts",
        db_index=False,
        db_constraint=False,
    )
    revision = models.BigIntegerField(default=0)
    gone_at = models.DateTimeField(null=True, blank=True)
    # Since when a person wants nothing written of it.
    ignored_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="merged",
        db_index=False,
        db_constraint=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(ManyRowsModel.Meta):
        abstract = False
        indexes = [
            # The change feed: what has a revision greater than n, in order.
            models.Index(fields=("tenant", "revision"), name="record_feed"),
            # Lists of a kind, and search by label.
            models.Index(fields=("tenant", "kind", "label"), name="record_by_label"),
            # The parts of a whole.
            models.Index(
                fields=("parent",),
                name="record_parts",
                condition=Q(parent__isnull=False),
            ),
            # What was merged into a record, when that is removed.
            models.Index(
                fields=("merged_into",),
                name="record_merged",
                condition=Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(self.uid)


class MatchKey(ManyRowsModel):
    """A natural key a connection told of a record, normalised for comparison."""

    record = models.ForeignKey(
        Record,
        models.CASCADE,
        related_name="match_keys",
        db_index=False,
        db_constraint=False,
    )
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="+", db_constraint=False
    )
    kind = models.CharField(max_length=20, choices=KINDS)
    name = models.CharField(max_length=40)
    value = models.CharField(max_length=300)

    class Meta(ManyRowsModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("record", "connection", "name"), name="match_key_once"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="match_key_not_empty"),
        ]
        indexes = [
            # Matching: which live records carry this SKU or e-mail?
            models.Index(
                fields=("tenant", "kind", "name", "value"), name="match_key_value"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


def normalised(value: str) -> str:
    """A key as it is compared: no outer blanks, no difference of case."""
    return value.strip().casefold()[:300]
