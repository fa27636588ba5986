"""Reads a person asks for: of some links, of a whole connection, or of one route."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.contrib.auth.models import User

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.contract.connector import Stream
from integration.contract.messages import Everything, Oldest, Selection, These
from integration.engine.selection import ask
from integration.models import Connection, Link, Priority, Route, Run
from synclog import journal

Person = User | None


def links(chosen: Iterable[Link], user: Person = None) -> list[Run]:
    """Read these things anew where these links know them."""
    runs: dict[int, Run] = {}
    for link in chosen:
        run = thing(link.connection, link.kind, link.external_id)
        if run is not None:
            runs[run.pk] = run
        journal.audit(link.tenant_id, "sync_now", str(link), user=user)
    return list(runs.values())


def thing(connection: Connection, kind: str, external_id: str) -> Run | None:
    """Read one thing anew; None where no list of the platform can be asked for it."""
    streams = registry.connector(connection.platform).streams
    for stream in streams:
        if stream.main == kind and stream.fetchable and external_id:
            selection = These((external_id,))
            return _asked(connection, [stream], selection)[0]
    return None


def connection(
    chosen: Connection, selection: Selection, user: Person = None
) -> list[Run]:
    """Read every list that routes from this connection need.

    A full read leaves the sales out: it would send on what was sold before the
    connection was made. Whoever wants that asks on the route.
    """
    routed = Route.everywhere.filter(source=chosen, enabled=True)
    kinds = set(routed.values_list("kind", flat=True))
    streams = _streams(chosen, kinds, selection)
    if isinstance(selection, Everything):
        streams = [stream for stream in streams if stream.main not in SALES]
    journal.audit(chosen.tenant_id, _verb(selection), str(chosen), user=user)
    return _asked(chosen, streams, selection)


def route(chosen: Route, selection: Selection, user: Person = None) -> list[Run]:
    """Read the lists that bring this route's kind.

    A full read owes nothing to other targets than the route's.
    """
    streams = _streams(chosen.source, {chosen.kind}, selection)
    journal.audit(chosen.tenant_id, _verb(selection), str(chosen), user=user)
    limit_to = chosen.target if isinstance(selection, Everything) else None
    return _asked(chosen.source, streams, selection, limit_to)


def _streams(
    source: Connection, kinds: Collection[str], selection: Selection
) -> list[Stream]:
    streams = [
        stream
        for stream in registry.connector(source.platform).streams
        if set(stream.kinds) & {Kind(kind) for kind in kinds}
    ]
    if isinstance(selection, Oldest):
        return [stream for stream in streams if stream.fetchable]
    return streams


def _asked(
    source: Connection,
    streams: Iterable[Stream],
    selection: Selection,
    limit_to: Connection | None = None,
) -> list[Run]:
    """A full read keeps its own place in the queue; a short one does not wait."""
    priority = None if isinstance(selection, Everything) else Priority.MANUAL
    return [
        ask(
            source,
            stream.key,
            selection,
            cause="manual",
            priority=priority,
            limit_to=limit_to,
        )[0]
        for stream in streams
    ]


def _verb(selection: Selection) -> str:
    if isinstance(selection, Everything):
        return "sent_everything_again" if selection.resend else "read_everything"
    return "read_oldest" if isinstance(selection, Oldest) else "sync_now"
