"""App, Grant, Consent: the installation's own keys, a person's consent, and the asking.

An app belongs to the installation and so to no tenant.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from integration.models.scope import TenantModel
from integration.models.sealed import SealedField


class App(models.Model):
    """What this installation registered with a platform: its client id and secrets.

    `secrets` holds `client_secret` where the platform gives one, and `webhook_key`
    where it signs its calls with a key of the app.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    platform = models.CharField(max_length=40)
    client_id = models.CharField(max_length=200)
    secrets = SealedField(default=dict, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("platform", "client_id"), name="app_once")
        ]

    def __str__(self) -> str:
        return f"{self.platform}: {self.client_id}"


class Grant(TenantModel):
    """A consent in force: a pair of tokens that several connections may share.

    `secrets` holds `access` and `refresh`, and while a renewal has not come to its end
    `former`. `generation` rises with every new pair. One worker renews at a time, and
    says until when in `renewing_until`.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    platform = models.CharField(max_length=40)
    app = models.ForeignKey(App, models.CASCADE, related_name="grants")
    secrets = SealedField(default=dict, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    generation = models.PositiveIntegerField(default=0)
    renewing_until = models.DateTimeField(null=True, blank=True, editable=False)
    scopes = models.TextField(blank=True)
    dead = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.platform} grant {self.pk}"


class Consent(TenantModel):
    """A question a person was sent to the platform with; answered once, soon."""

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    platform = models.CharField(max_length=40)
    app = models.ForeignKey(App, models.CASCADE, related_name="+")
    state = models.CharField(max_length=64, unique=True)
    # The verifier of PKCE.
    secrets = SealedField(default=dict, editable=False)
    given = models.JSONField(default=dict)
    label = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    grant = models.ForeignKey(Grant, models.CASCADE, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.platform} consent asked {self.created_at:%Y-%m-%d %H:%M}"
