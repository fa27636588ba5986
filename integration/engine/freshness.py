"""How fresh what we know is: when each list was last read to its end, whether that is
too long ago, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.contract import registry
from integration.engine import schedule
from integration.models import Connection, Run, RunState
from integration.models.connection import STOPPED
from integration.models.run import CLAIMABLE_RUNS
from synclog.saying import said

# A list is late when it was not read for one cadence and a half and this much more, in
# which a worker may be busy with something else.
GRACE = timedelta(minutes=5)
LATE = 1.5
# Reads that bring a list up to date; the others look at a part of it.
WHOLE = ("Changed", "Everything")
READ = (RunState.SETTLING, RunState.DONE)
# Runs that ended well are kept for seven days (see `housekeeping`).
LOOK_BACK = timedelta(days=8)
WAITS = {
    "budget": gettext_lazy("waits for calls until %(due)s"),
    "throttle": gettext_lazy("was told to slow down, goes on at %(due)s"),
    "credentials": gettext_lazy("waits for new credentials"),
    "platform": gettext_lazy("the platform prepares it, next look at %(due)s"),
    "after": gettext_lazy("waits for another list"),
}


class Fresh(NamedTuple):
    """One list of a connection, read every `every` seconds; `why` it is not fresher."""

    connection: Connection
    stream: str
    every: int
    last: datetime | None
    now: datetime
    why: str = ""

    @property
    def late(self) -> bool:
        """Whether it was read too long ago, or never."""
        due = timedelta(seconds=self.every * LATE) + GRACE
        return self.last is None or self.now - self.last > due

    def words(self) -> str:
        """As people read it: "late: last read 5 h ago, every 2 h; waits for calls"."""
        last = lasting(self.now - self.last) + " ago" if self.last else "never"
        told = f"read {last}, every {lasting(self.every)}"
        if not self.late:
            return told
        return f"late: last {told}" + (f"; {self.why}" if self.why else "")


def of(connections: Sequence[Connection], now: datetime) -> dict[int, list[Fresh]]:
    """The lists of these connections that are read by the clock, by connection.

    Three statements, however many connections there are.
    """
    asked = schedule.wanted(schedule.enabled())
    keys = [connection.pk for connection in connections]
    last, standing = _read(keys), _standing(keys, now)
    found: dict[int, list[Fresh]] = {}
    for connection in connections:
        connector = registry.connectors().get(connection.platform)
        if connector is None:
            continue
        lists = []
        for stream in connector.streams:
            due = schedule.cadence(connector, stream, asked[connection.pk])
            place = (connection.pk, stream.key)
            if due.every and not due.watch:
                why = _why(connection, standing.get(place, ()), now)
                lists.append(
                    Fresh(connection, stream.key, due.every, last.get(place), now, why)
                )
        found[connection.pk] = lists
    return found


def late(connections: Sequence[Connection], now: datetime) -> list[Fresh]:
    """Those of their lists that are late, the longest waiting first."""
    lists = [each for found in of(connections, now).values() for each in found]
    # One that was never read stands before all others.
    begin = datetime.min.replace(tzinfo=now.tzinfo)
    return sorted(
        (each for each in lists if each.late), key=lambda each: each.last or begin
    )


def lasting(time: timedelta | int) -> str:
    """A length of time, or so many seconds, in words: "40 s", "15 min", "3 days"."""
    seconds = time if isinstance(time, int) else int(time.total_seconds())
    for size, name in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds == size and size < 86_400):
            return f"{seconds // size} {name}"
    return f"{seconds} s"


def _read(keys: Iterable[int]) -> Mapping[tuple[int, str], datetime]:
    """When each list was last read to its end."""
    runs = Run.everywhere.filter(
        connection__in=keys, state__in=READ, selection__type__in=WHOLE
    )
    ended = Max(Coalesce("ended_at", "progress_at", "created_at"))
    rows = runs.order_by().values("connection_id", "stream").annotate(last=ended)
    return {(row["connection_id"], row["stream"]): row["last"] for row in rows}


def _standing(
    keys: Iterable[int], now: datetime
) -> Mapping[tuple[int, str], Sequence[Run]]:
    """What is to be read, asks or has failed lately, by list, newest first."""
    open_now = Q(state__in=(*CLAIMABLE_RUNS, RunState.HELD))
    failed = Q(state=RunState.FAILED, ended_at__gte=now - LOOK_BACK)
    runs = Run.everywhere.filter(
        open_now | failed, connection__in=keys, selection__type__in=WHOLE
    ).order_by("-created_at")
    found: dict[tuple[int, str], list[Run]] = defaultdict(list)
    for run in runs.defer("selection", "resume"):
        found[run.connection_id, run.stream].append(run)
    return found


def _why(connection: Connection, runs: Sequence[Run], now: datetime) -> str:
    """What keeps a list from being read."""
    if connection.health in STOPPED:
        state = _(connection.get_health_display()).lower()
        return f"{state}. {said(connection.problem)}".strip(" .")
    if connection.circuit_until and connection.circuit_until > now:
        due = {"due": _clock(connection.circuit_until)}
        return _("left alone until %(due)s") % due
    waiting = [run for run in runs if run.state in CLAIMABLE_RUNS and run.wait_reason]
    for run in waiting:
        if run.wait_reason in WAITS:
            return WAITS[run.wait_reason] % {"due": _clock(run.not_before)}
    for run in runs:
        if run.state == RunState.HELD:
            return _("held: it asks before it goes on")
        if run.state == RunState.FAILED or run.wait_reason:
            return _("failing: %(why)s") % {"why": said(run.message)}
    return _("its turn has not come") if runs else ""


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC"
