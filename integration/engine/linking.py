"""Linking by hand: a person says that two things are one, or that they are not.

What is made one is merged only where nothing is lost by it; anything else is refused
with the reason. What is taken apart stays apart until a person says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from integration.canonical.codec import decode
from integration.canonical.kinds import FACETS, SALES, Kind
from integration.engine import apart, ignoring, replan, reread, revisions
from integration.engine.match import absorb, in_both
from integration.engine.owe import NEEDED, Owed, plan
from integration.errors import SyncFailure
from integration.models import (
    Connection,
    Delivery,
    DeliveryState,
    Link,
    MatchKey,
    Policy,
    Priority,
    Record,
    Route,
)
from synclog import journal

Person = User | None
BY_HAND = "linked_by_hand"
# What is being written has an answer to come, which belongs to the record it left with.
UNDER_WAY = (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)
# What failed for want of this very link.
WANTING = ("partner_unknown", "partner_ignored")


class CannotLink(SyncFailure):
    """Two things that cannot be made one, or not be taken apart, and why."""

    code = "cannot_link"


def link(
    record: Record, connection: Connection, external_id: str, user: Person = None
) -> Record:
    """Make the thing of this id on that connection one with a record; the record.

    An id Weft has not seen there is linked and read. CannotLink where it cannot be.
    """
    external_id = external_id.strip()[:200]
    with transaction.atomic():
        ignoring.lock(record.tenant_id)
        record.refresh_from_db()
        held = _check(record, connection, external_id)
        if held is None:
            _know(record, connection, external_id)
        else:
            _merge(held.record, record)
        _settle(record, connection)
        place = {"connection": str(connection), "external_id": external_id}
        _audit(record, BY_HAND, user, place)
    return record


def unlink(chosen: Link, user: Person = None) -> Record:
    """Take what a connection knows off its record; the record it is from now on.

    Nothing is written there until a person links one of the two.
    """
    with transaction.atomic():
        ignoring.lock(chosen.tenant_id)
        chosen = Link.everywhere.select_related("record", "connection").get(
            pk=chosen.pk
        )
        record, connection = chosen.record, chosen.connection
        _check_unlink(chosen)
        olds = list(
            Record.everywhere.filter(
                pk__in=ignoring.with_parts([record]), links__connection=connection
            ).distinct()
        )
        olds.sort(key=lambda each: each.pk != record.pk)
        fresh = _split(olds, connection, str(chosen.kind))
        ignoring.close([each.pk for each in olds], "unlinked", connection)
        place = {"connection": str(connection), "external_id": chosen.external_id}
        _audit(record, "unlinked", user, place)
    return fresh


def create(route: Route, records: Sequence[Record], user: Person = None) -> int:
    """Have a route create what its target lacks, also where it only links; how many
    deliveries that concerns. What is there already is found and linked."""
    only_links = route.policy == Policy.LINK_ONLY
    with transaction.atomic():
        ignoring.lock(route.tenant_id)
        planned = plan(
            Owed(
                route=route,
                record_ids=[record.pk for record in records],
                priority=Priority.MANUAL,
                cause=NEEDED if only_links else "manual",
                now=timezone.now(),
            )
        )
        for record in records:
            _audit(record, "asked_to_create", user, {"route": str(route)})
    return planned


def _check(record: Record, connection: Connection, external_id: str) -> Link | None:
    """The link of this id there, if there is one; CannotLink where it will not do."""
    kind = Kind(record.kind)
    if connection.tenant_id != record.tenant_id or not external_id:
        raise CannotLink("Choose a connection and give the id there.")
    if kind in SALES:
        raise CannotLink("Sales are never linked by hand: no two of them are one.")
    if record.merged_into_id is not None:
        raise CannotLink(f"{record} was merged into another: link that one.")
    own = Link.everywhere.filter(record=record, connection=connection, kind=kind)
    here = own.first()
    if here is not None:
        raise CannotLink(
            f"{record} is {here.external_id} in {connection} already.",
            hint="Unlink that first.",
        )
    held = (
        Link.everywhere.filter(
            connection=connection, kind=kind, external_id=external_id
        )
        .select_related("record")
        .first()
    )
    if held is not None:
        _check_merge(held.record, record)
    return held


def _check_merge(loser: Record, survivor: Record) -> None:
    for each in in_both(loser, survivor):
        if each.gone_at is None:
            raise CannotLink(
                f"{each.connection} has both of them, as two different things.",
                hint=f"Unlink {loser} or {survivor} from {each.connection} first.",
            )
    _check_quiet([loser, survivor])


def _check_quiet(records: Sequence[Record]) -> None:
    keys = ignoring.with_parts(records)
    if Delivery.everywhere.filter(record__in=keys, state__in=UNDER_WAY).exists():
        raise CannotLink(
            "A write of it is under way.", hint="Try again when it is over."
        )


def _check_unlink(chosen: Link) -> None:
    if Kind(chosen.kind) in FACETS or chosen.kind != chosen.record.kind:
        raise CannotLink("Unlink the item this belongs to.")
    if Kind(chosen.kind) in SALES:
        raise CannotLink("Sales are never unlinked: their books would not add up.")
    others = Link.everywhere.filter(record=chosen.record, kind=chosen.kind)
    if not others.exclude(connection=chosen.connection).exists():
        raise CannotLink(f"Nobody but {chosen.connection} knows {chosen.record}.")
    _check_quiet([chosen.record])


def _know(record: Record, connection: Connection, external_id: str) -> None:
    """An id nobody has seen there: linked on a person's word, and read."""
    Link.everywhere.create(
        tenant_id=record.tenant_id,
        connection=connection,
        kind=record.kind,
        external_id=external_id,
        record=record,
    )
    reread.thing(connection, record.kind, external_id)


