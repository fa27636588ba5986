"""Two records of a source that are one thing on the target: the second waits while the
first is on its way there, and finds it then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import F

from integration.engine import block, key_rules
from integration.engine.draft import Draft
from integration.models import Delivery, DeliveryState
from integration.models.record import normalised

if TYPE_CHECKING:
    from integration.engine.push import Batch

UNDER_WAY = (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)


def hold_back(batch: Batch, drafts: Sequence[Draft]) -> list[Draft]:
    """Without those whose twin goes now, or was sent and is not known to be there yet.

    One statement, none for kinds that have no twins.
    """
    key = key_rules.one_by(batch.route, batch.kind)
    drafts = one_of_each(batch, drafts)
    values = {draft.uid: _value(draft, key) for draft in drafts}
    wanted = {value for value in values.values() if value}
    if not wanted:
        return list(drafts)
    sent = Delivery.everywhere.filter(
        route__target=batch.route.target,
        kind=batch.kind,
        state__in=UNDER_WAY,
        record__match_keys__name=key,
        record__match_keys__value__in=wanted,
    ).annotate(known_by=F("record__match_keys__value"))
    twins = {each.known_by: each for each in sent.select_related("record", "route")}
    held = [draft for draft in drafts if twins.get(values[draft.uid])]
    for draft in held:
        block.wait(batch, [draft], twins[values[draft.uid]])
    return [draft for draft in drafts if draft not in held]


def one_of_each(batch: Batch, drafts: Sequence[Draft]) -> list[Draft]:
    """Without those that will be the same there as one before them: they stay owed, and
    find it when it is made."""
    key = key_rules.one_by(batch.route, batch.kind)
    chosen: list[Draft] = []
    seen: set[str] = set()
    for draft in drafts:
        value = _value(draft, key)
        if not value or value not in seen:
            chosen.append(draft)
            seen.add(value)
    return chosen


def _value(draft: Draft, key: str) -> str:
    """What a thing that is to be made there will be known by."""
    if draft.target_id is not None or draft.canonical is None:
        return ""
    return normalised(draft.canonical.keys().get(key, ""))
