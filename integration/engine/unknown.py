"""Writes whose outcome nobody knows: look first, repeat only what is safe to repeat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from integration.canonical.codec import decode
from integration.canonical.kinds import FACETS, Kind
from integration.contract import books
from integration.contract.connector import Repeat, Writer
from integration.contract.messages import Action
from integration.engine import accepted, confirm, match, refuse, twins
from integration.engine.draft import Draft
from integration.engine.within import shown_in_wholes
from integration.errors import SyncFailure, Unknown
from integration.models import Delivery, DeliveryState, Link

if TYPE_CHECKING:
    from integration.engine.push import Batch


def take_up(batch: Batch, writer: Writer) -> list[Draft]:
    """The drafts to send once more, payload and key unchanged.

    An update sets absolute values and is simply repeated. A create is looked for: what
    is found is linked; what is absent twice, `WEFT_ABSENT_SECONDS` apart, was never
    made. Where the platform can neither look up nor recognise a repeat, a person is
    asked.
    """
    drafts = accepted.sent(batch, DeliveryState.UNKNOWN)
    again = [draft for draft in drafts if draft.action != Action.CREATE]
    creates = [draft for draft in drafts if draft.action == Action.CREATE]
    if creates and not _can_look(batch):
        refuse.refuse(batch, [(draft, _may_exist(draft)) for draft in creates])
    elif creates:
        again += _looked_for(batch, writer, creates)
    return again


def _can_look(batch: Batch) -> bool:
    writes = batch.writes
    needed = writes.repeat_setting
    allowed = not needed or bool(batch.route.target.settings.get(needed))
    return writes.repeat == Repeat.FIND and allowed and batch.kind not in FACETS


def _may_exist(draft: Draft) -> Unknown:
    return Unknown(
        f"{draft.delivery.record.label} was sent, but no answer came back.",
        code="may_already_exist",
        hint="Look whether it is there. If it is, confirm it; if not, post it again. "
        "Weft does neither by itself.",
    )


def _looked_for(batch: Batch, writer: Writer, drafts: list[Draft]) -> list[Draft]:
    _with_source(batch, drafts)
    try:
        refused = match.find(writer, batch.route, batch.kind, drafts)
    except SyncFailure as failure:
        refuse.set_back(batch, drafts, failure)
        return []
    refuse.refuse(batch, refused)
    lost = [draft for draft, _ in refused]
    rest = [draft for draft in drafts if draft not in lost]
    same = [draft for draft in rest if draft.by == match.SAME]
    confirm.close(batch, [(draft, match.SAME) for draft in same])
    confirm.found(batch, [draft for draft in rest if draft.target_id])
    absent = [d for d in rest if not d.target_id and d not in same]
    return twins.one_of_each(batch, _absent(batch, absent))


def _with_source(batch: Batch, drafts: list[Draft]) -> None:
    """Look by the natural keys as well: they are in the record as the source has it."""
    here = {
        link.record_id: link
        for link in Link.everywhere.filter(
            connection=batch.route.source,
            kind=batch.route.read_as(batch.kind),
            record__in=[draft.delivery.record_id for draft in drafts],
        )
    }
    shown_in_wholes(here, batch.route.source)
    for draft in drafts:
        link = here.get(draft.delivery.record_id)
        if link is not None and link.data is not None:
            source = decode(Kind(link.kind), bytes(link.data))
            draft.canonical = books.made_of(batch.kind, source)


def _absent(batch: Batch, drafts: list[Draft]) -> list[Draft]:
    """A search may lag behind: only an absence that lasted counts.

    It must last `WEFT_ABSENT_SECONDS`, or as long as the platform may take to show what
    it took; until then it is looked for now and again.
    """
    now = timezone.now()
    shown = batch.writes.shows_within(batch.route.target.settings)
    apart = timedelta(seconds=max(settings.WEFT_ABSENT_SECONDS, shown))
    lasting: list[Draft] = []
    for draft in drafts:
        delivery = draft.delivery
        since = delivery.absent_at or now
        if now - since >= apart:
            lasting.append(draft)
            continue
        look = now + accepted.pause(now - since) if shown else since + apart
        Delivery.everywhere.filter(pk=delivery.pk).update(
            absent_at=since,
            not_before=min(look, since + apart),
            wait_reason="looked_once",
        )
    return lasting
