"""Staff pages of calls: what platforms allow, and what was spent."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from unfold.decorators import display

from integration.admin.pages import WatchedAdmin
from integration.admin.shown import linked, moment
from integration.models import CallBudget, CallUsage


@admin.register(CallBudget)
class CallBudgetAdmin(WatchedAdmin):
    """Windows of platform accounts. The connector declares them, the meter fills
    them: staff only watch."""

    resets = moment("resets_at", "shut until")
    list_display = (
        "platform",
        "account",
        "group",
        "per",
        "allowed",
        "reserve",
        "noted",
        "resets",
    )
    list_filter = ("platform",)
    search_fields = ("platform", "account", "group")
    fields = (
        ("platform", "account", "group"),
        ("per", "allowed", "reserve"),
        ("noted", "resets"),
    )

    @display(description="window", ordering="window")
    def per(self, budget: CallBudget) -> str:
        """The length of the window."""
        return f"{budget.window / 1000:g} s"

    @display(description="calls noted")
    def noted(self, budget: CallBudget) -> int:
        """Calls in the log of the window, the expired ones included."""
        slots: list[Any] = budget.slots
        return sum(int(calls) for _, calls in slots)


@admin.register(CallUsage)
class CallUsageAdmin(WatchedAdmin):
    """Calls per connection, route and hour."""

    at = moment("hour")
    of = linked("connection")
    by = linked("route")
    list_display = ("at", "of", "by", "calls", "throttled", "tenant")
    list_filter = ("connection__platform", "tenant")
    search_fields = ("connection__label", "connection__account", "tenant__slug")
    date_hierarchy = "hour"
    ordering = ("-hour", "-pk")
    joined = ("tenant", "connection", "route__source", "route__target")
    fields = ("tenant", "at", "of", "by", "calls", "throttled")
