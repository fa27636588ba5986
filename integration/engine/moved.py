"""Merged away: a row that became part of another, and what hung on it moves along."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from integration.canonical.kinds import FACETS, KEPT_WHEN_GONE, RANK, Kind
from integration.engine import gone, parts
from integration.engine.detect import stamp
from integration.engine.identity import Name
from integration.engine.intake import Intake, Seen, Sorted
from integration.engine.match import absorb
from integration.engine.owe import Owed, plan
from integration.models import (
    Delivery,
    DeliveryState,
    Link,
    Policy,
    Record,
    Sighting,
)
from integration.models.delivery import OPEN_DELIVERIES
from synclog import journal

# Not in flight: these may be another record's. What was sent bears the mark of its own.
FOLLOWING = (DeliveryState.PLANNED, DeliveryState.BLOCKED, DeliveryState.REFUSED)
# A kind, the record that leaves, and the one that stays.
Pair = tuple[str, Record, Record]


class Apart(Exception):  # noqa: N818  no failure: two things that cannot be one
    """Both records are known to one platform."""


def follow(intake: Intake, found: Sorted) -> list[Seen]:
    """Move along what was merged away; those of the gone rows that did not move.

    Such rows are few: they are taken one by one.
    """
    if not found.moved:
        return found.gone
    keys = [seen.pk for seen in found.gone if seen.external_id in found.moved]
    rows = list(Sighting.everywhere.filter(pk__among=keys))
    names = gone.own_names(intake, rows)
    followed: set[int] = set()
    for row in rows:
        new_id = found.moved[row.external_id]
        own = [name for name in names[row.external_id] if name[1] == row.external_id]
        if _follow(intake, sorted(own, key=_parts_first), new_id):
            followed.add(row.pk)
    Sighting.everywhere.filter(pk__among=list(followed)).update(gone_at=intake.now)
    left = [row for row in rows if row.pk in followed]
    parts.touch(intake, [row.owner for row in left])
    journal.close_problems(
        intake.connection,
        kind=intake.stream.main,
        external_ids=[intake.filed(row.external_id) for row in left],
        by="moved",
    )
    return [seen for seen in found.gone if seen.pk not in followed]


def _parts_first(name: Name) -> int:
    return -RANK[Kind(name[0])]


def _follow(intake: Intake, old: Sequence[Name], new_id: str) -> bool:
    """Call these by their new id, or make them one with what bears it already; False,
    and nothing is changed, where both are known to one platform."""
    try:
        with transaction.atomic():
            pairs = [_relinked(intake, kind, old_id, new_id) for kind, old_id in old]
            for kind, loser, survivor in filter(None, pairs):
                _absorbed(intake, kind, loser, survivor)
    except Apart:
        return False
    return True


def _relinked(intake: Intake, kind: str, old_id: str, new_id: str) -> Pair | None:
    """Give the link of the old id to the new one; where that has a link already, the
    two records that are to be one."""
    links = Link.everywhere.filter(connection=intake.connection, kind=kind)
    there = links.filter(external_id=new_id).select_related("record").first()
    here = links.filter(external_id=old_id).select_related("record").first()
    if here is None:
        return None
    if there is None:
        links.filter(pk=here.pk).update(external_id=new_id)
        _told(intake, here.record)
        return None
    links.filter(pk=here.pk).delete()
    if Kind(kind) in FACETS or here.record_id == there.record_id:
        return None
    return kind, here.record, there.record


def _absorbed(intake: Intake, kind: str, loser: Record, survivor: Record) -> None:
    if not absorb(loser, survivor):
        raise Apart
    _told(intake, survivor)
    _hand_over(intake, loser, survivor)
    _owe(intake, kind, survivor)


def _told(intake: Intake, record: Record) -> None:
    """A record whose links changed has a new revision."""
    stamp(intake.connection.tenant_id, {record.pk: record}, {})


def _hand_over(intake: Intake, loser: Record, survivor: Record) -> None:
    """Open deliveries follow the survivor; where it has one already they end."""
    standing = Delivery.everywhere.filter(
        record=survivor, state__in=OPEN_DELIVERIES
    ).values_list("route", flat=True)
    following = Delivery.everywhere.filter(record=loser, state__in=FOLLOWING)
    following.filter(route__in=list(standing)).update(
        state=DeliveryState.CLOSED, done_by="merged", ended_at=intake.now
    )
    following.update(record=survivor, wanted=survivor.revision)


def _owe(intake: Intake, kind: str, survivor: Record) -> None:
    """Where the one that left was known, what stays is to be shown now."""
    if Kind(kind) in KEPT_WHEN_GONE:
        return
    for route in intake.routes:
        there = Link.everywhere.filter(
            connection=route.target, kind=route.writes, record=survivor
        )
        if route.kind == kind and route.policy == Policy.OVERWRITE and there.exists():
            plan(
                Owed(
                    route=route,
                    record_ids=[survivor.pk],
                    priority=intake.priority,
                    cause=intake.cause,
                    now=intake.now,
                )
            )
