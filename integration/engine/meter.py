"""The database-backed meter: no call is made that a window does not allow.

Budgets belong to the platform account, so two tenants on one shop share them, and are
changed only where nobody else changed them meanwhile: exact under many processes.
Calls are counted per route and hour when a piece of work ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integration.engine import windows
from integration.errors import BudgetSpent
from integration.http import learned
from integration.http.learned import Belief
from integration.http.limits import (
    Limit,
    admit,
    charge,
    give_back,
    seconds_until,
    spent,
)
from integration.models import CallBudget, CallUsage, Connection, Route, Tenant

# A worker sleeps at most this long for a call; longer waits are rows.
LONGEST_SLEEP = 2.0
# Tries to note what an answer taught: the next answer teaches it again.
TRIES = 10
# A wait longer than this is told with its day.
DAY = 86_400


class DatabaseMeter:
    """Asked before and told after every call of one connection.

    `reserved_ok`: for sales, which may use all there is. `spread`: for what can wait,
    which keeps to the even share of long windows.
    """

    def __init__(
        self,
        connection: Connection,
        limits: Sequence[Limit],
        *,
        reserved_ok: bool,
        spread: bool = False,
    ) -> None:
        self.connection = connection
        # The longest first: what it refuses is then not booked on the others.
        self.limits = sorted(limits, key=lambda limit: -limit.seconds)
        self.reserved_ok = reserved_ok
        self.spread = spread
        self.route_id: int | None = None
        self._calls: dict[int | None, int] = {}
        self._throttled: dict[int | None, int] = {}
        self._under_way: dict[Limit, list[float]] = {}

    @property
    def calls(self) -> int:
        """Calls made and not yet written down."""
        return sum(self._calls.values())

    @cached_property
    def share(self) -> int:
        """Percent of long windows the merchant's plan leaves to all but sales."""
        plans = Tenant.objects.filter(pk=self.connection.tenant_id)
        found = plans.values_list("plan__calls_share", flat=True).first()
        return 100 if found is None else found

    def ask(self, group: str) -> None:
        """Let one call go; BudgetSpent says how long the window stays shut.

        A call that comes later than it was booked for, because the database or another
        window kept it waiting, would fall into a window that does not count it: it is
        booked anew. What is refused is booked nowhere.
        """
        covering = [limit for limit in self.limits if limit.covers(group)]
        booked: dict[Limit, float] = {}
        late = covering
        try:
            while late:
                for limit in late:
                    self._give_back(limit, booked.pop(limit, None))
                    booked[limit] = self._spend(limit)
                now = time.time()
                late = [limit for limit in covering if _late(limit, booked[limit], now)]
        except BudgetSpent:
            for limit, moment in booked.items():
                self._give_back(limit, moment)
            raise
        for limit in covering:
            if limit.at_once:
                self._under_way.setdefault(limit, []).append(booked[limit])
        self._calls[self.route_id] = self._calls.get(self.route_id, 0) + 1

    def tell(
        self, group: str, status: int, headers: Mapping[str, str], seconds: float
    ) -> None:
        """Correct the windows by what the platform's headers say."""
        covering = [limit for limit in self.limits if limit.covers(group)]
        if status == 429:
            self._throttled[self.route_id] = self._throttled.get(self.route_id, 0) + 1
            self._refused(covering, headers)
        for limit in covering:
            if limit.remaining_header in headers:
                told = partial(learned.told, limit=limit, headers=headers)
                self._learn(limit, told)
            if limit.at_once and self._under_way.get(limit):
                self._give_back(limit, self._under_way[limit].pop())

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
            budget = windows.row(self.connection, limit)
            now = time.time()
            wait, why = self._wait(budget, limit, now)
            if not wait:
                slots = charge(budget.slots, limit, now)
                held = learned.believed(windows.belief(budget), limit, now)
                if windows.store(budget, limit, Belief(slots, held)):
                    return now
                continue
            if time.monotonic() + wait > give_up_at:
                raise self._spent(limit, why, max(wait, LONGEST_SLEEP))
            time.sleep(wait)

    def _wait(self, budget: CallBudget, limit: Limit, now: float) -> tuple[float, str]:
        """Seconds until the window lets one more call through, and why not now."""
        shut = windows.shut_for(budget)
        if shut:
            return shut, "It says that they are spent."
        held = limit.believed(learned.believed(windows.belief(budget), limit, now))
        share = 100 if self.reserved_ok or not limit.long else self.share
        ask = partial(admit, budget.slots, held, now, self.reserved_ok)
        wait = ask(share=share, spread=self.spread)
        if not wait:
            return 0.0, ""
        if wait > ask(share=share):
            return wait, "What can wait is spread over that time."
        if wait > ask():
            return wait, f"The plan leaves {share} percent of them to all but sales."
        return wait, "They are spent."

    def _spent(self, limit: Limit, why: str, wait: float) -> BudgetSpent:
        until = datetime.now(UTC) + timedelta(seconds=wait)
        form = "%d %B, %H:%M UTC" if wait > DAY / 2 else "%H:%M:%S UTC"
        return BudgetSpent(
            f"{self.connection.label} allows {limit.words()}. {why} "
            f"This waits until {until.strftime(form)}.",
            after=wait,
            hint="Weft goes on by itself then.",
        )

    def _refused(self, covering: Sequence[Limit], headers: Mapping[str, str]) -> None:
        after = seconds_until(headers.get("Retry-After", ""), time.time())
        at_once = next((limit for limit in covering if limit.at_once), None)
        others = 0
        if at_once is not None:
            others = spent(
                windows.row(self.connection, at_once).slots, at_once, time.time()
            )
        limit = learned.breached(covering, after, others)
        if limit is not None:
            refused = partial(learned.refused, limit=limit, after=after)
            self._learn(limit, refused)

    def _give_back(self, limit: Limit, booked: float | None) -> None:
        """Take one call off the log: not made after all, or no longer under way."""
        if booked is not None:
            self._learn(limit, partial(_without, limit=limit, booked=booked))

    def _learn(self, limit: Limit, change: Callable[[Belief, float], Belief]) -> None:
        for _ in range(TRIES):
            budget = windows.row(self.connection, limit)
            before = windows.belief(budget)
            after = change(before, time.time())
            if after == before or windows.store(budget, limit, after):
                return


def _without(belief: Belief, now: float, *, limit: Limit, booked: float) -> Belief:
    return belief._replace(slots=give_back(belief.slots, limit, now, booked))


def _late(limit: Limit, booked: float, now: float) -> bool:
    return not limit.at_once and now - booked > limit.slot


def _route(route_id: int | None) -> Route | None:
    """None as well where the route was removed meanwhile."""
    return Route.everywhere.filter(pk=route_id).first() if route_id else None
