"""Home: is it well, and if not, what is to be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from integration.dashboard.access import MemberRequest, page
from integration.insight import connections, home, state
from integration.insight import routes as route_facts
from integration.models import Health


@page()
def show(request: MemberRequest) -> HttpResponse:
    """The whole page; asked for by a poll, the part that changes."""
    tenant, now = request.tenant, timezone.now()
    cards = connections.cards(tenant)
    rows = [card.connection for card in cards]
    waiting = home.waiting_for(tenant, rows)
    lost = [
        (row, waiting.get(row.pk, 0))
        for row in rows
        if row.health == Health.NEEDS_REAUTH
    ]
    share = state.share(tenant)
    context: dict[str, Any] = {
        "cards": cards,
        "lost": lost,
        "late": [late for card in cards for late in card.late],
        "share": share,
        "percent": None if share.in_step is None else 100 * share.in_step,
        "needs": home.needs(tenant),
        "pairs": route_facts.owed(tenant),
        "hours": home.hours(tenant, rows, now),
        "recent": home.recent(tenant, rows, now),
        "now": now,
    }
    part = request.headers.get("HX-Target") == "live"
    return render(
        request, "dashboard/home/_live.html" if part else "dashboard/home.html", context
    )
