"""Route: a standing order to bring one kind from one connection to another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from integration.canonical.kinds import Kind
from integration.models.connection import Connection
from integration.models.scope import TenantModel

KINDS = [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in Kind]


class Policy(models.TextChoices):
    """What a route may do to what is already there."""

    OVERWRITE = "overwrite", "The source is the master"
    CREATE_ONLY = "create_only", "Create what is missing, change nothing"
    LINK_ONLY = "link_only", "Link what matches, write nothing"


class Missing(models.TextChoices):
    """What to do about a partner that a record needs and the target lacks."""

    CREATE = "create", "Create it first"
    HOLD = "hold", "Hold until it is linked"


class Drift(models.TextChoices):
    """What to do when somebody edits our data on the target."""

    LEAVE = "leave", "Leave it until the source changes"
    RESTORE = "restore", "Write the source's data again"


class Route(TenantModel):
    """Kind, from, to, and under which rules. `every` is in seconds."""

    kind = models.CharField(max_length=20, choices=KINDS)
    source = models.ForeignKey(Connection, models.CASCADE, related_name="routes_out")
    target = models.ForeignKey(Connection, models.CASCADE, related_name="routes_in")
    policy = models.CharField(max_length=16, choices=Policy, default=Policy.OVERWRITE)
    missing = models.CharField(max_length=16, choices=Missing, default=Missing.CREATE)
    match = models.JSONField(
        default=list, blank=True, help_text="Natural keys to match by; empty: all."
    )
    filters = models.JSONField(
        default=dict,
        blank=True,
        help_text='Only what fits, such as {"order_status.word": ["processing"]}.',
    )
    every = models.PositiveIntegerField(
        default=7200, help_text="Seconds between two looks for changes."
    )
    on_drift = models.CharField(max_length=16, choices=Drift, default=Drift.LEAVE)
    enabled = models.BooleanField(default=True)
    # Digest of write map, overrides and filters; a change plans all linked records.
    map_digest = models.BinaryField(max_length=16, null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("source", "target", "kind"), name="route_once"
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="route_goes_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.source} → {self.target}"


class Direction(models.TextChoices):
    """Which map an override changes."""

    READ = "read", "Reading"
    WRITE = "write", "Writing"


class Override(TenantModel):
    """A merchant's own row of a field map: `field` is filled from `path`."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="overrides")
    kind = models.CharField(max_length=20, choices=KINDS)
    direction = models.CharField(max_length=8, choices=Direction)
    field = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    then = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("connection", "direction", "kind", "field"),
                name="override_once_per_field",
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} from {self.path}"
