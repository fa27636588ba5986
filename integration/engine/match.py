"""Finds the counterpart on the target before anything is created there."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from integration.canonical.kinds import ONE_BY, SALES, Kind
from integration.contract.connector import Writer
from integration.contract.messages import Found, Wanted
from integration.engine import apart
from integration.engine.draft import Draft
from integration.engine.ladder import AMBIGUOUS
from integration.engine.links import taken
from integration.errors import BadRecord, SyncFailure, Transient
from integration.models import Connection, Delivery, Link, MatchKey, Record, Route
from integration.models.delivery import OPEN_DELIVERIES

Refusal = tuple[Draft, SyncFailure]
# Found, and linked already for another that is the same there: nothing is left to do.
SAME = "same_there"
# How a connector says that it was found by what we left on it ourselves.
MARK = "mark"


def find(
    writer: Writer, route: Route, kind: Kind, drafts: Sequence[Draft]
) -> list[Refusal]:
    """Give each draft the id of what is there already, by mark or natural key; of those
    only by the ones the route goes by.

    Returns those for which more than one thing, or another record's thing, was found:
    ambiguous, never a guess.
    """
    by_uid = {draft.uid: draft for draft in drafts if draft.canonical is not None}
    by = tuple(route.match)
    wanted = [
        Wanted(uid, draft.canonical, by)
        for uid, draft in by_uid.items()
        if draft.canonical is not None
    ]
    refused: list[Refusal] = []
    found = list(writer.find(kind, wanted)) if wanted else []
    held = _holders(route.target, kind, found)
    for each in found:
        draft = by_uid[each.uid]
        problem = _claim(kind, draft, each, held)
        if problem is None:
            draft.target_id, draft.by = each.external_ids[0], each.by
        elif _same(kind, each):
            draft.by = SAME
        else:
            refused.append((draft, problem))
    return refused


def _same(kind: Kind, found: Found) -> bool:
    """Whether it is what two records of the source are there: by the key that makes
    them one, or by our mark, which whoever came first has left on it."""
    by_key = kind in ONE_BY and found.by in (ONE_BY[kind], MARK)
    return by_key and len(found.external_ids) == 1


def _holders(
    target: Connection, kind: Kind, found: Sequence[Found]
) -> dict[str, Record]:
    ids = {external_id for each in found for external_id in each.external_ids}
    links = Link.everywhere.filter(
        connection=target, kind=kind, external_id__in=ids
    ).select_related("record")
    return {link.external_id: link.record for link in links}


def _claim(
    kind: Kind, draft: Draft, found: Found, held: dict[str, Record]
) -> SyncFailure | None:
    if len(found.external_ids) > 1:
        listed = ", ".join(found.external_ids)
        return BadRecord(
            found.by,
            f"More than one thing there has the same {found.by}: {listed}.",
            code=AMBIGUOUS,
            hint="Link the right one by hand, or make the values different.",
        )
    holder = held.get(found.external_ids[0])
    if holder is None or holder.pk == draft.delivery.record_id:
        return None
    # Two sales are never one, however alike: two shops may count the same.
    if kind not in SALES:
        if _leaving(draft.delivery, holder):
            return _not_yet(found.external_ids[0], holder)
        if absorb(holder, draft.delivery.record):
            return None
    if apart.kept(holder, draft.delivery.record):
        return _kept_apart(found.external_ids[0], holder)
    return taken(found.external_ids[0], holder, found.by)


def _leaving(delivery: Delivery, holder: Record) -> bool:
    """Whether the holder is gone where both come from, and something is still to be
    done with it there: it may be about to be unpublished."""
    shared = in_both(holder, delivery.record)
    if not shared or any(link.gone_at is None for link in shared):
        return False
    mine = Q(record=holder) | Q(record__parent=holder)
    owed = Delivery.everywhere.filter(mine, route__target=delivery.route.target)
    return owed.filter(state__in=OPEN_DELIVERIES).exists()


def _not_yet(external_id: str, holder: Record) -> Transient:
    return Transient(
        f"{external_id} there still stands for {holder}, which is gone.",
        code="still_leaving",
        hint="It takes that place as soon as the other has left it.",
    )


def _kept_apart(external_id: str, holder: Record) -> BadRecord:
    return BadRecord(
        "",
        f"What fits there is {external_id}, {holder}, which a person unlinked from it.",
        code="kept_apart",
        hint="Link it by hand, or ignore it: nothing is written until then.",
    )


def absorb(loser: Record, survivor: Record) -> bool:
    """Merge two records for one thing; False where one platform has both, or a person
    keeps them apart. One that is gone there gives way to the one that took its place.
    """
    if apart.kept(loser, survivor):
        return False
    shared = in_both(loser, survivor)
    if any(link.gone_at is None for link in shared):
        return False
    Link.everywhere.filter(pk__in=[link.pk for link in shared]).delete()
    for part in loser.parts.all():
        _absorb_part(part, survivor)
    loser.links.update(record=survivor)
    keys = MatchKey.everywhere.filter(record=loser)
    # What the loser was kept apart from, the survivor is.
    _inherit(keys.filter(name=apart.APART), survivor)
    keys.delete()
    Record.everywhere.filter(pk=loser.pk).update(merged_into=survivor)
    return True


def in_both(loser: Record, survivor: Record) -> list[Link]:
    """The loser's links to connections that know the survivor as the same kind."""
    places = set(survivor.links.values_list("connection_id", "kind"))
    mine = loser.links.select_related("connection")
    return [link for link in mine if (link.connection_id, link.kind) in places]


def _inherit(keys: QuerySet[MatchKey], survivor: Record) -> None:
    own = survivor.match_keys.filter(name=apart.APART).values("connection")
    keys.exclude(connection__in=own).update(record=survivor)


def _absorb_part(part: Record, survivor: Record) -> None:
    skus = part.match_keys.filter(name="sku").values_list("value", flat=True)
    twin = survivor.parts.filter(
        match_keys__name="sku", match_keys__value__in=list(skus)
    ).first()
    if twin is None or not absorb(part, twin):
        Record.everywhere.filter(pk=part.pk).update(parent=survivor)
