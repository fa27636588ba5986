"""The sync log as programs report to it: a full sync begins, tells its problems bit by
bit, and ends.

What is reported stands beside what Weft finds by itself and never touches it: the code
of a reported problem begins with `PREFIX`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from integration.models import Connection, Link
from synclog import journal
from synclog.cleaning import clean
from synclog.models import LIVE_ERRORS, ErrorState, SyncError, SyncLog
from synclog.problem import LIMITS, Problem

PREFIX = "reported:"
# Characters of a reported code; with the prefix it fills the column.
LONGEST_CODE = LIMITS["code"] - len(PREFIX)
# Problems one report may tell, and ids it may call solved.
MOST = 5_000


class Report(NamedTuple):
    """One thing that did not arrive, by its id on the platform, and why."""

    external_id: str
    code: str
    message: str
    field: str = ""


def begin(
    connection: Connection,
    kind: str,
    reports: Sequence[Report],
    *,
    started: datetime | None,
    last_full: datetime | None,
) -> tuple[SyncLog, bool]:
    """A full sync has begun: earlier reports are over, both times are as told (None
    clears them). The log, and whether it is new."""
    with transaction.atomic():
        log, made = SyncLog.everywhere.update_or_create(
            connection=connection,
            data_type=kind,
            defaults={"started_at": started, "last_full_at": last_full},
            create_defaults={
                "tenant_id": connection.tenant_id,
                "started_at": started,
                "last_full_at": last_full,
            },
        )
        _over(errors(connection, kind), "report")
        _open(connection, kind, reports)
    return log, made


def add(
    connection: Connection,
    kind: str,
    reports: Sequence[Report],
    resolved: Collection[str],
    last_full: datetime | None,
) -> SyncLog | None:
    """More of a sync: problems, ids that went well, and with `last_full` its end. A
    later problem of one thing takes the place of the former. None: nothing has begun.
    """
    with transaction.atomic():
        found = SyncLog.everywhere.select_for_update().filter(
            connection=connection, data_type=kind
        )
        log = found.first()
        if log is None or not recorded(log):
            return None
        if resolved:
            _over(_of(connection, kind, resolved), "sync")
        _replace(connection, kind, reports)
        _stamp(log, last_full)
    return log


def recorded(log: SyncLog) -> bool:
    """Whether a full sync of it was ever told of."""
    return log.started_at is not None or log.last_full_at is not None


def read(connection: Connection, kind: str) -> SyncLog | None:
    """The log of a kind; None before any full sync."""
    logs = SyncLog.everywhere.filter(connection=connection, data_type=kind)
    log = logs.first()
    return log if log is not None and recorded(log) else None


def errors(connection: Connection, kind: str | None = None) -> QuerySet[SyncError]:
    """What was reported and is not over."""
    found = SyncError.everywhere.filter(
        connection=connection, code__startswith=PREFIX, state__in=LIVE_ERRORS
    )
    return found if kind is None else found.filter(kind=kind)


def forget(connection: Connection) -> None:
    """Whoever reported has left: its logs go, and what it told is over."""
    with transaction.atomic():
        SyncLog.everywhere.filter(connection=connection).delete()
        _over(errors(connection), "gone")
        journal.audit(connection.tenant_id, "sync_log_deleted", str(connection))


def _stamp(log: SyncLog, last_full: datetime | None) -> None:
    """The end of the full sync; what comes after one, and ends none, is a partial."""
    if last_full is not None:
        journal.full_stamped(log.connection, log.data_type, last_full)
        log.refresh_from_db(fields=["last_full_at"])
        return
    begun, ended = log.started_at, log.last_full_at
    if begun is None or (ended is not None and ended >= begun):
        at = timezone.now()
        journal.read_done(log.connection, [log.data_type], full=False, at=at)
        log.last_partial_at = at


def _of(
    connection: Connection, kind: str, external_ids: Collection[str]
) -> QuerySet[SyncError]:
    limit = LIMITS["external_id"]
    named = {clean(each, limit) for each in external_ids}
    return errors(connection, kind).filter(external_id__among=named)


def _over(chosen: QuerySet[SyncError], by: str) -> None:
    chosen.update(state=ErrorState.RESOLVED, resolved_by=by, resolved_at=timezone.now())


def _replace(connection: Connection, kind: str, reports: Sequence[Report]) -> None:
    """Open these; what the same things were reported for before is over, unless it is
    the same problem: that is counted."""
    if not reports:
        return
    now = {
        clean(each.external_id, LIMITS["external_id"]): _way(each) for each in reports
    }
    former = _of(connection, kind, now).values_list(
        "pk", "external_id", "code", "field"
    )
    other = [pk for pk, of, code, field in former if now.get(of) != (code, field)]
    if other:
        _over(errors(connection, kind).filter(pk__among=other), "report")
    _open(connection, kind, reports)


def _way(report: Report) -> tuple[str, str]:
    return (
        clean(PREFIX + report.code, LIMITS["code"]),
        clean(report.field, LIMITS["field"]),
    )


def _open(connection: Connection, kind: str, reports: Sequence[Report]) -> None:
    known = {
        external_id: (record, label)
        for external_id, record, label in Link.everywhere.filter(
            connection=connection,
            kind=kind,
            external_id__among=[each.external_id for each in reports],
        ).values_list("external_id", "record_id", "record__label")
    }
    problems = []
    for each in reports:
        record, label = known.get(each.external_id, (None, ""))
        code, field = _way(each)
        problems.append(
            Problem(
                kind=kind,
                external_id=each.external_id,
                code=code,
                field=field,
                message=each.message,
                label=label,
                record_id=record,
            )
        )
    journal.open_problems(connection, problems)
