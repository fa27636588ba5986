"""What vanished from its source: noted, and told to the targets that must know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from integration.canonical.kinds import KEPT_WHEN_GONE, Kind
from integration.canonical.record import Record as Canonical
from integration.engine import lookups, parts
from integration.engine.detect import stamp
from integration.engine.identity import Name, name_of
from integration.engine.intake import Intake, body_of
from integration.engine.ladder import AMBIGUOUS
from integration.engine.maps import NO_PARTS, Parts
from integration.engine.owe import Owed, full_of, plan
from integration.errors import BadRecord
from integration.models import (
    Delivery,
    DeliveryState,
    Link,
    MatchKey,
    Policy,
    Record,
    Sighting,
)
from synclog import journal


def vanish(intake: Intake, keys: Sequence[int]) -> None:
    """Mark the sightings of these primary keys as gone, and owe what targets show.

    Customers and orders are noted only: nobody's order is cancelled by a short list.
    """
    chosen = Sighting.everywhere.filter(pk__among=keys)
    lost = list(chosen)
    chosen.update(gone_at=intake.now)
    parts.touch(intake, [sighting.owner for sighting in lost])
    lookups.retire(intake, {row.external_id: body_of(row) for row in lost})
    links = _links(intake, lost)
    Link.everywhere.filter(pk__in=[link.pk for link in links]).update(
        gone_at=intake.now
    )
    touched = {link.record_id: link.record for link in links}
    if touched:
        stamp(intake.connection.tenant_id, touched, {})
        Record.everywhere.filter(pk__in=touched).update(gone_at=intake.now)
    _owe(intake, links)
    _make_way(intake, list(touched))
    journal.close_problems(
        intake.connection,
        kind=intake.stream.main,
        external_ids=[intake.filed(sighting.external_id) for sighting in lost],
        by="gone",
    )


def _links(intake: Intake, lost: Sequence[Sighting]) -> list[Link]:
    names = set().union(*own_names(intake, lost).values())
    stored = Link.everywhere.filter(
        connection=intake.connection,
        kind__in={kind for kind, _ in names},
        external_id__in={external_id for _, external_id in names},
        gone_at=None,
    ).select_related("record")
    return [link for link in stored if (link.kind, link.external_id) in names]


def own_names(intake: Intake, rows: Sequence[Sighting]) -> dict[str, set[Name]]:
    """What each of these rows is, by its id: the thing itself, its parts and their
    facets; not the category it was filed under."""
    brought = parts.of(intake, ((row.external_id, row.owner) for row in rows))
    return {
        row.external_id: _names(intake, row, brought.get(row.external_id, NO_PARTS))
        for row in rows
    }


def _names(intake: Intake, sighting: Sighting, brought: Parts) -> set[Name]:
    try:
        things = intake.reading.records(body_of(sighting), brought)
    except BadRecord:
        return {(str(kind), sighting.external_id) for kind in intake.stream.kinds}
    own = {name_of(thing) for thing in _with_parts(things, sighting.external_id)}
    for thing in things:
        owner = thing.owner()
        if owner is not None and name_of(owner) in own:
            own.add(name_of(thing))
    return own


def _with_parts(things: Iterable[Canonical], external_id: str) -> Iterable[Canonical]:
    for thing in things:
        if thing.external_id == external_id:
            yield thing
            yield from thing.parts()


def _make_way(intake: Intake, gone: Sequence[int]) -> None:
    """What was refused because one of these records stood in its place is due again."""
    refused = Delivery.everywhere.filter(
        route__in=[route.pk for route in intake.routes],
        state=DeliveryState.REFUSED,
        code=AMBIGUOUS,
    )
    waiting = set(refused.values_list("record", flat=True))
    if not gone or not waiting:
        return
    keys = MatchKey.everywhere.filter(record__in={*gone, *waiting})
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for record_id, name, value in keys.values_list("record", "name", "value"):
        holders[(name, value)].add(record_id)
    free = {pk for pks in holders.values() if pks.intersection(gone) for pk in pks}
    refused.filter(record__in=free).update(
        state=DeliveryState.PLANNED, not_before=intake.now, attempts=0
    )


def _owe(intake: Intake, links: Sequence[Link]) -> None:
    for route in intake.routes:
        if Kind(route.kind) in KEPT_WHEN_GONE or route.policy != Policy.OVERWRITE:
            continue
        gone = [link.record_id for link in links if link.kind == route.kind]
        there = Link.everywhere.filter(
            connection=route.target, kind=route.kind, record__in=gone
        ).values_list("record_id", flat=True)
        if there:
            plan(
                Owed(
                    route=route,
                    record_ids=list(there),
                    priority=intake.priority,
                    cause="gone",
                    now=intake.now,
                    run=full_of(intake.run, route),
                )
            )
