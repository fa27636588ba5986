"""What became of a write that went well: linked, noted, set free what waited.

Every transition names the old state, under the lease in force; links, outcomes and what
they owe are one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from integration.canonical.kinds import SALES
from integration.contract.messages import Outcome
from integration.engine import (
    accepted,
    echo,
    facets,
    full,
    links,
    pacing,
    refuse,
    setback,
)
from integration.engine.draft import Draft
from integration.engine.lease import settling
from integration.errors import SyncFailure, Unknown
from integration.models import Delivery, DeliveryState
from synclog import happened, journal
from synclog.happened import Posted

if TYPE_CHECKING:
    from integration.engine.push import Batch

State = DeliveryState
Pair = tuple[Draft, Outcome]


def confirm(
    batch: Batch,
    drafts: Sequence[Draft],
    outcomes: Sequence[Outcome],
    failure: SyncFailure | None,
) -> None:
    """Store what a write brought; `failure` concerns all that has no outcome."""
    by_uid = {outcome.uid: outcome for outcome in outcomes}
    pairs = [(d, by_uid[d.uid]) for d in drafts if d.uid in by_uid]
    pairs, failed = _own(batch, pairs)
    written = [(draft, outcome) for draft, outcome in pairs if outcome.external_id]
    failed += [(d, outcome.error) for d, outcome in pairs if outcome.error is not None]
    taken = [(d, o) for d, o in pairs if o.pending and not (o.external_id or o.error)]
    waiting = [draft for draft, _ in taken]
    good = [d for d, o in pairs if o.error is None and d not in waiting]
    silent = [draft for draft in drafts if draft.uid not in by_uid]
    with settling(batch.held, batch.route.tenant_id):
        accepted.keep(batch, taken)
        links.write(batch, written)
        _done(batch, good, "written")
        echo.take_in(batch, [outcome for _, outcome in written])
        facets.owe(batch, [draft for draft, _ in written])
        _posted(batch, [(d, o.external_id or "") for d, o in written if d in good])
    refuse.refuse(batch, failed)
    if silent:
        cause = failure or Unknown("The platform's answer left this one out.")
        refuse.set_back(batch, silent, cause)
    if good or taken:
        setback.over(batch.route.target)
        pacing.grow(batch.route.target, batch.kind, batch.writes, len(drafts))
    full.count_down([draft.delivery for draft in drafts])


def _own(
    batch: Batch, pairs: list[Pair]
) -> tuple[list[Pair], list[tuple[Draft, SyncFailure]]]:
    """The outcomes that are what was sent; apart from them what the platform took for
    another's."""
    others = links.of_others(batch, [each for each in pairs if each[1].external_id])
    astray = [draft for draft, _ in others]
    return [each for each in pairs if each[0] not in astray], [*others]


def found(batch: Batch, drafts: Sequence[Draft]) -> None:
    """A write of unknown outcome did arrive: link it and go on."""
    with settling(batch.held, batch.route.tenant_id):
        links.write(batch, [(d, Outcome(d.uid, d.target_id)) for d in drafts])
        _done(batch, drafts, "found")
        facets.owe(batch, drafts)
        _posted(batch, [(draft, draft.target_id or "") for draft in drafts])
    full.count_down([draft.delivery for draft in drafts])


def _posted(batch: Batch, arrived: Sequence[tuple[Draft, str]]) -> None:
    """Tell of sales that arrived."""
    if batch.kind in SALES and arrived:
        sales = [Posted(draft.delivery, there) for draft, there in arrived]
        happened.posted(batch.route.target, sales, timezone.now())


def link(batch: Batch, drafts: Sequence[Draft]) -> None:
    """The policy forbids writing: link what was found, and owe nothing more."""
    if not drafts:
        return
    there = [draft for draft in drafts if draft.target_id]
    with settling(batch.held, batch.route.tenant_id):
        outcomes = [(draft, Outcome(draft.uid, draft.target_id)) for draft in there]
        links.write(batch, outcomes, sent=False)
        _done(batch, _up_to_date(there), "linked")
        facets.owe(batch, there)
    close(batch, [(draft, "not_linked") for draft in drafts if draft not in there])
    full.count_down([draft.delivery for draft in there])


def equal(batch: Batch, drafts: Sequence[Draft]) -> None:
    """The target has it all already: done without a call."""
    if not drafts:
        return
    fresh = [draft for draft in drafts if draft.there is None and draft.target_id]
    with settling(batch.held, batch.route.tenant_id):
        links.write(batch, [(d, Outcome(d.uid, d.target_id)) for d in fresh])
        _done(batch, _up_to_date(drafts), "equal")
    full.count_down([draft.delivery for draft in drafts])


def close(batch: Batch, closed: Sequence[tuple[Draft, str]]) -> None:
    """Owed no more, with the reason."""
    by_reason: dict[str, list[Draft]] = {}
    for draft, reason in closed:
        by_reason.setdefault(reason, []).append(draft)
    for reason, drafts in by_reason.items():
        with settling(batch.held, batch.route.tenant_id):
            over = _up_to_date(drafts)
            refuse.unsettled(over).update(
                state=State.CLOSED, done_by=reason, ended_at=timezone.now(), frozen=None
            )
            _set_free(over)
    full.count_down([draft.delivery for draft, _ in closed])


def _up_to_date(drafts: Sequence[Draft]) -> list[Draft]:
    """Those nothing newer was folded into since they were drafted; the others stay
    owed, for what they were compared with is old."""
    wanted = dict(
        Delivery.everywhere.filter(
            pk__in=[draft.delivery.pk for draft in drafts]
        ).values_list("pk", "wanted")
    )
    return [d for d in drafts if wanted.get(d.delivery.pk) == d.delivery.wanted]


def _done(batch: Batch, drafts: Sequence[Draft], by: str) -> None:
    """Done where nothing newer is wanted, else planned again with a new intent."""
    now = timezone.now()
    mine = refuse.unsettled(drafts)
    sent = mine.filter(state__in=(State.SENDING, State.ACCEPTED, State.UNKNOWN))
    newer = list(sent.filter(wanted__gt=F("sending")).values_list("pk", flat=True))
    mine.filter(pk__in=newer).update(
        state=State.PLANNED,
        not_before=now,
        frozen=None,
        attempts=0,
        pending="",
        edited=None,
    )
    mine.exclude(pk__in=newer).update(
        state=State.DONE,
        done_by=by,
        ended_at=now,
        frozen=None,
        pending="",
        resend=False,
        edited=None,
        wait_reason="",
        code="",
        message="",
    )
    journal.close_problems(
        batch.route.target,
        kind=batch.kind,
        record_ids=[draft.delivery.record_id for draft in drafts],
        by="sync",
    )
    _set_free(drafts)


def _set_free(drafts: Sequence[Draft]) -> None:
    """Whatever waited for these is due again."""
    Delivery.everywhere.filter(
        state=State.BLOCKED, waits_for__in=[draft.delivery.pk for draft in drafts]
    ).update(state=State.PLANNED, waits_for=None, not_before=timezone.now(), message="")
