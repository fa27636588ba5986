"""Connection: one tenant's account on one platform, its credentials and health."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone

from integration.models.scope import TenantModel
from integration.models.sealed import SealedField
from integration.models.tenant import Tenant


class Health(models.TextChoices):
    """How a connection is, in the word a merchant reads."""

    HEALTHY = "healthy", "Healthy"
    TROUBLE = "trouble", "Trouble"
    NEEDS_REAUTH = "needs_reauth", "Needs new credentials"
    PAUSED = "paused", "Paused"
    DISCONNECTED = "disconnected", "Disconnected"


# No work is claimed on a connection in one of these: it waits as a row.
STOPPED = (Health.NEEDS_REAUTH, Health.PAUSED, Health.DISCONNECTED)


def new_token() -> str:
    """An address part nobody guesses."""
    return secrets.token_urlsafe(24)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    """Connections, in the words the engine asks for them."""

    def usable(self) -> ConnectionQuerySet:
        """Those that may be called now: not stopped, circuit closed, tenant active."""
        return self.filter(
            ~Q(health__in=STOPPED),
            Q(circuit_until=None) | Q(circuit_until__lte=timezone.now()),
            tenant__active=True,
        )


class Connection(TenantModel):
    """One account of one tenant on one platform."""

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    # Validated against the registry: a new platform needs no migration.
    platform = models.CharField(max_length=40)
    account = models.CharField(
        max_length=200, help_text="What separates this account from others there."
    )
    label = models.CharField(max_length=200)
    settings = models.JSONField(default=dict, blank=True)
    secrets = SealedField(default=dict, editable=False)
    # What the platform told about itself: currency, decimals, tax mode.
    facts = models.JSONField(default=dict, blank=True, editable=False)
    health = models.CharField(
        max_length=16, choices=Health, default=Health.HEALTHY, editable=False
    )
    problem = models.TextField(
        blank=True, editable=False, help_text="Why it is not healthy, in plain words."
    )
    # Who signed in for it, where the platform asks a person for consent.
    grant = models.ForeignKey(
        "integration.Grant",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="connections",
    )
    # The rotation: what was not seen for longest is looked at again.
    rotate_every = models.PositiveIntegerField(
        default=17_280,
        help_text="Seconds between two looks at what was not seen for longest; 0: "
        "never. The usual is five times a day.",
    )
    rotate_items = models.PositiveSmallIntegerField(
        default=10, help_text="How many items each such look is at."
    )
    rotate_calls = models.PositiveSmallIntegerField(
        default=20, help_text="The most calls one such look may take."
    )
    hook_token = models.CharField(max_length=64, default=new_token, editable=False)
    # The circuit: after repeated failures nothing is tried until then.
    circuit_failures = models.PositiveIntegerField(default=0, editable=False)
    circuit_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Size of the next batch per kind, learned from time-outs and refusals.
    pace = models.JSONField(default=dict, blank=True, editable=False)
    webhooks_checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    everywhere: ClassVar[models.Manager[Connection]] = models.Manager.from_queryset(
        ConnectionQuerySet
    )()

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ("label",)
        constraints = [
            models.UniqueConstraint(
                fields=("tenant", "platform", "account"), name="connection_once"
            ),
            models.UniqueConstraint(
                fields=("hook_token",), name="connection_hook_token"
            ),
        ]

    def __str__(self) -> str:
        return self.label


@receiver(pre_delete, sender=Connection)
def wait_for_results(instance: Connection, **_: object) -> None:
    """Results of this tenant are stored before or after a deletion, never during it.

    Whoever comes after finds no lease any more, and drops them.
    """
    Tenant.objects.select_for_update().only("pk").get(pk=instance.tenant_id)
