"""Invitation: a colleague asked to join, by a link that works once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from integration.models.scope import TenantModel
from integration.models.tenant import Role


class Invitation(TenantModel):
    """Sent to an address, good until `expires_at`. Only the link's digest is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("tenant", "email"),
                condition=Q(accepted_at=None),
                name="invitation_one_open_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"
