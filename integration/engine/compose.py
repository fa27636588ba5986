"""From owed deliveries to drafts: load, resolve, map, compare with what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from integration.canonical.catalog import Price, Product, Status, Stock
from integration.canonical.codec import decode
from integration.canonical.kinds import FACETS, Kind
from integration.canonical.record import Record as Canonical
from integration.canonical.record import refs
from integration.contract import books
from integration.contract.connector import Style
from integration.contract.mapping import Context, known_as
from integration.contract.messages import Action
from integration.engine import corrections, maps, pictures
from integration.engine.draft import Draft, digests
from integration.engine.maps import Writing
from integration.engine.owe import ignored
from integration.engine.resolve import resolve
from integration.engine.within import shown_in_wholes
from integration.errors import MissingLink, Permanent, SyncFailure
from integration.models import Connection, Delivery, Link, Missing, Route


@dataclass(slots=True)
class Composed:
    """What became of a batch before anything was written.

    `ready` is to be written or found, `refused` cannot be, `blocked` needs another
    thing first, `closed` is owed no more (with the reason).
    """

    ready: list[Draft] = field(default_factory=list)
    refused: list[tuple[Draft, SyncFailure]] = field(default_factory=list)
    blocked: list[tuple[Draft, MissingLink]] = field(default_factory=list)
    ownerless: list[Draft] = field(default_factory=list)
    closed: list[tuple[Draft, str]] = field(default_factory=list)


def compose(route: Route, kind: Kind, deliveries: Sequence[Delivery]) -> Composed:
    """Draft every delivery; each is mapped alone, so a bad one stays alone."""
    found = Composed()
    writing = maps.writing(route.target, kind)
    drafts = _load(route, kind, deliveries, found)
    things = [draft.canonical for draft in drafts if draft.canonical is not None]
    context = _context(route, writing, things)
    for draft in drafts:
        try:
            draft.full = writing.map(draft.canonical, context)
        except MissingLink as missing:
            found.blocked.append((draft, missing))
        except Permanent as error:
            found.refused.append((draft, error))
        else:
            draft.fields = digests(draft.full, writing.writes.volatile)
            found.ready.append(draft)
    return found


def looked_at(
    route: Route, kind: Kind, delivery: Delivery
) -> tuple[Canonical | None, Context]:
    """What the map would see of one delivery: the thing (None: it cannot be made) and
    all that stands beside it."""
    writing = maps.writing(route.target, kind)
    drafts = _load(route, kind, [delivery], Composed())
    things = [draft.canonical for draft in drafts if draft.canonical is not None]
    return (things[0] if things else None), _context(route, writing, things)


def _context(route: Route, writing: Writing, things: Sequence[Canonical]) -> Context:
    """What the maps may know: a route's options stand before the connection's."""
    settings = {**writing.context.settings, **route.options}
    ids = resolve(route.source, route.target, things)
    guest = settings.get(writing.writes.guest) or ""
    if route.missing == Missing.GUEST and guest:
        buyers = (known_as(ref) for thing in things for ref in refs(thing))
        strange = {name: guest for name in buyers if name[0] == Kind.CUSTOMER}
        ids = strange | ids
    return replace(writing.context, settings=settings, pairs=route.pairs, ids=ids)


def _load(
    route: Route, kind: Kind, deliveries: Sequence[Delivery], found: Composed
) -> list[Draft]:
    ids = [delivery.record_id for delivery in deliveries]
    source_kind = Kind(route.read_as(kind))
    here = shown_in_wholes(_links(route.source, source_kind, ids), route.source)
    there = _links(route.target, kind, ids)
    owners = _links(route.target, FACETS[kind], ids) if kind in FACETS else {}
    drafts = []
    for delivery in deliveries:
        link = here.get(delivery.record_id)
        draft = Draft(delivery, there=there.get(delivery.record_id))
        owner = owners.get(delivery.record_id)
        if draft.there is not None and not draft.there.gone_at:
            draft.target_id = draft.there.external_id
        elif owner is not None:
            draft.target_id = owner.external_id
        reason = _over(delivery, link, draft)
        if link is None or reason:
            found.closed.append((draft, reason))
        elif kind in FACETS and draft.target_id is None:
            found.ownerless.append(draft)
        else:
            _read(draft, kind, link, found)
            if draft.canonical is not None:
                drafts.append(draft)
    return drafts


def _read(draft: Draft, kind: Kind, link: Link, found: Composed) -> None:
    """Give a draft what it says; one no invoice can be made of is refused."""
    try:
        there = pictures.reachable(_canonical(Kind(link.kind), link), link)
        draft.canonical = books.made_of(kind, there)
    except Permanent as error:
        found.refused.append((draft, error))


def _links(
    connection: Connection, kind: str, record_ids: Sequence[int]
) -> dict[int, Link]:
    stored = Link.everywhere.filter(
        connection=connection, kind=kind, record__in=record_ids
    )
    return {link.record_id: link for link in stored}


def _over(delivery: Delivery, here: Link | None, draft: Draft) -> str:
    """Why a delivery is owed no more; "" where it is."""
    if delivery.record.merged_into_id is not None:
        return "merged"
    if ignored(delivery.record):
        return "ignored"
    if here is None or here.data is None:
        return "source_unknown"
    if here.gone_at and draft.target_id is None:
        return "gone"
    return ""


def _canonical(kind: Kind, link: Link) -> Canonical:
    record = decode(kind, bytes(link.data or b""))
    return vanished(record) if link.gone_at else record


def vanished(record: Canonical) -> Canonical:
    """What a target shows of a thing its source no longer has."""
    match record:
        case Product():
            return replace(record, status=Status.DISCONTINUED, published=False)
        case Stock():
            return replace(record, levels=())
        case Price():
            return replace(record, money=None, sale=None)
    return record


def settle(draft: Draft, writing: Writing, settings: dict[str, Any]) -> bool:
    """Decide action and payload; False: the target has it all, no call is needed.

    What a person corrected by hand is sent in place of what the map says.
    """
    edited = draft.delivery.edited
    if not _decide(draft, writing, settings) and not edited:
        return False
    if edited:
        draft.payload = corrections.apply(draft.full, draft.payload, edited)
    return True


def _decide(draft: Draft, writing: Writing, settings: dict[str, Any]) -> bool:
    """Action and payload as the map alone would have them; False: nothing changed."""
    writes = writing.writes
    if draft.target_id is None:
        draft.action, draft.payload = Action.CREATE, draft.full
        return True
    draft.action = Action.UPDATE
    allowed = {
        name: value
        for name, value in draft.full.items()
        if _sent_on_update(name, writes.on_create, settings)
    }
    sent = draft.there.sent if draft.there and not draft.delivery.resend else {}
    changed = {
        name: value
        for name, value in allowed.items()
        if sent.get(name) != draft.fields[name]
    }
    if writes.style == Style.FULL:
        draft.payload = allowed
    else:
        always = {name: allowed[name] for name in writes.always if name in allowed}
        draft.payload = {**always, **changed}
    return bool(changed)


def _sent_on_update(
    name: str, on_create: Mapping[str, str], settings: dict[str, Any]
) -> bool:
    """All but what belongs to the making, unless a setting wants that as well."""
    if name not in on_create:
        return True
    return bool(on_create[name] and settings.get(on_create[name]))
