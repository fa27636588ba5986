"""Connections as merchants read them: health in words, what is next, calls, webhooks.

The list takes the same few statements however many connections there are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Sum
from django.utils import timezone

from integration.contract import registry
from integration.engine import freshness, windows
from integration.engine.freshness import Fresh
from integration.http.limits import LONG, Limit, spent
from integration.insight import connection_words
from integration.models import (
    CallBudget,
    CallUsage,
    Connection,
    Cursor,
    Health,
    Route,
    Run,
    RunState,
    Tenant,
)
from synclog.models import ErrorState, SyncError

DAY = timedelta(days=1)
# How an account may begin though it is the same place.
SAME_PLACE = re.compile(r"^(?:https?://)?(?:www\.)?")


class Gauge(NamedTuple):
    """Calls of the longest window: spent, and how many it holds."""

    spent: int
    limit: Limit

    @property
    def tone(self) -> str:
        """How near the end is: "", "warn" or "bad"."""
        share = self.spent / self.limit.calls if self.limit.calls else 1
        return "bad" if share >= 0.95 else "warn" if share >= 0.8 else ""


class Card(NamedTuple):
    """One connection: its state and what that means, its lists, its calls, its rest."""

    connection: Connection
    platform: str
    state: str
    words: str
    lists: Sequence[Fresh]
    last: datetime | None
    next: datetime | None
    today: int
    gauge: Gauge | None
    hooks: str
    errors: int
    on: int
    off: int
    twin: Connection | None

    @property
    def late(self) -> list[Fresh]:
        """Its lists that were read too long ago."""
        return [each for each in self.lists if each.late]


class Known(NamedTuple):
    """What was asked for all connections at once."""

    lists: Mapping[int, Sequence[Fresh]]
    asked: Mapping[tuple[int, str], datetime | None]
    syncing: Mapping[int, Run]
    today: Mapping[int, int]
    budgets: Mapping[tuple[str, str], Sequence[CallBudget]]
    errors: Mapping[int, int]
    routes: Counter[tuple[int, bool]]
    now: datetime


def cards(tenant: Tenant) -> list[Card]:
    """Every connection of a merchant; those that were left come last."""
    mine = list(Connection.objects.for_tenant(tenant).order_by("label", "pk"))
    known = _known(tenant, mine)
    twins = _twins(mine)
    found = [_card(each, known, twins.get(each.pk)) for each in mine]
    return sorted(found, key=lambda card: card.state == Health.DISCONNECTED)


def card(connection: Connection) -> Card:
    """One connection, as on the list."""
    tenant = connection.tenant
    mine = list(Connection.objects.for_tenant(tenant).order_by("label", "pk"))
    known = _known(tenant, [connection])
    return _card(connection, known, _twins(mine).get(connection.pk))


def _known(tenant: Tenant, mine: Sequence[Connection]) -> Known:
    now = timezone.now()
    keys = [each.pk for each in mine]
    cursors = Cursor.objects.for_tenant(tenant).filter(connection__in=keys)
    full = Run.objects.for_tenant(tenant).filter(
        connection__in=keys, everything=True, state=RunState.RUNNING
    )
    midnight = timezone.localtime(now).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    calls = CallUsage.objects.for_tenant(tenant).filter(
        connection__in=keys, hour__gte=midnight
    )
    wrong = SyncError.objects.for_tenant(tenant).filter(
        connection__in=keys, state=ErrorState.OPEN
    )
    return Known(
        freshness.of(mine, now),
        {
            (row[0], row[1]): row[2]
            for row in cursors.values_list("connection_id", "stream", "asked_at")
        },
        {run.connection_id: run for run in full.order_by("pk")},
        _sums(calls.order_by().values_list("connection_id").annotate(Sum("calls"))),
        _budgets(mine),
        _sums(wrong.order_by().values_list("connection_id").annotate(Count("pk"))),
        _routes(tenant),
        now,
    )


def _sums(rows: Any) -> dict[int, int]:
    return {key: count or 0 for key, count in rows}


def _budgets(
    mine: Sequence[Connection],
) -> dict[tuple[str, str], list[CallBudget]]:
    found: dict[tuple[str, str], list[CallBudget]] = defaultdict(list)
    rows = CallBudget.objects.filter(
        platform__in={each.platform for each in mine},
        account__in={each.account for each in mine},
        window__gte=LONG * 1000,
    )
    for row in rows.order_by("window"):
        found[row.platform, row.account].append(row)
    return found


def _routes(tenant: Tenant) -> Counter[tuple[int, bool]]:
    found: Counter[tuple[int, bool]] = Counter()
    ends = Route.objects.for_tenant(tenant).values_list(
        "source_id", "target_id", "enabled"
    )
    for source, target, enabled in ends:
        found[source, enabled] += 1
        found[target, enabled] += 1
    return found


def _card(connection: Connection, known: Known, twin: Connection | None) -> Card:
    key = connection.pk
    connector = registry.connectors().get(connection.platform)
    lists = known.lists.get(key, ())
    on, off = known.routes[key, True], known.routes[key, False]
    state = connection_words.state(connection, lists, on, key in known.syncing)
    return Card(
        connection,
        connector.label if connector else connection.platform,
        state,
        connection_words.words(connection, state, lists, known.syncing.get(key)),
        lists,
        max((each.last for each in lists if each.last), default=None),
        _next(connection, lists, known),
        known.today.get(key, 0),
        _gauge(known.budgets.get((connection.platform, connection.account), ())),
        connection_words.hooks(connection, connector, on),
        known.errors.get(key, 0),
        on,
        off,
        twin,
    )


def _next(
    connection: Connection, lists: Sequence[Fresh], known: Known
) -> datetime | None:
    """When the next list is read; None where none is, or none may be."""
    if connection.health in (Health.NEEDS_REAUTH, Health.PAUSED, Health.DISCONNECTED):
        return None
    due = []
    for each in lists:
        asked = known.asked.get((connection.pk, each.stream))
        due.append(asked + timedelta(seconds=each.every) if asked else known.now)
    return max(min(due), known.now) if due else None


def _gauge(budgets: Sequence[CallBudget]) -> Gauge | None:
    """The longest window of the account."""
    if not budgets:
        return None
    budget = budgets[-1]
    limit = windows.limit_of(budget)
    made = spent(windows.belief(budget).slots, limit, timezone.now().timestamp())
    return Gauge(made, limit)


def _twins(mine: Sequence[Connection]) -> dict[int, Connection]:
    """By connection: another one that is the same place, however it is written."""
    found: dict[tuple[str, str], list[Connection]] = defaultdict(list)
    for each in mine:
        if each.health != Health.DISCONNECTED:
            place = SAME_PLACE.sub("", each.account.casefold()).rstrip("/")
            found[each.platform, place].append(each)
    return {
        each.pk: same[0] if same[0] != each else same[1]
        for same in found.values()
        if len(same) > 1
        for each in same
    }
