"""The journal: the one writer of sync logs, errors and the audit.

Set-based: a call costs the same few statements for one item as for hundreds
(SQLite takes about fifty new problems per INSERT).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from integration.canonical.kinds import Kind
from integration.models import Connection, Record, Run, Tenant
from integration.models.trace import current
from synclog import happened
from synclog.cleaning import clean, without_secrets
from synclog.models import LIVE_ERRORS, AuditEvent, ErrorState, SyncError, SyncLog
from synclog.models.error import Who, group_key
from synclog.problem import LIMITS, Problem, cleaned, describe

__all__ = [
    "Problem",
    "audit",
    "close_former",
    "close_problems",
    "describe",
    "fact_changed",
    "full_stamped",
    "open_problems",
    "read_done",
    "read_started",
]

# More than any page; keeps a statement's parameters within every database's limit.
CHUNK = 1_000
# What a repeated problem may tell anew.
TOLD_ANEW = ("label", "message", "hint", "who", "record_id", "delivery_id")
Key = tuple[str, str, str, str]


def open_problems(
    connection: Connection,
    problems: Sequence[Problem],
    *,
    run: Run | None = None,
    at: datetime | None = None,
) -> None:
    """Open each problem, or count it up where the same one is live already.

    The same: kind, external id, code and field. One that a person ignores is counted
    and stays ignored, unless that was until the item changes, and it has changed.
    """
    at = at or timezone.now()
    unique = {_key(problem): problem for problem in map(cleaned, problems)}
    for chunk in _chunks(unique.values()):
        live = _live(connection, chunk)
        known = [
            (live[_key(problem)], problem) for problem in chunk if _key(problem) in live
        ]
        if known:
            _count_up(known, run, at)
        fresh = [problem for problem in chunk if _key(problem) not in live]
        if fresh:
            _open(connection, [_opened(connection, each, run, at) for each in fresh])


def _open(connection: Connection, errors: Sequence[SyncError]) -> None:
    with transaction.atomic(savepoint=False):
        SyncError.everywhere.bulk_create(errors, ignore_conflicts=True)
        happened.errors_opened(connection, errors, errors[0].first_at)


def close_problems(
    connection: Connection,
    *,
    kind: str | None = None,
    external_ids: Collection[str] | None = None,
    record_ids: Collection[int] | None = None,
    by: str,
    keep_codes: Collection[str] = (),
    at: datetime | None = None,
) -> int:
    """Close the live problems that all given limits fit; how many those were.

    `by` is "sync" (the item succeeded), "person" or "gone". None means no limit; an
    empty collection fits nothing. Ignored ones close too: what fails after a success
    is a new problem.
    """
    chosen = SyncError.everywhere.filter(connection=connection, state__in=LIVE_ERRORS)
    if kind is not None:
        chosen = chosen.filter(kind=kind)
    if keep_codes:
        chosen = chosen.exclude(code__in=keep_codes)
    if record_ids is not None:
        chosen = chosen.filter(record__in=record_ids)
    if external_ids is not None:
        limit = LIMITS["external_id"]
        chosen = chosen.filter(
            external_id__among={clean(each, limit) for each in external_ids}
        )
    return _close(chosen, connection.tenant_id, by, at or timezone.now())


def _close(chosen: QuerySet[SyncError], tenant_id: int, by: str, at: datetime) -> int:
    with transaction.atomic(savepoint=False):
        closed = chosen.update(
            state=ErrorState.RESOLVED, resolved_by=by, resolved_at=at
        )
        if closed:
            happened.errors_resolved(tenant_id, at)
    return closed


def close_former(
    connection: Connection, problems: Sequence[Problem], at: datetime | None = None
) -> None:
    """Close what these deliveries failed by before: a write fails one way at a time.

    One statement for each code and field among the problems.
    """
    ways: dict[tuple[str, str], list[int]] = defaultdict(list)
    for problem in map(cleaned, problems):
        if problem.delivery_id is not None:
            ways[(problem.code, problem.field)].append(problem.delivery_id)
    at = at or timezone.now()
    for (code, field), deliveries in ways.items():
        former = SyncError.everywhere.filter(
            connection=connection, delivery__in=deliveries, state__in=LIVE_ERRORS
        ).exclude(code=code, field=field)
        _close(former, connection.tenant_id, "other", at)


def read_started(
    connection: Connection, kinds: Iterable[str], *, full: bool, at: datetime
) -> None:
    """Note the start of a full sync of these kinds; of a partial one nothing."""
    if full:
        _stamp(connection, kinds, "started_at", at)


def read_done(
    connection: Connection, kinds: Iterable[str], *, full: bool, at: datetime
) -> None:
    """Note the end of a partial sync; a full one ends with `full_stamped`."""
    if not full:
        _stamp(connection, kinds, "last_partial_at", at)


def full_stamped(connection: Connection, kind: str, at: datetime) -> bool:
    """Note the end of a full sync: all it owed is over. False: noted before."""
    SyncLog.everywhere.bulk_create(
        [
            SyncLog(
                tenant_id=connection.tenant_id, connection=connection, data_type=kind
            )
        ],
        ignore_conflicts=True,
    )
    return bool(
        SyncLog.everywhere.filter(
            Q(last_full_at=None) | Q(last_full_at__lt=at),
            connection=connection,
            data_type=kind,
        ).update(last_full_at=at)
    )


def audit(
    tenant: Tenant | int,
    verb: str,
    subject: str,
    *,
    user: User | None = None,
    before: Any = None,
    after: Any = None,
) -> AuditEvent:
    """Note who did what; secrets in `before` and `after` are masked.

    Where no person did it, a program that came in with a key may have.
    """
    trace = current()
    program = trace.actor if trace else ""
    event = AuditEvent(
        tenant_id=tenant.pk if isinstance(tenant, Tenant) else tenant,
        user=user,
        actor=clean(user.get_username() if user else program, 150),
        verb=verb,
        subject=clean(subject, 300),
        before=without_secrets(before),
        after=without_secrets(after),
        address=(trace.address or None) if trace else None,
    )
    event.save()
    return event


def fact_changed(connection: Connection, name: str, before: Any, after: Any) -> None:
    """A platform changed a setting that data depends on: note it, tell the merchant."""
    audit(
        connection.tenant_id,
        "fact_changed",
        f"{connection}: {name}",
        before={name: before},
        after={name: after},
    )
    message = f"{connection} changed its {name}: it was {before}, now it is {after}."
    hint = "If this was meant, check the prices there and mark this as solved."
    problem = Problem(
        Kind.SETTING, name, "fact_changed", name, message, hint, Who.CONNECTION, name
    )
    open_problems(connection, [problem])


def _key(row: Problem | SyncError) -> Key:
    return (row.kind, row.external_id, row.code, row.field)


def _chunks(problems: Iterable[Problem]) -> Iterator[list[Problem]]:
    rest = iter(problems)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _live(connection: Connection, problems: list[Problem]) -> dict[Key, SyncError]:
    found = SyncError.everywhere.filter(
        connection=connection,
        state__in=LIVE_ERRORS,
        kind__in={problem.kind for problem in problems},
        external_id__in={problem.external_id for problem in problems},
    ).only("kind", "external_id", "code", "field", "ignored_revision", *TOLD_ANEW)
    return {_key(error): error for error in found}


def _count_up(
    known: list[tuple[SyncError, Problem]], run: Run | None, at: datetime
) -> None:
    """One UPDATE for all: the count, and of the words those that differ."""
    changes: dict[str, Any] = {"count": F("count") + 1, "last_at": at}
    if run is not None:
        changes["run"] = run
    for name in TOLD_ANEW:
        differing = [
            When(pk=error.pk, then=Value(getattr(problem, name)))
            for error, problem in known
            if getattr(problem, name) not in (None, "", getattr(error, name))
        ]
        if differing:
            column: Any = SyncError._meta.get_field(name)
            stored_as = getattr(column, "target_field", column)
            changes[name] = Case(*differing, default=F(name), output_field=stored_as)
    if any(error.ignored_revision is not None for error, _ in known):
        changes |= _told_again()
    SyncError.everywhere.filter(
        pk__in=[error.pk for error, _ in known], state__in=LIVE_ERRORS
    ).update(**changes)


def _told_again() -> dict[str, Any]:
    """What reopens those that were ignored until their record changed, and it has:
    part of the same UPDATE, which looks the revision up itself."""
    record = Record.everywhere.filter(pk=OuterRef("record_id"))
    changed = When(
        state=ErrorState.IGNORED,
        ignored_revision__lt=Subquery(record.values("revision")[:1]),
        then=Value(ErrorState.OPEN.value),
    )
    untold = When(changed.condition, then=Value(None))
    moment = SyncError._meta.get_field("told_at")
    return {
        "state": Case(changed, default=F("state")),
        "told_at": Case(untold, default=F("told_at"), output_field=moment),
    }


def _opened(
    connection: Connection, problem: Problem, run: Run | None, at: datetime
) -> SyncError:
    return SyncError(
        tenant_id=connection.tenant_id,
        connection=connection,
        run=run,
        group=group_key(connection.pk, problem.kind, problem.code, problem.field),
        first_at=at,
        last_at=at,
        **problem._asdict(),
    )


def _stamp(
    connection: Connection, kinds: Iterable[str], field: str, at: datetime
) -> None:
    """Set one time on the logs of these kinds, made where missing: one statement."""
    rows = [
        SyncLog(
            tenant_id=connection.tenant_id,
            connection=connection,
            data_type=kind,
            **{field: at},
        )
        for kind in sorted(set(map(str, kinds)))
    ]
    SyncLog.everywhere.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=("connection", "data_type"),
        update_fields=(field,),
    )
