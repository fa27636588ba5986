"""Which connections are owed a change, under which policy; later changes fold in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import (
    Case,
    F,
    OuterRef,
    PositiveSmallIntegerField,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Least

from integration.canonical.kinds import PARTS, RANK, Kind
from integration.contract import registry
from integration.engine.detect import Bundle
from integration.engine.filters import fits
from integration.engine.identity import Identities, New, name_of
from integration.engine.intake import Intake
from integration.engine.ladder import MAY_EXIST
from integration.models import Delivery, DeliveryState, Link, Policy, Record, Route, Run
from integration.models.delivery import OPEN_DELIVERIES

# The cause of a delivery something else waits for: it is made even where its own
# route only links.
NEEDED = "needed"
# Put aside while its outcome was unknown.
PARKED_IN_FLIGHT = Q(state=DeliveryState.PARKED, frozen__isnull=False)


class Owed(NamedTuple):
    """Deliveries to plan for one route: which records, and how soon."""

    route: Route
    record_ids: Sequence[int]
    priority: int
    cause: str
    now: datetime
    run: Run | None = None
    resend: bool = False
    kind: str = ""


def owe(intake: Intake, bundles: Sequence[Bundle], found: Identities) -> int:
    """Plan what the routes owe for a page; how many deliveries that concerns."""
    planned = 0
    for route in intake.routes:
        record_ids = _eligible(intake, route, bundles, found)
        if route.policy == Policy.CREATE_ONLY and record_ids:
            record_ids = unlinked(route, record_ids)
        if not record_ids:
            continue
        planned += plan(
            Owed(
                route=route,
                record_ids=record_ids,
                priority=intake.priority,
                cause=intake.cause,
                now=intake.now,
                run=full_of(intake.run, route),
                resend=intake.resend and route.pk in intake.owed_all,
            )
        )
    return planned


def full_of(run: Run | None, route: Route) -> Run | None:
    """The full read whose end waits for what this route owes; None where none does."""
    return run if run is not None and run.everything and run.serves(route) else None


def _old_sale(intake: Intake, route: Route, bundle: Bundle, found: Identities) -> bool:
    """Whether a row was sold before the route was laid, and was found only because
    somebody asked for everything on another route: that one alone sends it on."""
    run, sale = intake.run, bundle.of_kind(intake.stream.main)
    if run is None or run.serves(route) or sale is None:
        return False
    made_at = sale.made_at()
    known = not isinstance(found.records[name_of(sale)], New)
    return not known and made_at is not None and made_at < route.created_at


def _eligible(
    intake: Intake, route: Route, bundles: Sequence[Bundle], found: Identities
) -> list[int]:
    own = Kind(route.kind)
    kinds = {own, PARTS.get(own, own)}
    kinds |= {Kind(name.partition(".")[0]) for name in route.filters}
    ids: dict[int, None] = {}
    same: dict[int, None] = {}
    for bundle in bundles:
        changed = route.pk in intake.owed_all or kinds & bundle.changed
        if not (changed or route.pk in intake.lacking) or not fits(route, bundle):
            continue
        if _old_sale(intake, route, bundle, found):
            continue
        for thing in bundle.things:
            for each in (thing, *thing.parts()) if own in PARTS else (thing,):
                if each.kind == own:
                    into = ids if changed else same
                    into[found.records[name_of(each)].pk] = None
    return [*ids, *unlinked(route, list(same))]


def unlinked(route: Route, record_ids: Sequence[int]) -> list[int]:
    """Those of the records the route's target does not have yet."""
    there = set(
        Link.everywhere.filter(
            connection=route.target, kind=route.writes, record__in=record_ids
        ).values_list("record_id", flat=True)
    )
    return [record_id for record_id in record_ids if record_id not in there]


def plan(owed: Owed) -> int:
    """One open delivery per record: new, or folded into the one there is.

    Folding raises what is wanted and the priority; a refused one is due again, one in
    flight goes on and is compared when its outcome is known. One that may have been
    done already stays where it is: only a person may have it sent again.
    """
    open_now = Delivery.everywhere.filter(
        Q(state__in=OPEN_DELIVERIES) | PARKED_IN_FLIGHT,
        route=owed.route,
        record__in=owed.record_ids,
    )
    standing = set(open_now.values_list("record_id", flat=True))
    if standing:
        _fold(open_now, owed)
    fresh = [key for key in owed.record_ids if key not in standing]
    # Of what a person ignores nothing is owed, nor of what that consists of.
    heeded = Record.everywhere.filter(
        Q(parent=None) | Q(parent__ignored_at=None), pk__in=fresh, ignored_at=None
    )
    revisions: Mapping[int, int] = dict(heeded.values_list("pk", "revision"))
    kind = owed.kind or owed.route.writes
    due = _due(owed, Kind(kind))
    Delivery.everywhere.bulk_create(
        [
            Delivery(
                tenant_id=owed.route.tenant_id,
                route=owed.route,
                record_id=record_id,
                kind=kind,
                rank=RANK[Kind(kind)],
                priority=owed.priority,
                not_before=due,
                wanted=revision,
                run=owed.run,
                cause=owed.cause,
                resend=owed.resend,
            )
            for record_id, revision in revisions.items()
        ],
        batch_size=200,
    )
    return len(standing) + len(revisions)


def _due(owed: Owed, kind: Kind) -> datetime:
    """At once, or when the target's next batch goes; what something waits for never
    waits for a batch."""
    target = owed.route.target
    writes = registry.connector(target.platform).writes.get(kind)
    every = writes.every(target.settings) if writes else 0
    if not every or owed.cause == NEEDED:
        return owed.now
    moment = owed.now.timestamp()
    return datetime.fromtimestamp((moment // every + 1) * every, UTC)


def _fold(open_now: Iterable[Delivery], owed: Owed) -> None:
    revision = Record.everywhere.filter(pk=OuterRef("record")).values("revision")
    refused = Q(state=DeliveryState.REFUSED) & ~Q(code=MAY_EXIST)
    small = PositiveSmallIntegerField()
    changes = {
        "wanted": Subquery(revision[:1]),
        "priority": Least(F("priority"), Value(owed.priority), output_field=small),
        "state": Case(
            When(refused, then=Value(DeliveryState.PLANNED)), default=F("state")
        ),
        "attempts": Case(
            When(refused, then=Value(0)), default=F("attempts"), output_field=small
        ),
        "not_before": Case(
            When(refused, then=Value(owed.now)), default=F("not_before")
        ),
    }
    if owed.run is not None:
        changes["run"] = Value(owed.run.pk)
    if owed.resend:
        changes["resend"] = Value(True)
    if owed.cause == NEEDED:
        changes["cause"] = Value(NEEDED)
    open_now.update(**changes)  # type: ignore[attr-defined]


def ignored(record: Record) -> bool:
    """Whether a person wants nothing written of it, or of what it is part of."""
    whole = record.parent
    return bool(record.ignored_at or (whole is not None and whole.ignored_at))


def whole_of(record: Record) -> tuple[str, Record]:
    """What is written when this record is wanted: itself, or what it is part of."""
    kind = Kind(record.kind)
    if kind in PARTS and record.parent is not None:
        return str(PARTS[kind]), record.parent
    return str(kind), record
