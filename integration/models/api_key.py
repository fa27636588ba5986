"""ApiKey: a program's way in, shown once and stored as a digest."""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.db import models

from integration.models.scope import TenantModel


class Scope(models.TextChoices):
    """What a key may do; a write never implies another's read."""

    READ = "read", "Read everything but the audit"
    SYNC = "sync", "Ask for reads and full syncs, replay webhooks"
    ERRORS = "errors", "Retry, ignore and resolve errors"
    SYNC_LOG = "sync_log", "Report to the sync log"
    AUDIT = "audit", "Read the audit"


class ApiKey(TenantModel):
    """A key of one merchant. `prefix` is what people know it by.

    The key itself is long and random, so one round of SHA-256 keeps it as safe as many
    would, and checking it costs a request nothing.
    """

    name = models.CharField(max_length=100, help_text="Who or what uses it.")
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.BinaryField(max_length=32, editable=False)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The minute (since 1970) calls were last counted in, and how many came in it.
    minute = models.PositiveBigIntegerField(default=0, editable=False)
    calls = models.PositiveIntegerField(default=0, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest_of(key: str) -> bytes:
        """What is stored of a key."""
        return sha256(key.encode()).digest()


class KeptAnswer(TenantModel):
    """What a write asked with an `Idempotency-Key` was answered, for its repeats.

    `status` is empty while the first request is under way.
    """

    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+")
    idempotency_key = models.CharField(max_length=200)
    # Method, address and body: another request under the same key is refused.
    digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=("api_key", "idempotency_key"), name="answer_once_per_key"
            )
        ]
        indexes = [
            # Housekeeping: kept for a day.
            models.Index(fields=("created_at",), name="answer_by_age")
        ]

    def __str__(self) -> str:
        return f"{self.idempotency_key}: {self.status or 'under way'}"
