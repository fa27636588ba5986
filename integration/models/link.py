"""Link: the ID mapping; this record is that external id on this connection."""

from __future__ import annotations

from django.db import models

from integration.models.connection import Connection
from integration.models.record import Record
from integration.models.route import KINDS
from integration.models.scope import ManyRowsModel

NOTHING = models.Value({}, models.JSONField())


class Link(ManyRowsModel):
    """What one connection calls a record (or a facet of it), and what it says there."""

    connection = models.ForeignKey(
        Connection,
        models.CASCADE,
        related_name="links",
        db_index=False,
        db_constraint=False,
    )
    kind = models.CharField(max_length=20, choices=KINDS)
    external_id = models.CharField(max_length=200)
    record = models.ForeignKey(
        Record,
        models.CASCADE,
        related_name="links",
        db_index=False,
        db_constraint=False,
    )
    # The canonical record as this connection last showed it; none for a mere identity.
    data = models.BinaryField(null=True, editable=False)
    digest = models.BinaryField(max_length=16, null=True, editable=False)
    # Secondary ids kept for the writer: image -> attachment id.
    handles = models.JSONField(default=dict, db_default=NOTHING, blank=True)
    # Payload field -> digest of what this connection last confirmed from us.
    sent = models.JSONField(
        default=dict, db_default=NOTHING, blank=True, editable=False
    )
    sent_revision = models.BigIntegerField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta(ManyRowsModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("connection", "kind", "external_id"),
                name="link_one_record_per_external_id",
            ),
            # Also serves: the record's id on a target.
            models.UniqueConstraint(
                fields=("record", "connection", "kind"),
                name="link_one_external_id_per_record",
            ),
        ]
        indexes = [
            # Search by any platform's id.
            models.Index(fields=("tenant", "external_id"), name="link_search")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"
