"""Stores what the target calls what we wrote, and what it confirmed of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils import timezone

from integration.canonical.catalog import Product
from integration.canonical.kinds import SALES
from integration.contract.messages import Outcome
from integration.engine.draft import Draft
from integration.engine.ladder import AMBIGUOUS
from integration.errors import BadRecord
from integration.models import Link, Record

if TYPE_CHECKING:
    from integration.engine.push import Batch

CONFIRMED = ["external_id", "handles", "sent", "sent_revision", "sent_at", "gone_at"]


def write(
    batch: Batch, written: Sequence[tuple[Draft, Outcome]], *, sent: bool = True
) -> None:
    """Link each draft to its thing, and its variants to theirs.

    `sent` False: linked only, nothing of ours is confirmed there.
    """
    fresh: list[Link] = []
    known: list[Link] = []
    for draft, outcome in written:
        link = draft.there or Link(
            tenant_id=batch.route.tenant_id,
            connection=batch.route.target,
            kind=batch.kind,
            record=draft.delivery.record,
        )
        (known if draft.there else fresh).append(link)
        link.external_id = str(outcome.external_id)
        link.handles = {**link.handles, **outcome.handles}
        link.gone_at = None
        if sent:
            link.sent = _confirmed(draft, outcome)
            link.sent_revision = draft.delivery.sending
            link.sent_at = timezone.now()
    Link.everywhere.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["connection", "kind", "external_id"],
        update_fields=CONFIRMED[1:],
    )
    Link.everywhere.bulk_update(known, CONFIRMED)
    _parts(batch, written)


def of_others(
    batch: Batch, written: Sequence[tuple[Draft, Outcome]]
) -> list[tuple[Draft, BadRecord]]:
    """Those of the sales that a platform took for one that is another record's: nobody
    guesses that two sales are one."""
    if batch.kind not in SALES:
        return []
    held = {
        link.external_id: link.record
        for link in Link.everywhere.filter(
            connection=batch.route.target,
            kind=batch.kind,
            external_id__in=[str(outcome.external_id) for _, outcome in written],
        ).select_related("record")
    }
    return [
        (draft, taken(str(outcome.external_id), holder))
        for draft, outcome in written
        if (holder := held.get(str(outcome.external_id))) is not None
        and holder.pk != draft.delivery.record_id
    ]


def taken(external_id: str, holder: Record, by: str = "") -> BadRecord:
    """What is there already is linked to another record."""
    return BadRecord(
        by,
        f"{external_id} there is already linked to {holder}.",
        code=AMBIGUOUS,
        hint="Two things of the source claim the same one: make their values differ.",
    )


def _confirmed(draft: Draft, outcome: Outcome) -> dict[str, str]:
    """The fields the target has now; not the one it could not take."""
    missing = ""
    if isinstance(outcome.error, BadRecord):
        missing = outcome.error.field.partition("[")[0].partition(".")[0]
    return {name: each for name, each in draft.fields.items() if name != missing}


def _parts(batch: Batch, written: Sequence[tuple[Draft, Outcome]]) -> None:
    """Variants got ids of their own: link them by their SKU."""
    ids: dict[str, str] = {}
    for draft, outcome in written:
        if isinstance(draft.canonical, Product):
            for variant in draft.canonical.variants:
                there = outcome.parts.get(variant.sku)
                if there:
                    ids[variant.external_id] = there
    if not ids:
        return
    here = Link.everywhere.filter(
        connection=batch.route.source, kind="variant", external_id__in=ids
    )
    Link.everywhere.bulk_create(
        [
            Link(
                tenant_id=batch.route.tenant_id,
                connection=batch.route.target,
                kind="variant",
                external_id=ids[link.external_id],
                record_id=link.record_id,
            )
            for link in here
        ],
        ignore_conflicts=True,
    )


def names(batch: Batch, record_ids: Sequence[int]) -> dict[int, str]:
    """The source's ids of these records, for telling a merchant which item it was."""
    return dict(
        Link.everywhere.filter(
            connection=batch.route.source,
            kind=batch.route.read_as(batch.kind),
            record__in=record_ids,
        ).values_list("record_id", "external_id")
    )
