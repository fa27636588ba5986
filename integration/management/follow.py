"""Follows runs and what they owe to the end, and works on them where nobody does."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from integration.contract import registry
from integration.engine import crashes, full, lease
from integration.jobs import tasks
from integration.models import (
    CallUsage,
    Connection,
    Delivery,
    DeliveryState,
    Route,
    Run,
)
from integration.models.connection import STOPPED
from integration.models.delivery import DUE_DELIVERIES, OPEN_DELIVERIES
from integration.models.run import CLAIMABLE_RUNS, COUNTERS
from synclog.models import ErrorState, SyncError

# Seconds between two looks while others work.
PACE = 0.5
# In somebody's hands, or on its way to be.
MOVING = (*DUE_DELIVERIES, DeliveryState.SENDING)


class Sync:
    """Some runs of one connection, their children, and the writes they led to."""

    def __init__(self, connection: Connection, runs: Sequence[Run]) -> None:
        self.connection = connection
        self.asked = [run.pk for run in runs]
        self.since = timezone.now()
        kinds = {
            kind
            for stream in {run.stream for run in runs}
            for kind in _kinds(connection, stream)
        }
        self.routes = Route.objects.for_tenant(connection.tenant_id).filter(
            source=connection, kind__in=kinds
        )
        self._calls_before = self._calls_made()

    def runs(self) -> QuerySet[Run]:
        """The runs asked for and what they passed on."""
        mine = Run.objects.for_tenant(self.connection.tenant_id)
        chosen = Q(pk__in=self.asked) | Q(parent__in=self.asked)
        return mine.filter(chosen).order_by("pk")

    def deliveries(self) -> QuerySet[Delivery]:
        """The writes of its routes that are open, or ended since."""
        mine = Delivery.objects.for_tenant(self.connection.tenant_id)
        current = Q(state__in=OPEN_DELIVERIES) | Q(ended_at__gte=self.since)
        return mine.filter(current, route__in=self.routes)

    def work(self, patience: float) -> Iterator[str]:
        """Work and wait until all is settled; a line whenever something moved.

        Ends sooner when nothing of it is due within `patience` seconds.
        """
        last = ""
        while True:
            worked = tasks.piece()
            full.settle(self.asked)
            line = self.progress()
            if line != last:
                yield line
            last = line
            if not self._moving(patience):
                return
            if not worked:
                lease.release_dead()
                crashes.recover()
                time.sleep(PACE)

    def progress(self) -> str:
        """Where it stands, in one line."""
        read = sum(self.runs().values_list("read", flat=True))
        reading = self.runs().filter(state__in=CLAIMABLE_RUNS).count()
        owed = self.deliveries().filter(state__in=MOVING).count()
        done = self.deliveries().filter(state=DeliveryState.DONE).count()
        lists = f", {reading} lists to go on with" if reading else ""
        return f"read {read}{lists}; writes: {done} done, {owed} to go"

    def waiting(self) -> list[tuple[str, int, datetime]]:
        """What is not settled: why it waits, how many, until when."""
        found: dict[str, list[datetime]] = {}
        for rows in (
            self.runs().filter(state__in=CLAIMABLE_RUNS),
            self.deliveries().filter(state__in=MOVING),
        ):
            for reason, due in rows.values_list("wait_reason", "not_before"):
                found.setdefault(reason or "its turn", []).append(due)
        return [(reason, len(dues), min(dues)) for reason, dues in found.items()]

    def written(self) -> Counter[str]:
        """How many writes ended in which way."""
        ended = self.deliveries().values_list("state", "done_by")
        return Counter(
            str(by or "written" if state == DeliveryState.DONE else state)
            for state, by in ended
        )

    def problems(self) -> QuerySet[SyncError]:
        """The open errors that these runs met, and those of what is still owed."""
        targets = self.routes.values("target")
        there = Q(connection=self.connection) | Q(connection__in=targets)
        mine = SyncError.objects.for_tenant(self.connection.tenant_id)
        owed = self.deliveries().filter(state__in=OPEN_DELIVERIES)
        met = Q(last_at__gte=self.since) | Q(delivery__in=owed)
        return mine.filter(there, met, state=ErrorState.OPEN).order_by("pk")

    def calls(self) -> int:
        """Calls made since on this connection and on those it writes to."""
        return self._calls_made() - self._calls_before

    def unaccounted(self) -> list[Run]:
        """Runs whose counters do not add up."""
        return [run for run in self.runs() if run.read != run.accounted]

    def counters(self) -> Counter[str]:
        """The counters of all runs together."""
        total: Counter[str] = Counter()
        for run in self.runs():
            total.update({name: getattr(run, name) for name in ("read", *COUNTERS)})
        return total

    def _calls_made(self) -> int:
        there = Q(connection=self.connection)
        there |= Q(connection__in=self.routes.values("target"))
        mine = CallUsage.objects.for_tenant(self.connection.tenant_id)
        return mine.filter(there).aggregate(made=Sum("calls"))["made"] or 0

    def _moving(self, patience: float) -> bool:
        """Whether something of it is in hand, or will be soon."""
        soon = timezone.now() + timedelta(seconds=patience)
        callable_soon = _callable(soon)
        runs = self.runs().filter(state__in=CLAIMABLE_RUNS)
        if runs.filter(not_before__lte=soon, connection__in=callable_soon).exists():
            return True
        moving = self.deliveries().filter(state__in=MOVING)
        due = Q(not_before__lte=soon, route__target__in=callable_soon)
        due &= Q(route__enabled=True)
        return moving.filter(Q(state=DeliveryState.SENDING) | due).exists()


def _callable(soon: datetime) -> QuerySet[Connection]:
    """Connections that are not stopped, their circuit closed by then."""
    return Connection.everywhere.filter(
        ~Q(health__in=STOPPED),
        Q(circuit_until=None) | Q(circuit_until__lte=soon),
        tenant__active=True,
    )


def _kinds(connection: Connection, stream: str) -> tuple[str, ...]:
    declared = registry.connector(connection.platform).stream(stream)
    return tuple(str(kind) for kind in declared.all_kinds)
