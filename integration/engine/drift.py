"""What people changed on a platform we write to: told where it breaks a link, put back
where the route says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from integration.canonical.kinds import FACETS
from integration.canonical.record import Record as Canonical
from integration.contract.connector import Stream
from integration.engine.apart import APART
from integration.engine.detect import Bundle
from integration.engine.identity import Identities, name_of
from integration.engine.intake import Intake
from integration.engine.owe import Owed, plan
from integration.models import Connection, Drift, MatchKey, Priority, Route
from integration.models.record import normalised
from synclog import journal
from synclog.journal import Problem


class LostKey(NamedTuple):
    """A thing that is no longer known there by the key it was linked with."""

    thing: Canonical
    name: str
    value: str


def watching(connection: Connection, stream: Stream) -> list[Route]:
    """The routes that write what this stream shows."""
    routes = Route.everywhere.filter(
        target=connection, enabled=True, kind__in=stream.kinds
    )
    return list(routes.select_related("source", "target"))


def notice(intake: Intake, bundles: Sequence[Bundle], found: Identities) -> None:
    """Look at a page of a connection that routes write to, before its keys are stored.

    Our own echoes are none of this.
    """
    if intake.cause == "echo":
        return
    for route in intake.inbound:
        edited = [
            thing
            for bundle in bundles
            for thing in bundle.things
            if thing.kind == route.kind
            and thing.kind in bundle.changed
            and _ours(found, thing)
        ]
        lost = _lost_keys(intake, found, edited)
        _tell(intake, route, found, lost)
        restore = route.on_drift == Drift.RESTORE
        _put_back(intake, route, found, edited if restore else [k.thing for k in lost])


def _ours(found: Identities, thing: Canonical) -> bool:
    """Whether we ever wrote it there."""
    link = found.links.get(name_of(thing))
    return link is not None and bool(link.sent)


def _lost_keys(
    intake: Intake, found: Identities, edited: Sequence[Canonical]
) -> list[LostKey]:
    # A facet has no key: those of its record are its owner's.
    records = {
        found.records[name_of(thing)].pk: thing
        for thing in edited
        if thing.kind not in FACETS
    }
    before = MatchKey.everywhere.filter(
        connection=intake.connection, record__in=records
    ).exclude(name=APART)
    return [
        LostKey(records[key.record_id], key.name, key.value)
        for key in before
        if normalised(records[key.record_id].keys().get(key.name, "")) != key.value
    ]


def _tell(
    intake: Intake, route: Route, found: Identities, lost: Sequence[LostKey]
) -> None:
    journal.open_problems(
        intake.connection,
        [
            Problem(
                kind=route.kind,
                external_id=key.thing.external_id,
                code="key_changed",
                field=key.name,
                message=f"The {key.name} of {key.thing.label} was changed in "
                f"{intake.connection}; it was {key.value}.",
                hint=f"{route.source} knows it by that: Weft puts it back.",
                who="clock",
                label=key.thing.label,
                record_id=found.records[name_of(key.thing)].pk,
            )
            for key in lost
        ],
        run=intake.run,
        at=intake.now,
    )


def _put_back(
    intake: Intake, route: Route, found: Identities, things: Sequence[Canonical]
) -> None:
    if things:
        plan(
            Owed(
                route=route,
                record_ids=[found.records[name_of(thing)].pk for thing in things],
                priority=Priority.CHANGED,
                cause="drift",
                now=intake.now,
                resend=True,
            )
        )
