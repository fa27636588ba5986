"""Reads of a retry: one run for many things of a list, not one for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from integration.canonical.kinds import Kind
from integration.contract.messages import Again, Changed, Selection, These
from integration.engine import reread
from integration.engine.selection import ask, from_json
from integration.models import Connection, Priority, Run, RunState
from integration.models.run import CLAIMABLE_RUNS
from synclog.models import LIVE_ERRORS, Retry, SyncError

CAUSE = "retry"
# Things that one run is asked for.
AT_ONCE = 500
# What a failed read of a list is filed under (see `setback.stream_name`).
LIST = "stream "


def read(retry: Retry) -> None:
    """Ask for what could not be read; each problem is told which run looks at it."""
    unread = retry.errors.filter(delivery=None).select_related("connection", "run")
    things: dict[tuple[Connection, str], list[SyncError]] = defaultdict(list)
    nothing: list[int] = []
    for error in unread.defer("message", "hint"):
        if error.kind == Kind.SETTING:
            nothing += [] if _list_again(error) else [error.pk]
        else:
            things[(error.connection, _sort(error))].append(error)
    for (connection, _), errors in things.items():
        if not _things_again(connection, errors):
            nothing += [error.pk for error in errors]
    for begin in range(0, len(nothing), AT_ONCE):
        some = nothing[begin : begin + AT_ONCE]
        SyncError.everywhere.filter(pk__in=some).update(retry=None)


def _sort(error: SyncError) -> str:
    """What may be asked for together: a kind, or the entries of one list."""
    if error.kind == Kind.LOOKUP:
        return f"{error.kind} {error.external_id.partition(' ')[0]}"
    return error.kind


def _list_again(error: SyncError) -> bool:
    """A whole list that could not be read: the same read once more."""
    stream = error.external_id.removeprefix(LIST)
    if stream == error.external_id:
        return False
    run = error.run
    if run is not None and run.state in CLAIMABLE_RUNS:
        Run.everywhere.filter(pk=run.pk).update(not_before=timezone.now())
        return True
    selection = from_json(run.selection) if run else Changed()
    run, _ = ask(
        error.connection, stream, selection, cause=CAUSE, priority=Priority.MANUAL
    )
    SyncError.everywhere.filter(pk=error.pk).update(run=run)
    return True


def _things_again(connection: Connection, errors: Sequence[SyncError]) -> bool:
    """Ask for these things of one sort; False where the platform cannot be asked."""
    sample = errors[0]
    looks = reread.looks(connection, sample.kind, sample.external_id)
    for stream, selection in looks:
        if isinstance(selection, Changed):
            _ask(connection, stream.key, selection)
            continue
        for some, ids in _batches(errors):
            several = These(ids) if isinstance(selection, These) else Again(ids)
            run = _ask(connection, stream.key, several)
            SyncError.everywhere.filter(pk__in=some).update(run=run)
    return bool(looks)


def _batches(
    errors: Sequence[SyncError],
) -> Iterator[tuple[list[int], tuple[str, ...]]]:
    for begin in range(0, len(errors), AT_ONCE):
        some = errors[begin : begin + AT_ONCE]
        ids = {
            error.external_id.partition(" ")[2]
            if error.kind == Kind.LOOKUP
            else error.external_id: None
            for error in some
        }
        yield [error.pk for error in some], tuple(ids)


def _ask(connection: Connection, stream: str, selection: Selection) -> Run:
    run, _ = ask(connection, stream, selection, cause=CAUSE, priority=Priority.MANUAL)
    return run


def call_off(untried: QuerySet[SyncError], retry: Retry) -> int:
    """Runs that have not begun and that nobody else's problem waits for."""
    queued = Run.everywhere.filter(
        pk__in=untried.filter(delivery=None).values("run"),
        state=RunState.QUEUED,
        cause=CAUSE,
    )
    others = SyncError.everywhere.filter(
        state__in=LIVE_ERRORS, retry__isnull=False, retry__cancelled_at=None
    ).exclude(retry=retry)
    queued = queued.exclude(pk__in=others.filter(run__isnull=False).values("run"))
    count = untried.filter(delivery=None, run__in=queued).count()
    queued.update(state=RunState.CANCELLED, ended_at=timezone.now(), message="Stopped.")
    return count
