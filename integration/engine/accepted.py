"""Writes a platform has taken and does not show yet: asked about until it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils import timezone

from integration.contract.connector import Poller, Writer
from integration.contract.messages import Outcome
from integration.engine import confirm, pacing, refuse
from integration.engine.draft import Draft, thaw
from integration.engine.lease import settling
from integration.errors import SyncFailure, Unknown
from integration.models import Delivery, DeliveryState, Link

if TYPE_CHECKING:
    from integration.engine.push import Batch

# Seconds between two looks: soon at first, then seldom; the last is repeated.
LOOKS = (2, 5, 15, 60, 300, 900)


def keep(batch: Batch, pairs: Sequence[tuple[Draft, Outcome]]) -> None:
    """Store what the platform gave to ask by; the payload stays as it was sent."""
    now = timezone.now()
    for draft, outcome in pairs:
        delivery = draft.delivery
        delivery.state = DeliveryState.ACCEPTED
        delivery.pending = outcome.pending[:200]
        delivery.not_before = now + timedelta(seconds=LOOKS[0])
        delivery.wait_reason = "accepted"
        delivery.absent_at = now
    Delivery.everywhere.bulk_update(
        [draft.delivery for draft, _ in pairs],
        ["state", "pending", "not_before", "wait_reason", "absent_at"],
    )


def take_up(batch: Batch, writer: Writer) -> bool:
    """Ask about those that are due; False where none is."""
    drafts = sent(batch, DeliveryState.ACCEPTED)
    if not drafts:
        return False
    asked = [Outcome(draft.uid, pending=draft.delivery.pending) for draft in drafts]
    try:
        outcomes = list(cast(Poller, writer).poll(batch.kind, asked))
    except SyncFailure as failure:
        refuse.set_back(batch, drafts, failure)
        return True
    known = {outcome.uid for outcome in outcomes}
    answered = [draft for draft in drafts if draft.uid in known]
    if answered:
        confirm.confirm(batch, answered, outcomes, None)
    _look_again(batch, [draft for draft in drafts if draft.uid not in known])
    return True


def sent(batch: Batch, state: DeliveryState) -> list[Draft]:
    """What was sent, stands like this and is due to be looked after, as it was sent."""
    due = Delivery.everywhere.filter(
        route=batch.route,
        kind=batch.kind,
        state=state,
        not_before__lte=timezone.now(),
    ).select_related("record", "record__parent")
    size = pacing.size(batch.route.target, batch.kind, batch.writes)
    deliveries = list(due.order_by("priority", "not_before", "pk")[:size])
    there = {
        link.record_id: link
        for link in Link.everywhere.filter(
            connection=batch.route.target,
            kind=batch.kind,
            record__in=[delivery.record_id for delivery in deliveries],
        )
    }
    return [thaw(each, there.get(each.record_id)) for each in deliveries]


def _look_again(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Later; after `WEFT_ACCEPTED_SECONDS` a person is asked."""
    now = timezone.now()
    patience = timedelta(seconds=settings.WEFT_ACCEPTED_SECONDS)
    lost = [draft for draft in drafts if _since(draft, now) > patience]
    refuse.refuse(batch, [(draft, _never_shown(draft)) for draft in lost])
    rest = [draft for draft in drafts if draft not in lost]
    for draft in rest:
        draft.delivery.not_before = now + pause(_since(draft, now))
    with settling(batch.held, batch.route.tenant_id):
        deliveries = [draft.delivery for draft in rest]
        Delivery.everywhere.bulk_update(deliveries, ["not_before"])


def _since(draft: Draft, now: datetime) -> timedelta:
    return now - (draft.delivery.absent_at or now)


def pause(waited: timedelta) -> timedelta:
    """How long until the next look: the first of the pauses that is longer than a third
    of the wait so far."""
    seconds = waited.total_seconds()
    return timedelta(
        seconds=next((wait for wait in LOOKS if wait * 3 > seconds), LOOKS[-1])
    )


def _never_shown(draft: Draft) -> Unknown:
    return Unknown(
        f"{draft.delivery.record.label} was taken, and has not shown up since.",
        code="may_already_exist",
        hint="Look whether it is there. If it is, confirm it; if not, post it again. "
        "Weft does neither by itself.",
    )
