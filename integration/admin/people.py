"""Staff pages of who was asked to join, and of retries by the hundred."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone
from unfold.decorators import display

from integration.admin.pages import WatchedAdmin
from integration.admin.shown import as_json, moment
from integration.models import Invitation
from synclog.models import Retry


@admin.register(Invitation)
class InvitationAdmin(WatchedAdmin):
    """Invitations. The link itself is known to nobody but whom it was sent to."""

    asked = moment("created_at", "asked")
    ends = moment("expires_at", "ends")
    accepted = moment("accepted_at")
    list_display = ("email", "role", "stands", "tenant", "asked", "ends")
    list_filter = ("role", "tenant")
    search_fields = ("email", "tenant__name", "tenant__slug")
    ordering = ("-pk",)
    joined = ("tenant", "invited_by")
    deferred = ("digest",)
    fields = (
        ("tenant", "email", "role"),
        ("stands", "invited_by"),
        ("asked", "ends", "accepted"),
    )

    @display(description="state", label={"Accepted": "success", "Ended": "danger"})
    def stands(self, row: Invitation) -> str:
        """Whether the link still lets somebody in."""
        if row.accepted_at is not None:
            return "Accepted"
        return "Ended" if row.expires_at <= timezone.now() else "Open"


@admin.register(Retry)
class RetryAdmin(WatchedAdmin):
    """Many problems tried again at one click."""

    asked = moment("created_at", "asked")
    cancelled = moment("cancelled_at")
    chosen_by = as_json("filters")
    list_display = ("asked", "tenant", "total", "user", "cancelled")
    list_filter = ("tenant",)
    search_fields = ("tenant__name", "tenant__slug", "user__username")
    ordering = ("-pk",)
    joined = ("tenant", "user")
    fields = (("tenant", "user"), ("asked", "total", "cancelled"), "chosen_by")
