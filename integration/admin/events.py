"""Staff pages of webhooks: what was received, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from unfold.decorators import display

from integration.admin.buttons import button
from integration.admin.pages import WatchedAdmin
from integration.admin.shown import as_body, as_json, label, linked, moment
from integration.engine import steer
from integration.models import EventState, WebhookEvent

COLOURS = {
    EventState.RECEIVED: "info",
    EventState.TRIGGERED: "info",
    EventState.PROCESSED: "success",
    EventState.FAILED: "danger",
}


@admin.register(WebhookEvent)
class WebhookEventAdmin(WatchedAdmin):
    """Calls platforms made on us."""

    received = moment("received_at")
    of = linked("connection")
    led_to = linked("run", "led to")
    stands = label("state", COLOURS, "state")
    shown_body = as_body("body")
    shown_headers = as_json("headers")
    list_display = (
        "received",
        "topic",
        "about",
        "of",
        "stands",
        "reason",
        "signed",
        "repeats",
    )
    list_filter = ("state", "signed", "connection__platform", "tenant")
    search_fields = ("topic", "ids__icontains", "fingerprint", "connection__label")
    date_hierarchy = "received_at"
    ordering = ("-received_at", "-pk")
    joined = ("tenant", "connection", "run__connection")
    deferred = ("body",)
    actions = ("replay",)
    buttons = ("replay",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("tenant", "of"),
                    ("received", "signed", "repeats"),
                    ("topic", "stream", "about"),
                    ("stands", "reason", "led_to"),
                )
            },
        ),
        ("As received", {"fields": ("shown_headers", "shown_body", "fingerprint")}),
    )

    @display(description="ids")
    def about(self, event: WebhookEvent) -> str:
        """The rows it tells of."""
        return ", ".join(map(str, event.ids))[:80]

    @button("Replay")
    def replay(self, user: User, chosen: QuerySet[Any]) -> str:
        """Act on them once more; the platform is read anew."""
        count = steer.replay(chosen, user)
        return f"{count} acted on once more."
