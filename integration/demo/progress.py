"""What the demonstration says while it works, and how it waits for Weft to settle."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from django.db.models import Sum
from django.utils import timezone

from integration.jobs import tasks
from integration.models import Delivery, DeliveryState, Run, Tenant
from integration.models.run import ACTIVE_RUNS
from synclog.models import SyncError
from synclog.models.error import ErrorState

BUSY = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNKNOWN)
# Seconds between two looks, and without any progress before giving up.
LOOK = 0.5
PATIENCE = 180
# Seconds between two looks of Weft at what is due by time; a minute in life.
TICK = 1


class Stuck(RuntimeError):
    """Nothing happened for too long."""


class Teller:
    """Writes lines a person can follow."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.begun = self._ticked = time.monotonic()

    def say(self, text: str) -> None:
        """One line, with the seconds since the start."""
        print(f"[{time.monotonic() - self.begun:5.1f} s] {text}", file=self.out)
        self.out.flush()

    def seconds(self) -> float:
        """Since the start."""
        return round(time.monotonic() - self.begun, 1)

    def title(self, text: str) -> None:
        """A new act."""
        print(f"\n{text}\n{'-' * len(text)}", file=self.out)
        self.out.flush()

    def until(self, done: Callable[[], bool], show: Callable[[], str]) -> None:
        """Wait, showing what changes; Stuck where nothing does for too long."""
        self.watch(lambda: (done(), show()))

    def watch(self, look: Callable[[], tuple[bool, str]]) -> None:
        """`until` with one look at both: whether it is done, and what to show."""
        shown, changed = "", time.monotonic()
        while True:
            done, text = look()
            if text != shown:
                self.say(text)
                shown, changed = text, time.monotonic()
            if done:
                return
            if time.monotonic() - changed > PATIENCE:
                raise Stuck(f"nothing has happened for {PATIENCE} s: {text}")
            self.rest(LOOK)

    def rest(self, seconds: float) -> None:
        """Wait; Weft's clock, which looks once a minute, is made to tick faster."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if time.monotonic() > self._ticked + TICK:
                tasks.tick()
                self._ticked = time.monotonic()
            time.sleep(min(seconds, LOOK))


def settled(tenant: Tenant) -> bool:
    """Whether Weft has nothing left to do for this merchant right now."""
    reading = Run.objects.for_tenant(tenant).filter(state__in=ACTIVE_RUNS)
    owed = Delivery.objects.for_tenant(tenant).filter(
        state__in=BUSY, not_before__lte=timezone.now()
    )
    unsure = Delivery.objects.for_tenant(tenant).filter(state__in=BUSY[1:])
    return not (reading.exists() or owed.exists() or unsure.exists())


def standing(tenant: Tenant) -> str:
    """Where things stand, in one line."""
    runs = Run.objects.for_tenant(tenant).aggregate(read=Sum("read"))["read"] or 0
    deliveries = Delivery.objects.for_tenant(tenant)
    done = deliveries.filter(state=DeliveryState.DONE).count()
    errors = SyncError.objects.for_tenant(tenant)
    open_now = errors.filter(state=ErrorState.OPEN).count()
    owed = deliveries.filter(state__in=BUSY).count()
    return (
        f"{runs:,} rows read, {done:,} writes confirmed, {owed:,} owed, "
        f"{open_now} open errors"
    )
