"""Push: writes what is due on one connection, one kind and one batch at a time.

Draft, find, freeze and commit, write, confirm. Before every write the state `sending`
is committed with its key and payload; whatever happens then, it can be taken up again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

from integration.canonical.kinds import FACETS, Kind
from integration.contract import registry
from integration.contract.connector import Writer, Writes
from integration.contract.messages import Outcome
from integration.engine import (
    accepted,
    block,
    compose,
    confirm,
    lease,
    match,
    pacing,
    refuse,
    twins,
    unknown,
)
from integration.engine.compose import Composed
from integration.engine.draft import Draft, freeze
from integration.engine.lease import Held
from integration.engine.maps import Writing, writing
from integration.engine.owe import NEEDED
from integration.engine.session import Session
from integration.errors import SyncFailure
from integration.models import Delivery, DeliveryState, Policy, Route
from integration.models.delivery import DUE_DELIVERIES

logger = logging.getLogger(__name__)

# What is stored of a delivery before it is sent.
COMMITTED = [
    "state",
    "fence",
    "action",
    "intent",
    "key",
    "sending",
    "frozen",
    "payload",
]


class Batch(NamedTuple):
    """What one push is about."""

    route: Route
    kind: Kind
    session: Session
    held: Held
    writing: Writing

    @property
    def writes(self) -> Writes:
        """How the target writes this kind."""
        return self.writing.writes


def push(first: Delivery, held: Held) -> None:
    """Write the batch that `first`, the best due delivery, belongs to."""
    route, kind = first.route, Kind(first.kind)
    if kind not in registry.connector(route.target.platform).writes:
        refuse.unwritable(route, kind)
        return
    session = Session(route.target, priority=first.priority, options=route.options)
    session.meter.route_id = route.pk
    batch = Batch(route, kind, session, held, writing(route.target, kind))
    try:
        _push(batch)
    except lease.Lost:
        logger.info("%s went on with another worker", first)
    except SyncFailure as failure:
        # Not even a writer could be had: that concerns all that is due.
        due = pacing.take(route, kind, batch.writes)
        refuse.set_back(batch, [Draft(delivery) for delivery in due], failure)
    finally:
        session.meter.write_down()


def _push(batch: Batch) -> None:
    writer = batch.session.writer()
    if accepted.take_up(batch, writer):
        return
    drafts = unknown.take_up(batch, writer)
    if not drafts:
        drafts = _draft(batch, writer)
    if drafts:
        _write(batch, writer, drafts)


def _draft(batch: Batch, writer: Writer) -> list[Draft]:
    """The drafts of a batch that need a call; all others are settled here."""
    due = pacing.take(batch.route, batch.kind, batch.writes)
    composed = compose.compose(batch.route, batch.kind, due)
    if batch.kind in FACETS:
        block.find_owners(batch, writer, composed)
    _only_to_link(batch, composed)
    block.block(batch, composed)
    refuse.refuse(batch, composed.refused)
    confirm.close(batch, composed.closed)
    ready, refused, failure = _matched(batch, writer, composed.ready)
    if failure is not None:
        refuse.set_back(batch, ready, failure)
        return []
    refuse.refuse(batch, refused)
    same = [draft for draft in ready if draft.by == match.SAME]
    confirm.close(batch, [(draft, match.SAME) for draft in same])
    ready = [draft for draft in ready if draft not in same]
    linked = [draft for draft in ready if _link_only(batch, draft)]
    confirm.link(batch, linked)
    rest = [draft for draft in ready if draft not in linked]
    rest = twins.hold_back(batch, rest)
    settings = {**batch.route.target.settings, **batch.route.options}
    to_send = [d for d in rest if compose.settle(d, batch.writing, settings)]
    confirm.equal(batch, [draft for draft in rest if draft not in to_send])
    return pacing.fit(to_send, batch.route.target, batch.kind, batch.writes)


def _matched(
    batch: Batch, writer: Writer, drafts: Sequence[Draft]
) -> tuple[list[Draft], list[tuple[Draft, SyncFailure]], SyncFailure | None]:
    """Look for what is there already; a failure to look concerns all of them."""
    strange = [d for d in drafts if d.target_id is None and batch.kind not in FACETS]
    refused: list[tuple[Draft, SyncFailure]] = []
    if strange:
        try:
            refused += match.find(writer, batch.route, batch.kind, strange)
        except SyncFailure as failure:
            return list(drafts), [], failure
    out = [draft for draft, _ in refused]
    return [draft for draft in drafts if draft not in out], refused, None


def _only_to_link(batch: Batch, composed: Composed) -> None:
    """What is linked and never written needs nothing else there first: it is looked
    for by what it says."""
    if batch.route.policy != Policy.LINK_ONLY:
        return
    free = [d for d, _ in composed.blocked if d.delivery.cause != NEEDED]
    composed.blocked = [each for each in composed.blocked if each[0] not in free]
    composed.ready += free


def _link_only(batch: Batch, draft: Draft) -> bool:
    """Whether the policy forbids to write this one: it is linked, if it was found."""
    policy = batch.route.policy
    if policy == Policy.LINK_ONLY and draft.delivery.cause != NEEDED:
        return True
    only_new = policy in (Policy.CREATE_ONLY, Policy.LINK_ONLY)
    return only_new and draft.target_id is not None


def _write(batch: Batch, writer: Writer, drafts: Sequence[Draft]) -> None:
    if not lease.renew(batch.held):
        return
    drafts = _commit_sending(batch, drafts)
    if not drafts:
        return
    outcomes: list[Outcome] = []
    failure: SyncFailure | None = None
    try:
        # One by one: those that came before a failure count.
        for outcome in writer.write(batch.kind, [each.outgoing() for each in drafts]):
            outcomes.append(outcome)
    except SyncFailure as error:
        failure = error
    confirm.confirm(batch, drafts, outcomes, failure)


def _commit_sending(batch: Batch, drafts: Sequence[Draft]) -> list[Draft]:
    """The point of no return: what is about to be sent, stored before it is sent.

    What a person closed meanwhile is left out; the drafts that really go.
    """
    for draft in drafts:
        if draft.delivery.state != DeliveryState.UNKNOWN:
            freeze(draft, batch.route.target_id)
        draft.delivery.state = DeliveryState.SENDING
        draft.delivery.fence = batch.held.fence
    with lease.settling(batch.held, batch.route.tenant_id):
        due = set(
            Delivery.everywhere.select_for_update()
            .filter(
                pk__in=[draft.delivery.pk for draft in drafts],
                state__in=DUE_DELIVERIES,
            )
            .values_list("pk", flat=True)
        )
        going = [draft for draft in drafts if draft.delivery.pk in due]
        Delivery.everywhere.bulk_update(
            [draft.delivery for draft in going],
            COMMITTED,
        )
    return going
