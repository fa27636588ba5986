"""Deliveries that need another thing first: it becomes its own delivery, they wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from integration.canonical.catalog import Variant
from integration.canonical.kinds import BELONGS_TO, FACETS, PARTS, Kind
from integration.canonical.values import Ref
from integration.contract import registry
from integration.contract.connector import Writer
from integration.contract.messages import Changed, Wanted
from integration.engine import confirm, refuse
from integration.engine.draft import Draft
from integration.engine.match import absorb
from integration.engine.owe import NEEDED, Owed, ignored, plan, whole_of
from integration.engine.resolve import record_of
from integration.engine.selection import ask
from integration.errors import BadRecord, MissingLink, SyncFailure
from integration.models import (
    Delivery,
    DeliveryState,
    Link,
    MatchKey,
    Missing,
    Priority,
    Record,
    Route,
)
from integration.models.delivery import OPEN_DELIVERIES

# Seconds given to the source, look by look, to show what was sold.
SOURCE_LOOKS = (5, 30, 120)

if TYPE_CHECKING:
    from integration.engine.compose import Composed
    from integration.engine.push import Batch


def block(batch: Batch, composed: Composed) -> None:
    """Bring what is missing, at the priority of what needs it, and let that wait."""
    for draft, missing in composed.blocked:
        try:
            _settle(batch, draft, missing, composed)
        except BadRecord as error:
            composed.refused.append((draft, error))


def _settle(
    batch: Batch, draft: Draft, missing: MissingLink, composed: Composed
) -> None:
    route = batch.route
    ref = Ref(Kind(missing.kind), missing.external_id, missing.keys)
    record = record_of(route.source, ref)
    if record is None:
        _read_source(batch, draft, missing)
    elif BELONGS_TO.get(Kind(route.read_as(batch.kind))) == ref.kind:
        story = _under_way(batch, record, ref.kind)
        if story is not None:
            wait(batch, [draft], story)
        else:
            composed.closed.append((draft, "no_owner"))
    else:
        wait(batch, [draft], _bring(batch, draft, missing, record))


def _bring(
    batch: Batch, draft: Draft, missing: MissingLink, record: Record
) -> Delivery:
    """The open delivery of the thing that is missing, made where there is none."""
    route = batch.route
    writes = registry.connector(route.target.platform).writes
    kind = Kind(record.kind)
    if kind not in writes:
        whole, record = whole_of(record)
        kind = Kind(whole)
    if kind not in writes or route.missing == Missing.HOLD:
        raise _nobody_knows(route, missing)
    if ignored(record):
        raise _ignored(route, record)
    carrier = _carrier(route, kind)
    plan(
        Owed(
            route=carrier,
            record_ids=[record.pk],
            priority=draft.delivery.priority,
            cause=NEEDED,
            now=timezone.now(),
            kind=kind,
        )
    )
    return Delivery.everywhere.get(
        route=carrier, record=record, state__in=OPEN_DELIVERIES
    )


def _carrier(route: Route, kind: str) -> Route:
    """The route that brings this kind anyway, else the one that needs it."""
    own = Route.everywhere.filter(
        source=route.source, target=route.target, kind=kind, enabled=True
    )
    return own.select_related("target", "source").first() or route


def _under_way(batch: Batch, record: Record, kind: Kind) -> Delivery | None:
    """The open delivery into this target of what a payment or refund belongs to."""
    taken = registry.connector(batch.route.target.platform).takes(kind)
    return (
        Delivery.everywhere.filter(
            route__target=batch.route.target,
            record=record,
            kind=taken,
            state__in=OPEN_DELIVERIES,
        )
        .select_related("record", "route")
        .first()
    )


def _read_source(batch: Batch, draft: Draft, missing: MissingLink) -> None:
    """What the source has not shown yet may be new there: look for changes first."""
    delivery, source = draft.delivery, batch.route.source
    if delivery.attempts >= len(SOURCE_LOOKS):
        raise _nobody_knows(batch.route, missing)
    streams = registry.connector(source.platform).streams_of(Kind(missing.kind))
    if not streams:
        raise _nobody_knows(batch.route, missing)
    for stream in streams:
        ask(source, stream.key, Changed(), cause=NEEDED, priority=Priority.SALE)
    wait = timedelta(seconds=SOURCE_LOOKS[delivery.attempts])
    Delivery.everywhere.filter(pk=delivery.pk, state=DeliveryState.PLANNED).update(
        attempts=delivery.attempts + 1,
        not_before=timezone.now() + wait,
        wait_reason="source_read",
        message=f"{source.label} is asked for the {missing.kind} first.",
    )


def _nobody_knows(route: Route, missing: MissingLink) -> BadRecord:
    named = ", ".join(missing.keys.values()) or missing.external_id
    return BadRecord(
        missing.kind,
        f"The {missing.kind} {named} is not known in {route.target.label}.",
        code="partner_unknown",
        hint=f"Create it in {route.target.label}, or correct its key; then retry.",
    )


def _ignored(route: Route, record: Record) -> BadRecord:
    return BadRecord(
        record.kind,
        f"It needs {record}, which is ignored and not in {route.target.label}.",
        code="partner_ignored",
        hint=f"Stop ignoring {record}, then retry.",
    )


def wait(batch: Batch, drafts: Sequence[Draft], partner: Delivery | None) -> None:
    """Put them off until `partner` has come to its end."""
    Delivery.everywhere.filter(
        pk__in=[draft.delivery.pk for draft in drafts], state=DeliveryState.PLANNED
    ).update(
        state=DeliveryState.BLOCKED,
        waits_for=partner,
        message=f"Waits for {partner}." if partner else "",
    )


def find_owners(batch: Batch, writer: Writer, composed: Composed) -> None:
    """Settle stock and prices whose owner is not linked on the target.

    They wait where the owner is on its way, are due again at once where it is found
    there, and are closed where it is not: planned anew when it arrives.
    """
    coming = _coming(batch, [draft.delivery.record for draft in composed.ownerless])
    for draft in composed.ownerless:
        if draft.delivery.record_id in coming:
            wait(batch, [draft], coming[draft.delivery.record_id])
    rest = [d for d in composed.ownerless if d.delivery.record_id not in coming]
    if not rest:
        return
    try:
        found = _look(batch, writer, rest)
    except SyncFailure as failure:
        refuse.set_back(batch, rest, failure)
        return
    there = [draft for draft in rest if draft.delivery.record_id in found]
    refuse.refuse(batch, _link_owners(batch, there, found))
    nowhere = [draft for draft in rest if draft.delivery.record_id not in found]
    confirm.close(batch, [(draft, "no_owner") for draft in nowhere])


def _coming(batch: Batch, records: Sequence[Record]) -> dict[int, Delivery]:
    """Open deliveries, into this target, of what these records are or are part of."""
    wholes = {record.parent_id: record.pk for record in records if record.parent_id}
    # Where the platform knows flat items only, what comes is the part itself.
    wholes |= {record.pk: record.pk for record in records}
    owner = FACETS[batch.kind]
    open_now = Delivery.everywhere.filter(
        route__target=batch.route.target,
        record__in=wholes,
        kind__in=[owner, PARTS.get(owner, owner)],
        state__in=OPEN_DELIVERIES,
    ).select_related("record", "route")
    return {wholes[delivery.record_id]: delivery for delivery in open_now}


def _look(batch: Batch, writer: Writer, drafts: Sequence[Draft]) -> dict[int, str]:
    """Ids of variants that exist on the target though nobody linked them."""
    keys = MatchKey.everywhere.filter(
        record__in=[draft.delivery.record_id for draft in drafts],
        kind=Kind.VARIANT,
        name="sku",
    ).select_related("record")
    by_uid = {str(key.record.uid): key for key in keys}
    wanted = [
        Wanted(uid, Variant(external_id="", sku=key.value))
        for uid, key in by_uid.items()
    ]
    found = writer.find(Kind.VARIANT, wanted) if wanted else ()
    return {
        by_uid[each.uid].record_id: each.external_ids[0]
        for each in found
        if len(each.external_ids) == 1
    }


def _link_owners(
    batch: Batch, drafts: Sequence[Draft], found: dict[int, str]
) -> list[tuple[Draft, BadRecord]]:
    """Link them; what another record holds is one thing with it, or ambiguous."""
    kind = FACETS[batch.kind]
    held = Link.everywhere.filter(
        connection=batch.route.target, kind=kind, external_id__in=found.values()
    )
    holders = {link.external_id: link.record for link in held.select_related("record")}
    refused = [
        (draft, _taken(holder))
        for draft in drafts
        if (holder := holders.get(found[draft.delivery.record_id])) is not None
        and not absorb(holder, draft.delivery.record)
    ]
    Link.everywhere.bulk_create(
        [
            Link(
                tenant_id=batch.route.tenant_id,
                connection=batch.route.target,
                kind=kind,
                external_id=external_id,
                record_id=record_id,
            )
            for record_id, external_id in found.items()
            if external_id not in holders
        ],
        ignore_conflicts=True,
    )
    return refused


def _taken(holder: Record) -> BadRecord:
    return BadRecord(
        "sku",
        f"What has this SKU there is already linked to {holder}.",
        code="ambiguous",
        hint="Two things of the source claim the same one: make their values differ.",
    )
