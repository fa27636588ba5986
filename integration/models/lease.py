"""Lease: one conversation per connection at a time, told apart by a fence number."""

from __future__ import annotations

from django.db import models

from integration.models.connection import Connection


class Lease(models.Model):
    """Who may talk to a connection, and until when. `fence` rises with every taking."""

    connection = models.OneToOneField(
        Connection, models.CASCADE, primary_key=True, related_name="lease"
    )
    owner = models.CharField(max_length=100, blank=True)
    until = models.DateTimeField()
    fence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.connection}: {self.owner} until {self.until:%H:%M:%S}"


class WorkerBeat(models.Model):
    """The last sign of life of one worker process group."""

    cluster = models.CharField(max_length=100, primary_key=True)
    host = models.CharField(max_length=200)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.cluster} on {self.host}"
