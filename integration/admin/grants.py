"""Staff pages of what lets Weft in at platforms where people sign in.

Tokens and secrets are shown nowhere; `manage.py app` takes them in.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from integration.admin.buttons import button
from integration.admin.pages import WatchedAdmin
from integration.admin.shown import linked, moment
from integration.contract import registry
from integration.engine import consent
from integration.models import App, Consent, Grant


@admin.register(App)
class AppAdmin(WatchedAdmin):
    """What this installation registered with a platform."""

    made = moment("created_at", "registered")
    list_display = ("platform", "client_id", "kept", "made")
    list_display_links = ("client_id",)
    search_fields = ("platform", "client_id")
    ordering = ("platform", "pk")
    fieldsets = ((None, {"fields": (("platform", "client_id"), "kept", "made")}),)

    @display(description="secrets kept")
    def kept(self, app: App) -> str:
        """Which there are, by name alone."""
        return ", ".join(sorted(name for name, value in app.secrets.items() if value))


@admin.register(Grant)
class GrantAdmin(WatchedAdmin):
    """Consents in force, and those that ended."""

    by = linked("app")
    ends = moment("expires_at", "token ends")
    made = moment("created_at", "given")
    list_display = ("platform", "stands", "serves", "generation", "ends", "tenant")
    list_filter = ("platform", "dead", "tenant")
    search_fields = ("platform", "connections__label", "tenant__slug")
    ordering = ("-pk",)
    joined = ("tenant", "app")
    actions = ("sign_in_again",)
    buttons = actions
    fieldsets = (
        (None, {"fields": (("tenant", "platform", "by"), ("stands", "serves"))}),
        ("Token", {"fields": ("scopes", ("generation", "ends", "made"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the number of connections on each."""
        found = super().get_queryset(request)
        return found.annotate(connection_count=Count("connections"))

    @display(description="state", label={"In force": "success", "Ended": "danger"})
    def stands(self, grant: Grant) -> str:
        """Whether the platform still takes it."""
        return "Ended" if grant.dead else "In force"

    @button("Sign in again")
    def sign_in_again(self, user: User, chosen: QuerySet[Any]) -> str:
        """Addresses at which a person gives the consent anew; what waited then goes."""
        asked = [
            consent.begin(
                grant.tenant,
                registry.connector(grant.platform),
                connection.settings,
                connection.label,
                user=user,
            ).url
            for grant in chosen
            if (connection := grant.connections.first()) is not None
        ]
        if not asked:
            return "No connection calls with it: connect anew instead."
        return f"Sign in within a quarter of an hour, here: {' and here: '.join(asked)}"

    @display(description="connections", ordering="connection_count")
    def serves(self, grant: Any) -> int:
        """How many connections call with it."""
        return int(grant.connection_count)


@admin.register(Consent)
class ConsentAdmin(WatchedAdmin):
    """Questions people were sent to a platform with."""

    led_to = linked("grant", "led to")
    asked = moment("created_at", "asked")
    answered = moment("answered_at", "answered")
    list_display = ("platform", "label", "asked", "answered", "led_to", "tenant")
    list_filter = ("platform", "tenant")
    search_fields = ("platform", "label", "tenant__slug")
    ordering = ("-pk",)
    joined = ("tenant", "grant")
    fieldsets = (
        (None, {"fields": (("tenant", "platform", "label"), "led_to")}),
        ("Time", {"fields": (("asked", "answered"),)}),
    )
