"""Notice: one message owed to people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from integration.models.work import Work


class NoticeState(models.TextChoices):
    """Where a message stands."""

    PLANNED = "planned", "Planned"
    SENDING = "sending", "Sending"
    FAILED = "failed", "Failed, tried again"
    SENT = "sent", "Sent"
    GAVE_UP = "gave_up", "Gave up"
    DROPPED = "dropped", "Overtaken by events"


# A sending one is due again once `not_before` has passed: its worker died.
DUE_NOTICES = (NoticeState.PLANNED, NoticeState.FAILED, NoticeState.SENDING)


class Notice(Work):
    """One mail, unique per episode, so that no crash makes two of it.

    `context` fills the template and holds no secret; `to` are addresses.
    """

    state = models.CharField(
        max_length=12, choices=NoticeState, default=NoticeState.PLANNED
    )
    episode = models.CharField(max_length=200)
    channel = models.CharField(max_length=12, default="email")
    # A message to a merchant's own address rather than to people.
    endpoint = models.ForeignKey(
        "integration.Endpoint",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
    )
    template = models.CharField(max_length=40)
    subject = models.CharField(max_length=250)
    context = models.JSONField(default=dict, blank=True)
    to = models.JSONField(default=list)
    message = models.TextField(blank=True, help_text="Why the last try failed.")

    class Meta(Work.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=("episode",), name="notice_once_per_episode")
        ]
        indexes = [
            # Claiming: what is due, best first.
            models.Index(
                fields=("priority", "not_before", "id"),
                condition=Q(state__in=DUE_NOTICES),
                name="notice_due",
            ),
            # A merchant's mails, newest first.
            models.Index(fields=("tenant", "-created_at"), name="notice_history"),
        ]

    def __str__(self) -> str:
        return self.subject
