"""Endpoint: an address of the merchant's own that Weft tells what happens."""

from __future__ import annotations

import uuid

from django.db import models

from integration.http.redact import address
from integration.models.scope import TenantModel
from integration.models.sealed import SealedField


class Endpoint(TenantModel):
    """Where events go, and which. `secrets` holds `signing` and, while a new one takes
    its place, `former`."""

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    url = models.URLField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list)
    secrets = SealedField(default=dict, editable=False)
    enabled = models.BooleanField(default=True)
    # Since when nothing sent there was taken.
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return address(self.url)
