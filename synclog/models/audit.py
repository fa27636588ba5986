"""AuditEvent: who did what, for ever."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from integration.models.scope import TenantModel


class AppendOnly(TypeError):
    """An audit event was about to be changed or deleted."""


class AuditEvent(TenantModel):
    """One deed of a person, or (without a user) of Weft itself.

    `actor` keeps the name when the user is gone; neither `before` nor `after` holds a
    secret.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    actor = models.CharField(max_length=150, blank=True)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    # Where the person sat, as far as the proxy tells.
    address = models.GenericIPAddressField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes = [
            # A merchant's audit page, newest first.
            models.Index(fields=("tenant", "-at"), name="audit_of_tenant")
        ]

    def __str__(self) -> str:
        return f"{self.actor or 'Weft'} {self.verb} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it once; AppendOnly when it is stored already."""
        if not self._state.adding:
            raise AppendOnly("an audit event is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused: it leaves with its tenant alone."""
        raise AppendOnly("an audit event is never deleted")
