"""Staff pages of plans: how often a merchant's data may move, with how many calls."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from integration.admin.pages import StaffAdmin
from integration.engine.freshness import lasting
from integration.models import Plan


@admin.register(Plan)
class PlanAdmin(StaffAdmin):
    """What merchants pay for. One without a plan is not restricted."""

    list_display = ("name", "pace", "share", "merchants")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "shortest_every", "calls_share")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the number of merchants on each."""
        return super().get_queryset(request).annotate(merchant_count=Count("tenant"))

    @display(description="shortest pace", ordering="shortest_every")
    def pace(self, plan: Plan) -> str:
        """How often a route may look for changes at most."""
        return f"every {lasting(plan.shortest_every)}"

    @display(description="calls", ordering="calls_share")
    def share(self, plan: Plan) -> str:
        """What is left to all but sales of a long window."""
        return f"{plan.calls_share}%"

    @display(description="merchants", ordering="merchant_count")
    def merchants(self, plan: Any) -> int:
        """How many are on it."""
        return int(plan.merchant_count)
