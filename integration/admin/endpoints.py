"""Staff pages of merchants' own addresses, where events go."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from unfold.decorators import display

from integration.admin.buttons import button
from integration.admin.pages import WatchedAdmin
from integration.admin.shown import as_json, moment
from integration.engine import endpoints
from integration.http.redact import address
from integration.models import Endpoint


@admin.register(Endpoint)
class EndpointAdmin(WatchedAdmin):
    """Merchants' own addresses. What stands in their query may be secret."""

    added = moment("created_at", "added")
    failing = moment("failing_since")
    told = as_json("events")
    list_display = ("where", "stands", "failing", "tenant", "added")
    list_filter = ("enabled", "tenant")
    search_fields = ("url", "description", "tenant__slug")
    ordering = ("-pk",)
    joined = ("tenant",)
    deferred = ("secrets",)
    actions = ("switch_off", "switch_on")
    buttons = actions
    fields = (
        ("tenant", "where"),
        "description",
        ("stands", "failing", "added"),
        "told",
    )

    @display(description="address", ordering="url")
    def where(self, row: Endpoint) -> str:
        """The address without its query."""
        return address(row.url)

    @display(
        description="state",
        label={"Takes events": "success", "Fails": "danger", "Off": "warning"},
    )
    def stands(self, row: Endpoint) -> str:
        """Whether it is told events, and takes them."""
        if not row.enabled:
            return "Off"
        return "Fails" if row.failing_since else "Takes events"

    @button("Switch off")
    def switch_off(self, user: User, chosen: QuerySet[Endpoint]) -> str:
        """Send nothing there any more, not even what is owed."""
        return _switched(chosen, user, on=False)

    @button("Switch on")
    def switch_on(self, user: User, chosen: QuerySet[Endpoint]) -> str:
        """Tell it events from now on."""
        return _switched(chosen, user, on=True)


def _switched(chosen: QuerySet[Endpoint], user: User, *, on: bool) -> str:
    rows = list(chosen)
    for endpoint in rows:
        endpoints.switch(endpoint, on, user)
    return f"{len(rows)} addresses switched {'on' if on else 'off'}."