def _merge(loser: Record, survivor: Record) -> None:
    """Make one of two; what only one of them consists of comes along."""
    theirs = list(Record.everywhere.filter(parent=loser, merged_into=None))
    ours = list(Record.everywhere.filter(parent=survivor, merged_into=None))
    apart.forget([loser, *theirs], [survivor, *ours])
    ignoring.close([loser.pk, *(part.pk for part in theirs)], "merged")
    if len(theirs) == 1 and len(ours) == 1:
        # The only variant of each: one thing, whatever SKU it has where.
        absorb(theirs[0], ours[0])
    if not absorb(loser, survivor):
        raise CannotLink(f"{loser} and {survivor} are known to one platform.")
    loser.refresh_from_db()
    revisions.number(loser.tenant_id, [loser])
    loser.save(update_fields=["revision"])


def _settle(record: Record, connection: Connection) -> None:
    """A new revision, and what was waiting for this link goes on."""
    revisions.number(record.tenant_id, [record])
    record.save(update_fields=["revision"])
    keys = ignoring.with_parts([record])
    journal.close_problems(connection, record_ids=keys, by="person")
    replan.of_records(record.tenant_id, keys, BY_HAND)
    Delivery.everywhere.filter(
        route__target=connection, state=DeliveryState.REFUSED, code__in=WANTING
    ).update(state=DeliveryState.PLANNED, not_before=timezone.now(), attempts=0)


def _split(olds: Sequence[Record], connection: Connection, kind: str) -> Record:
    """New records for what a connection knows of these; that of the first."""
    fresh: dict[int, Record] = {}
    for old in olds:
        new = Record(
            tenant_id=old.tenant_id,
            kind=old.kind,
            label=_called(old, connection),
            parent=fresh.get(old.parent_id or 0, old.parent),
            ignored_at=old.ignored_at,
        )
        revisions.number(old.tenant_id, [old, new])
        new.save()
        old.save(update_fields=["revision"])
        fresh[old.pk] = new
        Link.everywhere.filter(record=old, connection=connection).update(
            record=new, sent={}, sent_revision=None
        )
        keys = MatchKey.everywhere.filter(record=old, connection=connection)
        keys.exclude(name=apart.APART).update(record=new)
        apart.keep(connection, old, new)
    return fresh[olds[0].pk]


def _called(old: Record, connection: Connection) -> str:
    """What a thing is called there, as far as it was ever read."""
    own = Link.everywhere.filter(record=old, connection=connection, kind=old.kind)
    link = own.exclude(data=None).first()
    if link is None:
        return old.label
    return decode(Kind(link.kind), bytes(link.data or b"")).label[:300]


def _audit(record: Record, verb: str, user: Person, place: dict[str, str]) -> None:
    about = {"record": str(record.uid), **place}
    journal.audit(record.tenant_id, verb, str(record), user=user, after=about)
