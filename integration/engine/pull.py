"""Pull: reads what a run names, page by page, each page one transaction.

Whatever the trigger, this is the road: read, store, owe, move the cursor.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from integration.contract.messages import (
    Again,
    Changed,
    Page,
    Selection,
    These,
)
from integration.engine import (
    first,
    full,
    lease,
    lookups,
    marks,
    setback,
    statistics,
    sweep,
    terms,
)
from integration.engine.gather import gathered
from integration.engine.intake import Intake, Sorted
from integration.engine.lease import Held
from integration.engine.select import pages
from integration.engine.selection import ask, from_json
from integration.engine.session import Session, stream_of
from integration.engine.store import store
from integration.errors import SyncFailure
from integration.models import Cursor, Run, RunState
from synclog import happened, journal

logger = logging.getLogger(__name__)

# A webhook may come before the platform's own read shows the thing: look again.
LOOK_AGAIN = (15, 60, 300)


def advance(run: Run, held: Held, until: float) -> None:
    """Read on from where a run stands until it ends or `until` (monotonic) has come.

    A failure puts the run back with the time of its next try; nothing is raised but
    what is a fault of Weft itself.
    """
    if first.waits(run, held):
        return
    session = Session(run.connection, priority=run.priority, run=run)
    try:
        _begin(run, held)
        if _read(run, session, held, until):
            _finish(run, held)
    except lease.Lost:
        logger.info("%s went on with another worker", run)
    except SyncFailure as failure:
        setback.of_run(run, held, failure)
    finally:
        run.calls += session.meter.calls
        Run.everywhere.filter(pk=run.pk).update(calls=run.calls)
        session.meter.write_down()


def _begin(run: Run, held: Held) -> None:
    """Fix where the read starts, once, so that a killed one goes on the same way."""
    if run.started_at is not None:
        return
    selection = from_json(run.selection)
    if isinstance(selection, Changed):
        cursor = Cursor.everywhere.filter(
            connection=run.connection, stream=run.stream
        ).first()
        run.since = selection.since or (cursor.value if cursor else "")
    run.started_at = timezone.now()
    Run.everywhere.filter(pk=run.pk, fence=held.fence).update(
        since=run.since, started_at=run.started_at
    )
    kinds = [str(kind) for kind in stream_of(run).kinds]
    journal.read_started(run.connection, kinds, full=run.everything, at=run.started_at)


def _read(run: Run, session: Session, held: Held, until: float) -> bool:
    """Store pages; True when the last one is stored."""
    if run.confirmed:
        # All pages were stored before it was held: only the sweep is left.
        return True
    stream = session.connector.stream(run.stream)
    selection = from_json(run.selection)
    reader = None if isinstance(selection, Again) else session.reader()
    intake = terms.of_run(run, session.connector.stream(run.stream), selection)
    read = pages(run.connection, stream, selection, run, reader, intake.reading.digest)
    for page in gathered(read):
        _take(run, page, held, replace(intake, now=timezone.now()), selection)
        if page.resume is None:
            return True
        if page.wait is not None or time.monotonic() >= until:
            _pause(run, held, page.wait or timedelta(0))
            return False
    return True


def _take(
    run: Run, page: Page, held: Held, intake: Intake, selection: Selection
) -> None:
    """One page, its cursor and its counts, together or not at all."""
    with lease.settling(held, run.tenant_id):
        found = store(intake, page.items)
        _children(run, found, selection)
        if intake.stream.ascending and isinstance(selection, Changed):
            marks.move(run, page.mark)
        _count(run, found.counts, page)
    statistics.after_page(run.created, found.counts["created"])


def _children(run: Run, found: Sorted, selection: Selection) -> None:
    """Fetch what came as a mere number, what could not be found yet, and the tables
    that lacked an entry."""
    if found.stubs:
        ids = tuple(raw.external_id for raw in found.stubs)
        cause = "missed" if run.selection["type"] == "Missing" else run.cause
        ask(run.connection, run.stream, These(ids), cause=cause, parent=run)
    lookups.look_up(run, found.unknown)
    absent = found.never_seen
    if isinstance(selection, These) and absent and run.attempts < len(LOOK_AGAIN):
        child, new = ask(
            run.connection,
            run.stream,
            These(tuple(absent)),
            cause=run.cause,
            delay=timedelta(seconds=LOOK_AGAIN[run.attempts]),
        )
        if new:
            Run.everywhere.filter(pk=child.pk).update(
                attempts=run.attempts + 1, wait_reason="not_found_yet"
            )


def _count(run: Run, counts: Counter[str], page: Page) -> None:
    run.resume = page.resume or ""
    run.mark = page.mark or run.mark
    for name, count in counts.items():
        setattr(run, name, getattr(run, name) + count)
    Run.everywhere.filter(pk=run.pk).update(
        resume=run.resume,
        mark=run.mark,
        progress_at=timezone.now(),
        wait_reason="",
        **{name: F(name) + count for name, count in counts.items()},
    )


def _pause(run: Run, held: Held, wait: timedelta) -> None:
    """Give the connection to others; the run goes on from its stored page."""
    Run.everywhere.filter(pk=run.pk, fence=held.fence).update(
        not_before=timezone.now() + wait,
        wait_reason="platform" if wait else "",
        fence=None,
    )


def _finish(run: Run, held: Held) -> None:
    """The last page is stored: sweep, move the cursor, count down or end."""
    with lease.settling(held, run.tenant_id):
        if run.everything and not sweep.sweep(run):
            return
        marks.move(run, run.mark)
        Run.everywhere.filter(pk=run.pk, fence=held.fence).update(
            **_end(run), fence=None, resume=""
        )
        kinds = [str(kind) for kind in stream_of(run).kinds]
        journal.read_done(run.connection, kinds, full=run.everything, at=timezone.now())
        happened.runs_ended([run], timezone.now())
    journal.close_problems(
        run.connection,
        kind="setting",
        external_ids=[setback.stream_name(run)],
        by="sync",
    )
    full.settle([run.pk])
    setback.over(run.connection)


def _end(run: Run) -> dict[str, Any]:
    """How a run leaves its reading: counters that do not add up make it red."""
    unaccounted = run.read - run.accounted
    if unaccounted:
        return {
            "state": RunState.FAILED,
            "ended_at": timezone.now(),
            "message": f"{unaccounted} of {run.read} rows are unaccounted for.",
        }
    if run.everything:
        return {"state": RunState.SETTLING}
    return {"state": RunState.DONE, "ended_at": timezone.now()}
