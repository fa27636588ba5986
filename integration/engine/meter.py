"""The database-backed meter: no call is made that a window does not allow.

Budgets belong to the platform account, so two tenants on one shop share them, and are
changed only where nobody else changed them meanwhile: exact under many processes.
Calls are counted per route and hour when a piece of work ends.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integration.errors import BudgetSpent
from integration.http.limits import Limit, admit, charge, correct, throttle
from integration.models import CallBudget, CallUsage, Connection, Route

# A worker sleeps at most this long for a call; longer waits are rows.
LONGEST_SLEEP = 2.0


class DatabaseMeter:
    """Asked before and told after every call of one connection."""

    def __init__(
        self, connection: Connection, limits: Sequence[Limit], *, reserved_ok: bool
    ) -> None:
        self.connection = connection
        self.limits = limits
        self.reserved_ok = reserved_ok
        self.route_id: int | None = None
        self._calls: dict[int | None, int] = {}
        self._throttled: dict[int | None, int] = {}

    @property
    def calls(self) -> int:
        """Calls made and not yet written down."""
        return sum(self._calls.values())

    def ask(self, group: str) -> None:
        """Let one call go; BudgetSpent says how long the window stays shut.

        A call that comes later than it was booked for, because the database or another
        window kept it waiting, would fall into a window that does not count it: it is
        booked anew.
        """
        covering = [limit for limit in self.limits if limit.covers(group)]
        booked: dict[Limit, float] = {}
        late = covering
        while late:
            booked |= {limit: self._spend(limit) for limit in late}
            now = time.time()
            late = [limit for limit in covering if now - booked[limit] > limit.slot]
        self._calls[self.route_id] = self._calls.get(self.route_id, 0) + 1

    def tell(
        self, group: str, status: int, headers: Mapping[str, str], seconds: float
    ) -> None:
        """Correct the windows by what the platform's headers say."""
        if status == 429:
            self._throttled[self.route_id] = self._throttled.get(self.route_id, 0) + 1
        for limit in self.limits:
            if limit.covers(group):
                self._correct(limit, status, headers)

    def write_down(self) -> int:
        """Add the calls made to the hour's usage; how many there were."""
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        made = self.calls
        for route_id, calls in self._calls.items():
            with transaction.atomic():
                usage, _ = CallUsage.everywhere.get_or_create(
                    tenant_id=self.connection.tenant_id,
                    connection=self.connection,
                    route=_route(route_id),
                    hour=hour,
                )
                CallUsage.everywhere.filter(pk=usage.pk).update(
                    calls=F("calls") + calls,
                    throttled=F("throttled") + self._throttled.get(route_id, 0),
                )
        self._calls.clear()
        self._throttled.clear()
        return made

    def _spend(self, limit: Limit) -> float:
        """Book one call as soon as the window allows; for when it is booked."""
        give_up_at = time.monotonic() + LONGEST_SLEEP
        while True:
            budget = self._budget(limit)
            now = time.time()
            wait = _shut_for(budget) or admit(
                budget.slots, limit, now, self.reserved_ok
            )
            if not wait:
                if _store(budget, charge(budget.slots, limit, now)):
                    return now
                continue
            if time.monotonic() + wait > give_up_at:
                raise BudgetSpent(
                    f"{self.connection.label} allows {limit.calls} calls in "
                    f"{limit.seconds:g} seconds, and they are spent.",
                    after=wait,
                    hint="Weft goes on by itself as soon as the window opens.",
                )
            time.sleep(wait)

    def _correct(self, limit: Limit, status: int, headers: Mapping[str, str]) -> None:
        for _ in range(10):
            budget = self._budget(limit)
            now = time.time()
            before = [tuple(slot) for slot in budget.slots]
            slots = correct(budget.slots, limit, now, headers)
            if status == 429 and headers.get("Retry-After", "").isdigit():
                slots = throttle(slots, limit, now, float(headers["Retry-After"]))
            if sum(calls for _, calls in slots) <= sum(calls for _, calls in before):
                return
            if _store(budget, slots):
                return

    def _budget(self, limit: Limit) -> CallBudget:
        budget, _ = CallBudget.objects.get_or_create(
            platform=self.connection.platform,
            account=self.connection.account,
            group=limit.group,
            window=round(limit.seconds * 1000),
            defaults={
                "allowed": limit.calls,
                "reserve": limit.calls - limit.allowed(False),
            },
        )
        return budget


def _route(route_id: int | None) -> Route | None:
    """None as well where the route was removed meanwhile."""
    return Route.everywhere.filter(pk=route_id).first() if route_id else None


def _shut_for(budget: CallBudget) -> float:
    if budget.resets_at is None:
        return 0.0
    return max(0.0, (budget.resets_at - timezone.now()) / timedelta(seconds=1))


def _store(budget: CallBudget, slots: Sequence[tuple[float, int]]) -> bool:
    """Write the log, unless another process wrote it first."""
    return bool(
        CallBudget.objects.filter(pk=budget.pk, version=budget.version).update(
            slots=list(slots), version=F("version") + 1
        )
    )
