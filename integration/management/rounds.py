"""Goes round the merchants' connections: what stands still there, and what to do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.utils import timezone

from integration.contract import registry
from integration.engine import freshness, windows
from integration.http.limits import admit
from integration.management.checkup import Level, Sign
from integration.models import (
    CallBudget,
    Connection,
    Delivery,
    Health,
    Route,
    Run,
    RunState,
    SealBroken,
    Tenant,
)
from integration.models.connection import STOPPED
from integration.models.delivery import DUE_DELIVERIES
from integration.models.run import CLAIMABLE_RUNS
from integration.models.sealed import uses_old_key

# Work due for longer than this has nobody who does it.
PATIENCE = timedelta(minutes=5)
# Webhooks are looked after daily.
HOOKS_SEEN_WITHIN = timedelta(days=2)
WAYS_OUT = {
    Health.NEEDS_REAUTH: "manage.py connect, with new credentials",
    Health.PAUSED: "Resume it in the admin.",
    Health.DISCONNECTED: "manage.py connect, if it is still wanted",
    Health.TROUBLE: "Weft tries again by itself; see the problem.",
}


def connections() -> Iterator[Sign]:
    """Every connection, what is owed, and the calls that are left."""
    found = Connection.everywhere.select_related("tenant").order_by("pk")
    for connection in found:
        yield from _secrets(connection)
        yield from _health(connection)
        yield from _webhooks(connection)
    if not found:
        yield Sign(Level.NOTE, "connections", "There are none.", "manage.py connect")
    yield from _late(list(found))
    yield from _work()
    yield from _budgets()


def _name(connection: Connection) -> str:
    return f"{connection.tenant.slug}/{connection.label}"


def _secrets(connection: Connection) -> Iterator[Sign]:
    held = connection.__dict__.get("secrets")
    try:
        connection.secrets  # noqa: B018  opening it is the test
    except SealBroken as broken:
        yield Sign(
            Level.WRONG,
            _name(connection),
            f"Its credentials cannot be read: {broken}.",
            "Put the lost key back, or enter the credentials anew.",
        )
        return
    if uses_old_key(getattr(held, "stored", "")):
        yield Sign(
            Level.NOTE,
            _name(connection),
            "Its credentials are sealed with an old key.",
            "manage.py rotate_keys",
        )


def _health(connection: Connection) -> Iterator[Sign]:
    if connection.platform not in registry.connectors():
        yield Sign(
            Level.WRONG,
            _name(connection),
            f"There is no connector {connection.platform}.",
            "Bring its folder back under connectors/.",
        )
    elif connection.health == Health.HEALTHY:
        yield Sign(Level.OK, _name(connection), "Healthy.")
    else:
        health = Health(connection.health)
        words = f"{health.label}. {connection.problem}".strip()
        yield Sign(Level.WRONG, _name(connection), words, WAYS_OUT[health])


def _webhooks(connection: Connection) -> Iterator[Sign]:
    """Only where something is to be heard: a route begins there."""
    connector = registry.connectors().get(connection.platform)
    if connector is None or connector.webhooks is None or connection.health in STOPPED:
        return
    if not Route.everywhere.filter(source=connection, enabled=True).exists():
        return
    checked = connection.webhooks_checked_at
    if checked is None or checked < timezone.now() - HOOKS_SEEN_WITHIN:
        when = f"since {checked:%Y-%m-%d %H:%M} UTC" if checked else "yet"
        yield Sign(
            Level.WRONG,
            _name(connection),
            f"Its webhooks were not checked {when}; changes are found only by looking.",
            "manage.py route, with a route that begins there, registers them.",
        )


def _late(found: Sequence[Connection]) -> Iterator[Sign]:
    """Lists that were read too long ago; what stands still is named already."""
    working = [
        connection
        for connection in found
        if connection.health not in STOPPED and connection.tenant.active
    ]
    for late in freshness.late(working, timezone.now()):
        yield Sign(
            Level.WRONG,
            _name(late.connection),
            f"{late.stream}: {late.words()}.",
            "See its runs; start a worker where none is alive.",
        )


def _work() -> Iterator[Sign]:
    """How long the oldest due work waits, and what waits for a person."""
    before = timezone.now() - PATIENCE
    active = Tenant.objects.filter(active=True)
    working = Connection.everywhere.exclude(health__in=STOPPED).filter(
        tenant__in=active, circuit_until=None
    )
    runs = Run.everywhere.filter(
        connection__in=working, state__in=CLAIMABLE_RUNS, not_before__lt=before
    )
    deliveries = Delivery.everywhere.filter(
        route__target__in=working,
        route__enabled=True,
        state__in=DUE_DELIVERIES,
        not_before__lt=before,
    )
    late = runs.filter(fence=None).count() + deliveries.count()
    if late:
        oldest = min(
            row.not_before
            for rows in (runs.order_by("not_before"), deliveries.order_by("not_before"))
            for row in rows[:1]
        )
        yield Sign(
            Level.WRONG,
            "work",
            f"{late} pieces of work are late, the oldest since {oldest:%H:%M} UTC.",
            "Start a worker, or more of them (WEFT_WORKERS).",
        )
    else:
        yield Sign(Level.OK, "work", "Nothing that is due waits.")
    for run in Run.everywhere.filter(state=RunState.HELD).select_related("connection"):
        yield Sign(
            Level.WRONG, "work", f"{run} asks: {run.message}", "Answer in the admin."
        )


def _budgets() -> Iterator[Sign]:
    for budget in CallBudget.objects.all():
        slots, limit = windows.belief(budget).slots, windows.limit_of(budget)
        shut = windows.shut_for(budget) or admit(slots, limit, time.time(), True)
        # A window of seconds is spent all the time, and open again at once.
        if shut > PATIENCE.total_seconds():
            yield Sign(
                Level.WRONG,
                f"{budget.platform} {budget.account}",
                f"All {budget.allowed} calls are spent for {shut / 60:.0f} min.",
                "Read less often (Route: every), or ask the platform for more.",
            )
