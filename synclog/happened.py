"""What happened, told as events to whoever listens: called where it happens, once per
page or batch, in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from integration.canonical.kinds import Kind
from integration.models import Connection, Delivery, Run, RunState
from synclog import events
from synclog.cleaning import clean
from synclog.events import Data, Happening
from synclog.models import ErrorState, SyncError

# Items an event names; the rest is counted.
NAMED = 50
IN_THE_BOOKS = (Kind.INVOICE, Kind.CREDIT_NOTE)
COUNTED = ("read", "created", "updated", "unchanged", "skipped", "failed", "calls")


class Posted(NamedTuple):
    """A sale that arrived: what was owed, and its id on the target."""

    delivery: Delivery
    external_id: str


def errors_opened(
    connection: Connection, fresh: Collection[SyncError], at: datetime
) -> None:
    """These problems were stored as new at this moment; one another process was faster
    with is its to tell."""
    endpoints = events.listening([connection.tenant_id], ["error.opened"])
    if not endpoints:
        return
    rows = SyncError.everywhere.filter(
        connection=connection,
        state=ErrorState.OPEN,
        first_at=at,
        kind__in={error.kind for error in fresh},
        external_id__in={error.external_id for error in fresh},
    ).order_by("pk")
    told = _by_group(connection, list(rows), "error.opened")
    events.owe(endpoints, told, at)


def errors_resolved(tenant_id: int, at: datetime) -> None:
    """The merchant's problems that were resolved at this very moment."""
    endpoints = events.listening([tenant_id], ["error.resolved"])
    if not endpoints:
        return
    rows = SyncError.everywhere.filter(
        tenant=tenant_id, state=ErrorState.RESOLVED, resolved_at=at
    ).select_related("connection")
    by_connection: dict[Connection, list[SyncError]] = defaultdict(list)
    for error in rows.order_by("pk"):
        by_connection[error.connection].append(error)
    for connection, errors in by_connection.items():
        told = _by_group(connection, errors, "error.resolved")
        events.owe(endpoints, told, at)


def _by_group(
    connection: Connection, errors: Iterable[SyncError], name: str
) -> list[Happening]:
    """One event for the problems that share kind, code and field."""
    groups: dict[str, list[SyncError]] = defaultdict(list)
    for error in errors:
        groups[error.group].append(error)
    return [
        Happening(name, str(like[0].pk), _problem(connection, like, name))
        for like in groups.values()
    ]


def _problem(connection: Connection, like: list[SyncError], name: str) -> Data:
    first = like[0]
    more = (
        {"hint": first.hint, "who": first.who}
        if name == "error.opened"
        else {"resolved_by": first.resolved_by}
    )
    return {
        "connection": account(connection),
        "kind": first.kind,
        "code": first.code,
        "field": first.field,
        "count": len(like),
        "items": [
            {
                "external_id": error.external_id,
                "name": error.label,
                "message": error.message,
            }
            for error in like[:NAMED]
        ],
        **more,
    }


def posted(connection: Connection, sales: Collection[Posted], at: datetime) -> None:
    """These sales arrived on this connection."""
    endpoints = events.listening(
        [connection.tenant_id], ["order.posted", "invoice.posted"]
    )
    if endpoints:
        told = [_sale(connection, each) for each in sales]
        events.owe(endpoints, told, at)


def _sale(connection: Connection, sale: Posted) -> Happening:
    delivery = sale.delivery
    in_books = delivery.kind in IN_THE_BOOKS
    data = {
        "connection": account(connection),
        "kind": str(delivery.kind),
        "record": str(delivery.record.uid),
        "name": delivery.record.label,
        "external_id": sale.external_id,
        "action": str(delivery.action),
    }
    subject = f"{delivery.pk}:{delivery.intent}"
    return Happening("invoice.posted" if in_books else "order.posted", subject, data)


def runs_ended(ended: Collection[Run], at: datetime) -> None:
    """These reads may have ended just now: told as they stand in the database."""
    if not ended:
        return
    endpoints = events.listening(
        {run.tenant_id for run in ended},
        ["run.finished", "run.failed", "full_sync.finished"],
    )
    if not endpoints:
        return
    rows = Run.everywhere.filter(
        pk__in=[run.pk for run in ended], state__in=(RunState.DONE, RunState.FAILED)
    )
    for run in rows.select_related("connection"):
        mine = [each for each in endpoints if each.tenant_id == run.tenant_id]
        events.owe(mine, _run(run), at)


def _run(run: Run) -> list[Happening]:
    data: Data = {
        "connection": account(run.connection),
        "run": run.pk,
        "list": run.stream,
        "cause": run.cause,
        "full": run.everything,
        "started_at": events.moment(run.started_at),
        "ended_at": events.moment(run.ended_at),
        **{name: getattr(run, name) for name in COUNTED},
        "message": clean(run.message, 1_000),
    }
    if run.state == RunState.FAILED:
        return [Happening("run.failed", str(run.pk), data)]
    full = [Happening("full_sync.finished", str(run.pk), data)]
    return [Happening("run.finished", str(run.pk), data), *(full * run.everything)]


def connection_lost(connection: Connection, episode: int, at: datetime) -> None:
    """Its credentials are refused, for the so-manyeth time."""
    data = {"problem": clean(connection.problem, 1_000)}
    _health(connection, "connection.lost", episode, data, at)


def connection_back(connection: Connection, episode: int, at: datetime) -> None:
    """They are accepted again, after the loss of that number."""
    _health(connection, "connection.back", episode, {}, at)


def _health(
    connection: Connection, name: str, episode: int, more: Data, at: datetime
) -> None:
    endpoints = events.listening([connection.tenant_id], [name])
    data = {"connection": account(connection), **more}
    events.owe(endpoints, [Happening(name, f"{connection.pk}:{episode}", data)], at)


def account(connection: Connection) -> dict[str, Any]:
    """A connection as the events name it."""
    return {
        "id": str(connection.uid),
        "platform": connection.platform,
        "name": clean(connection.label, 200),
    }
