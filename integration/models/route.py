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
    GUEST = "guest", "Use the account for guests"
    HOLD = "hold", "Hold until it is linked"


class Drift(models.TextChoices):
    """What to do when somebody edits our data on the target."""

    LEAVE = "leave", "Leave it until the source changes"
    RESTORE = "restore", "Write the source's data again"


class Route(TenantModel):
    """Kind, from, to, and under which rules. `every` is in seconds."""

    kind = models.CharField(max_length=20, choices=KINDS)
    as_kind = models.CharField(
        max_length=20,
        choices=KINDS,
        blank=True,
        editable=False,
        help_text="What the target has in its place: an invoice of an order.",
    )
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
    pairs = models.JSONField(
        default=dict,
        blank=True,
        help_text='Words of the source for words of the target, such as {"tax": '
        '{"standard": "OUTPUT2", "*": "NONE"}}; "*" serves every other word.',
    )
    options = models.JSONField(
        default=dict,
        blank=True,
        help_text="Settings of the target that are different on this route.",
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
                fields=("source", "target", "kind", "as_kind"), name="route_once"
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="route_goes_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.writes}: {self.source} → {self.target}"

    @property
    def writes(self) -> str:
        """The kind this route writes: its own, or what the target has in its place."""
        return self.as_kind or self.kind

    def read_as(self, written: str) -> str:
        """The kind on the source of what is written here as `written`; what a route
        brings besides its own is the same kind on both ends."""
        return self.kind if written == self.writes else written


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
