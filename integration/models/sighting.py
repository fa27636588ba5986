"""Sighting: what a platform last sent us, one raw row of one of its lists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from integration.models.connection import Connection
from integration.models.scope import ManyRowsModel


class Sighting(ManyRowsModel):
    """One row, with the digests that make "unchanged" cheap.

    `map_digest` is what it was last mapped with, successfully; null maps it anew
    whatever the raw digest says. `body` is its JSON, zlib; it makes mapping again free.
    """

    connection = models.ForeignKey(
        Connection,
        models.CASCADE,
        related_name="sightings",
        db_index=False,
        db_constraint=False,
    )
    stream = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    # Of a part: what it belongs to. Of a whole: what else its parts may call it by.
    owner = models.CharField(max_length=200, blank=True, db_default="", default="")
    raw_digest = models.BinaryField(max_length=16)
    map_digest = models.BinaryField(max_length=16, null=True)
    version = models.CharField(max_length=64, blank=True)
    body = models.BinaryField(null=True)
    seen_at = models.DateTimeField()
    # Clean full reads in a row that did not list it.
    missed = models.PositiveSmallIntegerField(default=0)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta(ManyRowsModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("connection", "stream", "external_id"), name="sighting_once"
            )
        ]
        indexes = [
            # The sweep after a full read, and the rows not seen for longest.
            models.Index(
                fields=("connection", "stream", "seen_at"), name="sighting_by_age"
            ),
            # The parts of a whole, and the whole by its other name.
            models.Index(
                fields=("connection", "stream", "owner"),
                condition=~Q(owner=""),
                name="sighting_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.external_id}"
