"""How items stand, and which share of them is in step.

The definition. Every change of a source plans its deliveries in the transaction that
stores it, and a delivery is only over when its target confirmed the revision it was
made of, or was found to have it already. So a target has all it should have where the
record has no open delivery. An item is in step when, for every enabled route that
brings it,

* its target link exists (what is linked only is in step by being linked),
* no delivery of it, of its stock or prices, or of its variants is open,
* no problem of it is open, neither of writing nor of reading it, and
* where the target showed its stock or price since, it is what the source shows.

`Record.revision` is no measure of this: it rises with whatever any platform shows.
Ignored, gone and skipped items (shown by no source of a route) are none of the share.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.db.models import Q

from integration.canonical.kinds import Kind
from integration.engine.stale import with_oldest
from integration.insight import values
from integration.insight.conditions import About, State, condition, only, records
from integration.insight.items import streams
from integration.models import Connection, Cursor, Record, Route, Tenant

__all__ = ["Share", "State", "oldest", "routes_of", "share"]

# Variants whose platforms' words are compared for the share: those changed last.
COMPARED = 500
# These are not expected to be in step with anything.
APART = (State.IGNORED, State.GONE, State.SKIPPED)


class Share(NamedTuple):
    """How many items stand how; `oldest` is when the one unseen for longest was seen.

    `differs` counts those compared: the ones changed last, and all that were refused.
    """

    by_state: dict[State, int]
    oldest: datetime | None

    @property
    def expected(self) -> int:
        """How many ought to be in step."""
        return sum(n for state, n in self.by_state.items() if state not in APART)

    @property
    def in_step(self) -> float | None:
        """The share of those that are, from 0 to 1; None where there are none."""
        if not self.expected:
            return None
        return self.by_state[State.IN_STEP] / self.expected


def routes_of(tenant: Tenant) -> list[Route]:
    """All routes of a merchant with both ends, in one statement."""
    found = Route.objects.for_tenant(tenant).select_related("source", "target")
    return list(found.order_by("pk"))


def share(tenant: Tenant) -> Share:
    """How the merchant's products and customers stand; a fixed number of statements,
    each of which follows what is out of step."""
    routes = routes_of(tenant)
    by_state = dict.fromkeys(State, 0)
    for kind in _kinds(tenant):
        about = About(tenant, kind, routes)
        total = records(about).count()
        if not total:
            continue
        counted = _counted(about)
        counted[State.DIFFERS] += _contradicted(about)
        counted[State.IN_STEP] = max(0, total - sum(counted.values()))
        for state, count in counted.items():
            by_state[state] += count
    return Share(by_state, oldest(tenant))


def _counted(about: About) -> dict[State, int]:
    """How many are out of step, by the first state that holds: the keys of each are
    fetched, which costs less than having the database tell them apart."""
    counted: dict[State, int] = {}
    seen: set[int] = set()
    for state in State:
        if state is State.IN_STEP:
            continue
        rows = records(about).filter(condition(about, state)).order_by()
        keys = set(rows.values_list("pk", flat=True)) - seen
        counted[state] = len(keys)
        seen |= keys
    return counted


def oldest(tenant: Tenant) -> datetime | None:
    """When the item unseen for longest was last seen."""
    place = Q(pk__in=())
    stored = Connection.objects.for_tenant(tenant).values_list("pk", "platform")
    for pk, platform in stored:
        names = [
            name
            for kind in (Kind.PRODUCT, Kind.VARIANT, Kind.CUSTOMER)
            for name in streams(platform, kind)
        ]
        place |= Q(connection=pk, stream__in=names)
    lists = with_oldest(Cursor.objects.for_tenant(tenant).filter(place))
    seen = [cast(Any, cursor).oldest_seen for cursor in lists]
    return min((moment for moment in seen if moment is not None), default=None)


def _kinds(tenant: Tenant) -> Sequence[Kind]:
    """What is counted: a variant only where it is no part of a product."""
    own = Record.objects.for_tenant(tenant).filter(kind=Kind.PRODUCT)
    return (Kind.PRODUCT if own.exists() else Kind.VARIANT, Kind.CUSTOMER)


def _contradicted(about: About) -> int:
    """How many of those that changed last would be in step, were it not for what their
    target shows."""
    if about.kind == Kind.CUSTOMER:
        return 0
    newest = Record.objects.for_tenant(about.tenant).filter(kind=Kind.VARIANT)
    latest = newest.order_by("-revision").values_list("pk", "parent")[:COMPARED]
    wholes: dict[int, int | None] = dict(latest)
    known = values.facets(about.tenant, list(wholes))
    astray = set(values.strays(about.routes, known))
    if about.kind == Kind.PRODUCT:
        astray = {wholes[pk] or pk for pk in astray}
    near = about._replace(among=list(astray))
    own = records(about).filter(pk__in=astray)
    return only(near, State.IN_STEP, own).count() if astray else 0
