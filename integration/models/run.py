"""Run: one pull, from selection to counts, resumable page by page."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from integration.models.connection import Connection
from integration.models.route import Route
from integration.models.scope import TenantModel
from integration.models.work import Work


class RunState(models.TextChoices):
    """Where a run stands."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    HELD = "held", "Held: asks before it goes on"
    SETTLING = "settling", "Waiting for its deliveries"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Stopped by a person"


ACTIVE_RUNS = (RunState.QUEUED, RunState.RUNNING, RunState.HELD, RunState.SETTLING)
CLAIMABLE_RUNS = (RunState.QUEUED, RunState.RUNNING)

COUNTERS = ("created", "updated", "unchanged", "skipped", "failed", "passed_on")


class Run(Work):
    """One read of one stream. read = the sum of the other counters, or it is red.

    `selection` is what it is about, as JSON. `limit_to` is the connection it was asked
    for: routes into others are owed no more than what it finds changed. `resume` is
    where the next page starts, `mark` where the cursor may move when the read is over.
    """

    state = models.CharField(max_length=12, choices=RunState, default=RunState.QUEUED)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="runs")
    stream = models.CharField(max_length=40)
    selection = models.JSONField()
    # The selection as text: equal queued ones fold into one row.
    selection_key = models.CharField(max_length=64)
    everything = models.BooleanField(default=False)
    cause = models.CharField(max_length=40)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    limit_to = models.ForeignKey(
        Connection, models.CASCADE, null=True, blank=True, related_name="+"
    )
    since = models.CharField(max_length=200, blank=True)
    resume = models.TextField(blank=True)
    mark = models.CharField(max_length=200, blank=True)
    confirmed = models.BooleanField(
        default=False, help_text="A person said: go on, though much has vanished."
    )
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    passed_on = models.PositiveIntegerField(default=0)
    vanished = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    progress_at = models.DateTimeField(null=True, blank=True)
    message = models.TextField(blank=True)

    class Meta(Work.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("connection", "stream", "selection_key"),
                condition=Q(state=RunState.QUEUED),
                name="run_equal_selections_fold",
            ),
            models.UniqueConstraint(
                fields=("connection", "stream"),
                condition=Q(everything=True, state__in=ACTIVE_RUNS),
                name="run_one_full_read_at_a_time",
            ),
        ]
        indexes = [
            # Claiming: what is due, best first.
            models.Index(
                fields=("priority", "not_before", "id"),
                condition=Q(state__in=CLAIMABLE_RUNS),
                name="run_due",
            ),
            # A connection's history, newest first.
            models.Index(fields=("connection", "-created_at"), name="run_history"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} of {self.connection} ({self.cause})"

    def serves(self, route: Route) -> bool:
        """Whether it was asked for on this route's behalf, or on everybody's."""
        return self.limit_to_id in (None, route.target_id)

    @property
    def accounted(self) -> int:
        """How many of the rows read have an outcome."""
        return sum(getattr(self, name) for name in COUNTERS)


class RunTarget(TenantModel):
    """What a full read owes one route, counted down to the stamp of its log."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="targets")
    route = models.ForeignKey(Route, models.CASCADE, related_name="+")
    owed = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=("run", "route"), name="run_target_once")
        ]

    def __str__(self) -> str:
        return f"{self.route}: {self.done} of {self.owed}"
