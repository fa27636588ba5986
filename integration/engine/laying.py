"""What people do with routes, from whatever face: lay, change, switch, slow, remove.

Each is checked, stored, audited and set going in one place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import transaction

from integration.engine import connect, opening, routes
from integration.errors import BadConfig, SyncFailure
from integration.models import Connection, Delivery, Route, Run, Tenant
from integration.models.delivery import OPEN_DELIVERIES
from synclog import journal

# Seconds. Looking more often costs calls and brings nothing that webhooks do not.
LEAST_EVERY = 60
MOST_EVERY = 30 * 86_400
# What may change of a route; another kind or another end is another route.
RULES = (
    "policy",
    "missing",
    "match",
    "filters",
    "options",
    "every",
    "on_drift",
    "enabled",
)
# A change of these lets through what was owed to nobody before.
OPENING = frozenset({"enabled", "policy", "filters"})


class Laid(NamedTuple):
    """A new route, the runs that set it going, and what is wrong with the webhooks of
    its source ("": nothing)."""

    route: Route
    runs: list[Run]
    hooks: str


def lay(
    tenant: Tenant,
    kind: str,
    source: Connection,
    target: Connection,
    user: User | None = None,
    *,
    begin: bool = True,
    **rules: Any,
) -> Laid:
    """A new route, set going: what is known goes at once, else the first read is asked
    for; neither unless it is to `begin`. Raises BadConfig naming the field that cannot
    be as it is."""
    _check_pace(rules.get("every", LEAST_EVERY))
    with transaction.atomic():
        route = routes.add(tenant, kind, source, target, **rules)
        journal.audit(tenant, "route_added", str(route), user=user, after=told(route))
        runs = opening.begin(route) if begin and route.enabled else []
    return Laid(route, runs, hear(source) if route.enabled else "")


def change(route: Route, user: User | None = None, **rules: Any) -> str:
    """Another set of rules for a route, as it was stored; what is wrong with the
    webhooks of its source. Raises BadConfig, and then nothing is stored."""
    before = told(route)
    if rules.get("every") != route.every:
        _check_pace(rules.get("every", route.every))
    for name, value in rules.items():
        setattr(route, name, value)
    routes.check(route)
    after = told(route)
    if after == before:
        return ""
    with transaction.atomic():
        Route.everywhere.filter(pk=route.pk).update(**rules)
        journal.audit(
            route.tenant_id,
            "route_changed",
            str(route),
            user=user,
            before=before,
            after=after,
        )
        changed = {name for name in RULES if before[name] != after[name]}
        if route.enabled and changed & OPENING:
            opening.begin(route)
    return "" if before["enabled"] == route.enabled else hear(route.source)


def remove(route: Route, user: User | None = None) -> str:
    """End a route and all it still owes; what is there stays. What is wrong with the
    webhooks of its source."""
    source = route.source
    with transaction.atomic():
        journal.audit(
            route.tenant_id, "route_removed", str(route), user=user, before=told(route)
        )
        route.delete()
    return hear(source)


def owing(route: Route, most: int = 10_000) -> int:
    """How many writes a route still owes, counted up to one more than `most`."""
    found = Delivery.everywhere.filter(route=route, state__in=OPEN_DELIVERIES)
    return found.order_by()[: most + 1].count()


def told(route: Route) -> dict[str, Any]:
    """A route's rules as the audit tells them."""
    return {name: getattr(route, name) for name in RULES}


def hear(source: Connection) -> str:
    """Register the webhooks a source's routes need; what is wrong with them. Without
    them the clock still finds what changed."""
    if not source.secrets.get(connect.HOOK_SECRET):
        # Disconnected: nobody there could be told.
        return ""
    try:
        connect.sync_webhooks(source)
    except SyncFailure as failure:
        return f"{failure.message} {failure.hint}".strip()
    return ""


def _check_pace(every: int) -> None:
    if not LEAST_EVERY <= every <= MOST_EVERY:
        raise BadConfig("every", "Look between once a minute and once in 30 days.")
