"""Reads a person asks for: of some links, of a whole connection, or of one route."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.contrib.auth.models import User

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.contract.connector import Connector, CursorType, Stream
from integration.contract.messages import (
    Again,
    Changed,
    Everything,
    Oldest,
    Selection,
    These,
)
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
    run = None
    for stream, selection in looks(connection, kind, external_id):
        run = _asked(connection, [stream], selection)[0]
    return run


def looks(
    connection: Connection, kind: str, external_id: str
) -> list[tuple[Stream, Selection]]:
    """What to ask for one thing: the row itself where it can be asked for, else what
    its list tells anew and what is stored of it; and where its stock stands."""
    connector = registry.connector(connection.platform)
    if kind == Kind.LOOKUP:
        # Filed after its list, for ids of several lists meet (see `Intake.filed`).
        key, _, external_id = external_id.partition(" ")
        streams = [each for each in connector.streams if each.key == key]
    else:
        streams = [each for each in connector.streams if each.main == kind]
    for stream in streams if external_id else ():
        told = _told_by(connector, stream)
        parts: list[tuple[Stream, Selection]] = [(each, Changed()) for each in told]
        if stream.fetchable:
            return [*parts, (stream, These((external_id,)))]
        if stream.parts:
            return [*parts, (stream, Changed()), (stream, Again((external_id,)))]
    return []


def _told_by(connector: Connector, stream: Stream) -> list[Stream]:
    """The lists of a list's parts that can tell what is new and cannot wait."""
    found = map(connector.stream, stream.hurry or stream.parts)
    return [part for part in found if part.cursor != CursorType.NONE and part != stream]


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

    A full read is for the route's target: others are owed only what it finds changed,
    and no sale that is older than their route.
    """
    streams = _streams(chosen.source, {chosen.kind}, selection)
    journal.audit(chosen.tenant_id, _verb(selection), str(chosen), user=user)
    limit_to = chosen.target if isinstance(selection, Everything) else None
    return _asked(chosen.source, streams, selection, limit_to)


def _streams(
    source: Connection, kinds: Collection[str], selection: Selection
) -> list[Stream]:
    connector = registry.connector(source.platform)
    wanted = {Kind(kind) for kind in kinds}
    streams = [stream for stream in connector.streams if set(stream.kinds) & wanted]
    if isinstance(selection, Oldest):
        return [stream for stream in streams if stream.fetchable]
    # Entries change seldom: their lists are read where all is.
    parts = [
        part
        for kind in wanted
        for part in connector.parts_of(kind)
        if isinstance(selection, Everything) or not part.lookup
    ]
    return list(dict.fromkeys([*parts, *streams]))


def _asked(
    source: Connection,
    streams: Iterable[Stream],
    selection: Selection,
    limit_to: Connection | None = None,
) -> list[Run]:
    """A full read keeps its own place in the queue; a short one does not wait. Lists
    without things of their own owe nothing to anybody."""
    priority = None if isinstance(selection, Everything) else Priority.MANUAL
    runs = []
    for stream in streams:
        owing = stream.main != Kind.LOOKUP
        everything = isinstance(selection, Everything)
        run, _ = ask(
            source,
            stream.key,
            Everything() if everything and not owing else selection,
            cause="manual",
            priority=priority,
            limit_to=limit_to if owing else None,
        )
        runs.append(run)
    return runs


def _verb(selection: Selection) -> str:
    if isinstance(selection, Everything):
        return "sent_everything_again" if selection.resend else "read_everything"
    return "read_oldest" if isinstance(selection, Oldest) else "sync_now"
