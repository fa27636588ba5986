"""Staff pages of calls: what platforms allow, and what was spent."""

from __future__ import annotations

import time

from django.contrib import admin
from django.utils.html import format_html_join
from unfold.decorators import display

from integration.admin.calls import calls_of
from integration.admin.pages import WatchedAdmin
from integration.admin.shown import linked, moment
from integration.engine import windows
from integration.http.limits import spent
from integration.models import CallBudget, CallUsage, Connection


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
        "made",
        "resets",
    )
    list_filter = ("platform",)
    search_fields = ("platform", "account", "group")
    fields = (
        ("platform", "account", "group"),
        ("per", "allowed", "reserve"),
        ("made", "resets"),
        "coming",
    )

    @display(description="window", ordering="window")
    def per(self, budget: CallBudget) -> str:
        """The length of the window."""
        return windows.limit_of(budget).time()

    @display(description="calls spent")
    def made(self, budget: CallBudget) -> int:
        """Calls that count in the window now."""
        limit, slots = windows.limit_of(budget), windows.belief(budget).slots
        return spent(slots, limit, time.time())

    @display(description="forecast")
    def coming(self, budget: CallBudget) -> str:
        """What every merchant on the account used, and when it will run out."""
        on_it = Connection.everywhere.filter(
            platform=budget.platform, account=budget.account
        ).select_related("tenant")
        return format_html_join(
            "",
            '<div class="mb-4"><p>{}</p>{}</div>',
            ((f"{each.tenant}: {each}", calls_of(each)) for each in on_it),
        )


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
