"""Tells merchants' own addresses when a platform's calls run short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from integration.engine import windows
from integration.http.limits import spent
from integration.models import CallBudget, Connection, Endpoint, Tenant
from synclog import events
from synclog.events import Happening

LOW = "budget.low"
# The share of a window's calls from which on they are called short.
SHORT = 0.9


def tell(now: datetime) -> int:
    """Owe the event of every long window that is nearly spent, once in its length; how
    many. Four statements at most, and one where nobody listens."""
    active = Tenant.objects.filter(active=True).values("pk")
    endpoints: dict[int, list[Endpoint]] = defaultdict(list)
    for endpoint in events.listening(active, [LOW]):
        endpoints[endpoint.tenant_id].append(endpoint)
    if not endpoints:
        return 0
    accounts: dict[tuple[str, str], set[int]] = defaultdict(set)
    for tenant_id, *account in Connection.everywhere.filter(
        tenant__in=endpoints
    ).values_list("tenant_id", "platform", "account"):
        accounts[account[0], account[1]].add(tenant_id)
    low = list(_low(accounts, now))
    return sum(
        events.owe(endpoints[tenant_id], [happening], now)
        for budget, happening in low
        for tenant_id in accounts[budget.platform, budget.account]
    )


def _low(
    accounts: Iterable[tuple[str, str]], now: datetime
) -> Iterable[tuple[CallBudget, Happening]]:
    wanted = set(accounts)
    for budget in CallBudget.objects.filter(
        platform__in={platform for platform, _ in wanted}
    ):
        limit = windows.limit_of(budget)
        if (budget.platform, budget.account) not in wanted or not limit.long:
            continue
        used = spent(windows.belief(budget).slots, limit, now.timestamp())
        if used < SHORT * limit.calls and not windows.shut_for(budget):
            continue
        data = {
            "platform": budget.platform,
            "account": budget.account,
            "window_seconds": round(limit.seconds),
            "allowed": limit.calls,
            "spent": used,
        }
        episode = int(now.timestamp() // limit.seconds)
        yield budget, Happening(LOW, f"{budget.pk}:{episode}", data)
