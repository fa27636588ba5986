"""Delivery: one write owed to a connection, frozen with its key before it is sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from integration.models.record import Record
from integration.models.route import KINDS, Route
from integration.models.run import Run
from integration.models.work import Work


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    PLANNED = "planned", "Planned"
    BLOCKED = "blocked", "Waiting for another"
    SENDING = "sending", "Sending"
    ACCEPTED = "accepted", "Taken, not to be seen yet"
    UNKNOWN = "unknown", "Outcome unknown"
    REFUSED = "refused", "Refused"
    DONE = "done", "Done"
    GAVE_UP = "gave_up", "Gave up"
    PARKED = "parked", "Parked after crashes"
    CLOSED = "closed", "Closed"


OPEN_DELIVERIES = (
    DeliveryState.PLANNED,
    DeliveryState.BLOCKED,
    DeliveryState.SENDING,
    DeliveryState.ACCEPTED,
    DeliveryState.UNKNOWN,
    DeliveryState.REFUSED,
)
# A person must act before any of these moves on.
STUCK_DELIVERIES = (
    DeliveryState.REFUSED,
    DeliveryState.GAVE_UP,
    DeliveryState.PARKED,
)
DUE_DELIVERIES = (
    DeliveryState.PLANNED,
    DeliveryState.ACCEPTED,
    DeliveryState.UNKNOWN,
)


class Delivery(Work):
    """One write. Later changes fold into it by raising `wanted`.

    `kind` is the route's, or that of a partner the route had to bring first. `wanted`
    and `sending` are revisions of the record: the one owed, the one in flight.
    """

    state = models.CharField(
        max_length=12, choices=DeliveryState, default=DeliveryState.PLANNED
    )
    route = models.ForeignKey(Route, models.CASCADE, related_name="deliveries")
    record = models.ForeignKey(Record, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=20, choices=KINDS)
    # What others point at goes first.
    rank = models.PositiveSmallIntegerField(default=0)
    action = models.CharField(max_length=8, blank=True)
    wanted = models.BigIntegerField(default=0)
    sending = models.BigIntegerField(null=True, blank=True)
    # Write though the target is believed to have it.
    resend = models.BooleanField(default=False)
    intent = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=40, blank=True)
    # The payload as it left; emptied once the outcome is known.
    frozen = models.BinaryField(null=True, editable=False)
    # The payload as it last left, zlib; kept for people once `frozen` is emptied.
    payload = models.BinaryField(null=True, editable=False)
    # Fields of the payload that a person corrected by hand, for the next try alone.
    edited = models.JSONField(null=True, blank=True, editable=False)
    # What to ask the platform by, while it has taken this and does not show it.
    pending = models.CharField(max_length=200, blank=True, editable=False)
    absent_at = models.DateTimeField(
        null=True, blank=True, help_text="When a look-up first did not find it."
    )
    waits_for = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="waiting"
    )
    run = models.ForeignKey(
        Run, models.SET_NULL, null=True, blank=True, related_name="deliveries"
    )
    cause = models.CharField(max_length=40, blank=True)
    done_by = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)

    class Meta(Work.Meta):
        abstract = False
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=("route", "record"),
                condition=Q(state__in=OPEN_DELIVERIES),
                name="delivery_one_open_per_record",
            )
        ]
        indexes = [
            # Claiming: what is due, best first.
            models.Index(
                fields=("priority", "rank", "not_before", "id"),
                condition=Q(state__in=DUE_DELIVERIES),
                name="delivery_due",
            ),
            # Counting a full read down.
            models.Index(fields=("run", "state"), name="delivery_of_run"),
            # What an unblocked one sets free.
            models.Index(
                fields=("waits_for",),
                condition=Q(state=DeliveryState.BLOCKED),
                name="delivery_waiting",
            ),
            # Sending rows whose worker died.
            models.Index(
                fields=("fence",),
                condition=Q(state=DeliveryState.SENDING),
                name="delivery_in_flight",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record} by {self.route}"
