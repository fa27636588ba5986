"""What a route would write of some records, worked out as a push does and not written.

Nothing is stored and nobody is called: the same drafts are made of what is stored, and
laid beside what the target has, as far as that is known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from integration.canonical.codec import decode
from integration.canonical.kinds import Kind
from integration.canonical.record import refs
from integration.contract.mapping import known_as, put
from integration.engine import compose, filters, maps
from integration.engine.compose import Composed
from integration.engine.draft import Draft
from integration.engine.maps import Writing
from integration.errors import MissingLink, SyncFailure
from integration.models import Delivery, Link, Policy, Record, Route

# Records worked out for one page.
MOST = 5


class Deed(StrEnum):
    """What a push would do with a record."""

    CREATE = "create"
    UPDATE = "update"
    EQUAL = "equal"
    LINK = "link"
    LEFT = "left"
    WAITS = "waits"
    REFUSED = "refused"
    OVER = "over"


class Change(StrEnum):
    """How one field of the payload stands to what the target has."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Line:
    """One field: its value there (`known`: whether that can be told) and to come."""

    name: str
    there: Any
    to_come: Any
    known: bool
    change: Change


@dataclass(frozen=True, slots=True)
class Previewed:
    """One record: what a push would do and why, field by field."""

    record: Record
    deed: Deed
    lines: Sequence[Line] = ()
    external_id: str = ""
    why: str = ""
    field: str = ""


def preview(route: Route, records: Sequence[Record]) -> list[Previewed]:
    """What a push of these records by this route would write now.

    At most the first five; KeyError where the target does not take what the route
    writes.
    """
    kind, chosen = Kind(route.writes), records[:MOST]
    passing = set(filters.fitting(route, [record.pk for record in chosen]))
    found = compose.compose(
        route,
        kind,
        [
            Delivery(tenant_id=route.tenant_id, route=route, record=record, kind=kind)
            for record in chosen
        ],
    )
    known = {each.record.pk: each for each in _each(route, kind, found)}
    return [
        known[record.pk]
        if not (why := _left_out(record, passing))
        # It would not even be owed.
        else Previewed(record, Deed.OVER, why=why)
        for record in chosen
    ]


def _left_out(record: Record, passing: Collection[int]) -> str:
    if record.ignored_at is not None:
        return "ignored"
    return "" if record.pk in passing else "filtered"


def _each(route: Route, kind: Kind, found: Composed) -> Iterator[Previewed]:
    writing = maps.writing(route.target, kind)
    for draft in found.ready:
        yield _ready(route, writing, draft)
    for draft, failure in (*found.refused, *found.blocked):
        yield _stopped(draft, failure)
    for draft in found.ownerless:
        yield Previewed(draft.delivery.record, Deed.WAITS, why="owner")
    for draft, reason in found.closed:
        yield Previewed(draft.delivery.record, Deed.OVER, why=reason)


def _stopped(draft: Draft, failure: SyncFailure) -> Previewed:
    deed = Deed.WAITS if isinstance(failure, MissingLink) else Deed.REFUSED
    why = f"{failure.message} {failure.hint}".strip()
    field = str(getattr(failure, "field", "") or "")
    return Previewed(draft.delivery.record, deed, why=why, field=field)


def _ready(route: Route, writing: Writing, draft: Draft) -> Previewed:
    settings = {**route.target.settings, **route.options}
    to_send = compose.settle(draft, writing, settings)
    lines = _lines(writing, draft, _there(writing, settings, draft.there))
    deed = _deed(route, draft, to_send)
    return Previewed(draft.delivery.record, deed, lines, draft.target_id or "")


def _deed(route: Route, draft: Draft, to_send: bool) -> Deed:
    """As a push decides; what is not linked yet is looked for there first."""
    if route.policy == Policy.LINK_ONLY:
        return Deed.LINK
    if draft.target_id is None:
        return Deed.CREATE
    if route.policy == Policy.CREATE_ONLY:
        return Deed.LEFT
    return Deed.UPDATE if to_send else Deed.EQUAL


def _lines(writing: Writing, draft: Draft, there: Mapping[str, Any]) -> list[Line]:
    sent = draft.there.sent if draft.there else {}
    found = []
    for name, value in draft.full.items():
        known, now = name in there, there.get(name)
        if draft.target_id is None:
            change = Change.NEW
        elif sent.get(name) == draft.fields[name] or (known and now == value):
            change = Change.SAME
        else:
            change = Change.CHANGED if name in draft.payload else Change.KEPT
        found.append(Line(name, now, value, known, change))
    return found


def _there(
    writing: Writing, settings: Mapping[str, Any], link: Link | None
) -> Mapping[str, Any]:
    """What the target has, in the words of the payload: its own record, mapped as if
    it were to be written there. Each rule alone, for some cannot be told that way."""
    if link is None or link.data is None:
        return {}
    thing = decode(Kind(link.kind), bytes(link.data))
    own = {known_as(ref): ref.external_id for ref in refs(thing) if ref.external_id}
    context = replace(writing.context, settings=settings, ids=own)
    shown = context.only(writing.map.uses, writing.map.lookups)
    found: dict[str, Any] = {}
    untold = set()
    for name, rule in writing.map.rules.items():
        try:
            put(found, name, rule(thing, shown))
        except (SyncFailure, ValueError, TypeError, LookupError, ArithmeticError):
            untold.add(name.partition(".")[0])
    return {name: value for name, value in found.items() if name not in untold}
