"""WebhookEvent: a platform's call, verified and stored before anything is done."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integration.models.connection import Connection
from integration.models.run import Run
from integration.models.scope import TenantModel


class EventState(models.TextChoices):
    """What became of a webhook."""

    RECEIVED = "received", "Received"
    TRIGGERED = "triggered", "Led to a read"
    PROCESSED = "processed", "Processed"
    IGNORED = "ignored", "Ignored"
    FAILED = "failed", "Failed"


class WebhookEvent(TenantModel):
    """One call: raw body, the headers that matter, and what it led to.

    `fingerprint` is the platform's own event id where it has one, else a digest of
    topic and body: an equal call within ten minutes only raises `repeats`.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="events")
    stream = models.CharField(max_length=40, blank=True)
    ids = models.JSONField(default=list, blank=True)
    topic = models.CharField(max_length=100, blank=True)
    fingerprint = models.CharField(max_length=100)
    signed = models.BooleanField(default=False)
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    repeats = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(
        max_length=12, choices=EventState, default=EventState.RECEIVED
    )
    reason = models.CharField(max_length=200, blank=True)
    run = models.ForeignKey(
        Run, models.SET_NULL, null=True, blank=True, related_name="events"
    )

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [
            # The inbox: what waits to be acted on, oldest first.
            models.Index(
                fields=("received_at",),
                condition=Q(state=EventState.RECEIVED),
                name="event_inbox",
            ),
            # Was an equal call received lately?
            models.Index(
                fields=("connection", "fingerprint", "received_at"),
                name="event_repeats",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {', '.join(map(str, self.ids))}"
