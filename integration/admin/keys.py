"""Staff pages of what programs come in with: keys, by their prefix alone, and the
answers kept for repeats of a write."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from unfold.decorators import display

from integration.admin.buttons import button
from integration.admin.pages import WatchedAdmin
from integration.admin.shown import linked, moment
from integration.engine import api_keys
from integration.models import ApiKey, KeptAnswer


@admin.register(ApiKey)
class ApiKeyAdmin(WatchedAdmin):
    """Merchants' keys. Nobody is shown one again; they are made in the dashboard."""

    made = moment("created_at", "made")
    ends = moment("expires_at", "ends")
    revoked = moment("revoked_at")
    used = moment("last_used_at", "last used")
    list_display = ("name", "prefix", "stands", "opens", "used", "ends", "tenant")
    list_filter = ("tenant",)
    search_fields = ("name", "prefix", "tenant__slug")
    ordering = ("-pk",)
    joined = ("tenant", "created_by")
    deferred = ("digest",)
    actions = ("revoke",)
    buttons = actions
    fields = (
        ("tenant", "name", "prefix"),
        ("stands", "opens"),
        ("created_by", "made"),
        ("used", "ends", "revoked"),
    )

    @display(description="state", label={"In force": "success", "Ended": "danger"})
    def stands(self, key: ApiKey) -> str:
        """Whether it still opens anything."""
        expired = key.expires_at is not None and key.expires_at <= timezone.now()
        return "Ended" if expired or key.revoked_at else "In force"

    @display(description="scopes")
    def opens(self, key: ApiKey) -> str:
        """What it may do."""
        return ", ".join(key.scopes)

    @button("Revoke")
    def revoke(self, user: User, chosen: QuerySet[ApiKey]) -> str:
        """Let nobody in by these any more."""
        count = sum(api_keys.revoke(key, user) for key in chosen)
        return f"{count} keys revoked."


@admin.register(KeptAnswer)
class KeptAnswerAdmin(WatchedAdmin):
    """What writes were answered, for a day. Bodies are the merchant's and not shown."""

    by = linked("api_key", "key")
    asked = moment("created_at", "asked")
    list_display = ("idempotency_key", "by", "stands", "asked", "tenant")
    list_filter = ("tenant",)
    search_fields = ("idempotency_key", "tenant__slug")
    ordering = ("-pk",)
    joined = ("tenant", "api_key")
    deferred = ("digest", "body", "headers")
    fields = (("tenant", "by"), "idempotency_key", ("stands", "asked"))

    @display(description="answer")
    def stands(self, kept: KeptAnswer) -> str:
        """The status, once there is one."""
        return str(kept.status or "under way")
