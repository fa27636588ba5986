"""Step 4: which data goes where; the routes chosen here are stored switched off."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from integration.dashboard.access import MemberRequest, page
from integration.dashboard.wizard import steps
from integration.engine import first_routes
from integration.engine.first_routes import Proposal
from integration.engine.setting_up import routes_of
from integration.errors import BadConfig
from integration.models import Connection, Role


@page(Role.ADMIN)
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """What both ends give and take, by direction, with what would happen to it."""
    there = steps.tested(request, pk)
    if there is None:
        return steps.go(request, "test", steps.found(request, pk)[0])
    connection, connector = there
    known: dict[str, Any] = {"connector": connector, "connection": connection}
    if request.method == "POST":
        chosen = request.POST.getlist("routes")
        try:
            first_routes.lay(connection, chosen, request.user)
        except BadConfig as failure:
            known |= {"failure": failure, "chosen": chosen}
        else:
            if routes_of(connection).exists():
                return steps.go(request, "ready", connection)
            known |= {"nothing": True, "chosen": chosen}
    found = first_routes.proposals(connection)
    known["directions"] = _directions(found, known.get("chosen"))
    # Whatever was sent and led nowhere is told on this page.
    status = 422 if "chosen" in known else 200
    return steps.shown(request, "data", "data", known, status)


def _directions(
    found: list[Proposal], chosen: list[str] | None
) -> list[dict[str, Any]]:
    """The proposals by where they come from and go to."""
    by_ends: dict[tuple[Connection, Connection], list[dict[str, Any]]] = {}
    laid = any(each.laid for each in found)
    for each in found:
        if chosen is not None:
            picked = each.key in chosen
        else:
            picked = each.laid is not None if laid else each.usual
        line = {
            "proposal": each,
            "picked": picked,
            "running": each.laid is not None and each.laid.enabled,
            "policy": each.laid.policy if each.laid else each.policy,
        }
        by_ends.setdefault((each.source, each.target), []).append(line)
    return [
        {"source": source, "target": target, "lines": lines}
        for (source, target), lines in by_ends.items()
    ]
