"""What each state of an item means, as conditions the database answers.

Every condition is one set of records, named by a subquery that begins with the few rows
that are out of step, so its cost follows those and not the number of records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from integration.canonical.kinds import FACETS, Kind, owner_kind
from integration.models import Delivery, DeliveryState, Link, Record, Route, Tenant
from integration.models.delivery import OPEN_DELIVERIES
from synclog.models import ErrorState, SyncError, Who

# What each listed kind is about: the kinds of routes that bring it.
BROUGHT_BY: dict[str, tuple[Kind, ...]] = {
    Kind.PRODUCT: (Kind.PRODUCT,),
    Kind.VARIANT: (Kind.VARIANT, Kind.STOCK, Kind.PRICE),
    Kind.STOCK: (Kind.STOCK,),
    Kind.PRICE: (Kind.PRICE,),
    Kind.CUSTOMER: (Kind.CUSTOMER,),
}
# A variant travels inside its product as well.
ALSO_BY: dict[str, tuple[Kind, ...]] = {
    Kind.PRODUCT: (Kind.VARIANT, Kind.STOCK, Kind.PRICE),
    Kind.VARIANT: (Kind.PRODUCT,),
}


class State(StrEnum):
    """How an item stands; where several hold, the first of them is told."""

    IGNORED = "ignored"
    NEEDS_YOU = "needs_you"
    RETRYING = "retrying"
    WAITING = "waiting"
    GONE = "gone"
    NOT_LINKED = "not_linked"
    SKIPPED = "skipped"
    DIFFERS = "differs"
    IN_STEP = "in_step"


class About(NamedTuple):
    """Whose items of which kind; `routes` are all of the merchant's.

    `among`: only these records are asked about, which keeps every condition small.
    """

    tenant: Tenant
    kind: str
    routes: Sequence[Route]
    among: Sequence[int] | None = None

    @property
    def bringing(self) -> list[Route]:
        """The routes in force that bring this kind."""
        kinds = BROUGHT_BY.get(self.kind, (Kind(self.kind),))
        return [each for each in self.routes if each.enabled and each.kind in kinds]

    @property
    def concerning(self) -> list[Route]:
        """Those, and the ones that bring what it is part of or consists of."""
        kinds = (*BROUGHT_BY.get(self.kind, ()), *ALSO_BY.get(self.kind, ()))
        kinds = kinds or (Kind(self.kind),)
        return [each for each in self.routes if each.enabled and each.kind in kinds]


def records(about: About) -> QuerySet[Record]:
    """The records a list of this kind shows; stock and prices are those of variants."""
    kind = Kind(about.kind)
    found = Record.objects.for_tenant(about.tenant).filter(
        kind=owner_kind(kind), merged_into=None
    )
    if kind in FACETS:
        shown = Link.objects.for_tenant(about.tenant).filter(
            record=OuterRef("pk"), kind=kind
        )
        found = found.filter(Exists(shown))
    return found


def stated(about: About, chosen: QuerySet[Record]) -> QuerySet[Any]:
    """The records with their `state`. What its platforms say is not looked at: of those
    called in step, `values.strays` finds which differ."""
    whens = [
        When(condition(about, state), then=Value(str(state)))
        for state in State
        if state is not State.IN_STEP
    ]
    default = Value(str(State.IN_STEP))
    return chosen.annotate(
        state=Case(*whens, default=default, output_field=CharField())
    )


def only(about: About, state: State, chosen: QuerySet[Record]) -> QuerySet[Record]:
    """Those of the records that `stated` would call so."""
    for earlier in State:
        if earlier is state:
            break
        chosen = chosen.filter(~condition(about, earlier))
    return chosen if state is State.IN_STEP else chosen.filter(condition(about, state))


def condition(about: About, state: State) -> Q:
    """What makes an item stand so, were it nothing else; in step has no condition."""
    return CONDITIONS[state](about)


def _needs_you(about: About) -> Q:
    return _failing(about, ~Q(who=Who.CLOCK))


def _retrying(about: About) -> Q:
    tried = Q(attempts__gt=0) & ~Q(state=DeliveryState.REFUSED)
    return _failing(about, Q(who=Who.CLOCK)) | _owed(about, tried)


def _waiting(about: About) -> Q:
    return _owed(about, ~Q(state=DeliveryState.REFUSED))


def _refused(about: About) -> Q:
    """Refused, and a person wants to hear no more of it."""
    return _owed(about, Q(state=DeliveryState.REFUSED))


def _owed(about: About, which: Q) -> Q:
    """With an open write of this sort."""
    # Naming the routes lets the index of open deliveries answer.
    rows = Delivery.objects.for_tenant(about.tenant).filter(
        which,
        route__in=[route.pk for route in about.routes],
        state__in=OPEN_DELIVERIES,
    )
    return _of(about, rows)


def _failing(about: About, which: Q) -> Q:
    """With an open problem of this sort, of its writing or of its reading."""
    rows = SyncError.objects.for_tenant(about.tenant).filter(
        which, state=ErrorState.OPEN
    )
    found = _of(about, rows.filter(record__isnull=False))
    if Kind(about.kind) in FACETS:
        return found
    if about.among is not None:
        same = rows.filter(
            record=None,
            connection=OuterRef("connection"),
            kind=OuterRef("kind"),
            external_id=OuterRef("external_id"),
        )
        links = Link.objects.for_tenant(about.tenant).filter(record__in=about.among)
        return found | Q(pk__in=links.filter(Exists(same)).values("record"))
    # What could not be mapped names the platform's row, not our record.
    link = Link.objects.for_tenant(about.tenant).filter(
        connection=OuterRef("connection"),
        kind=OuterRef("kind"),
        external_id=OuterRef("external_id"),
    )
    unread = rows.filter(record=None).annotate(of=Subquery(link.values("record")[:1]))
    return found | Q(pk__in=unread.filter(of__isnull=False).values("of"))


def _of(about: About, rows: QuerySet[Any]) -> Q:
    """The records these rows are about; a product's are also those of its variants."""
    kind = Kind(about.kind)
    if kind in FACETS:
        rows = rows.filter(kind=kind)
    own, parts = rows, rows.filter(record__parent__isnull=False)
    if about.among is not None:
        own = rows.filter(record__in=about.among)
        parts = rows.filter(record__parent__in=about.among)
    found = Q(pk__in=own.values("record"))
    if kind == Kind.PRODUCT:
        found |= Q(pk__in=parts.values("record__parent"))
    return found


def _not_linked(about: About) -> Q:
    """Shown by the source of a route and unknown to its target."""
    found = Q(pk__in=())
    links = Link.objects.for_tenant(about.tenant)
    for route in about.bringing:
        written = Kind(route.writes)
        there = links.filter(
            connection=route.target_id,
            kind__in={written, owner_kind(written)},
            record=OuterRef("record"),
        )
        lacking = links.filter(
            ~Exists(there), connection=route.source_id, kind=route.kind, gone_at=None
        )
        if about.among is not None:
            lacking = lacking.filter(record__in=about.among)
        found |= Q(pk__in=lacking.values("record"))
    return found


def _nobody_s(about: About) -> Q:
    """Shown by no source of a route that would bring it."""
    sources = {route.source_id for route in about.concerning}
    kinds = {*BROUGHT_BY.get(about.kind, (Kind(about.kind),)), about.kind}
    shown = Link.objects.for_tenant(about.tenant).filter(
        record=OuterRef("pk"), connection__in=sources, kind__in=kinds
    )
    return ~Q(Exists(shown)) if sources else Q(pk__isnull=False)


CONDITIONS: dict[State, Callable[[About], Q]] = {
    State.IGNORED: lambda about: Q(ignored_at__isnull=False),
    State.NEEDS_YOU: _needs_you,
    State.RETRYING: _retrying,
    State.WAITING: _waiting,
    State.GONE: lambda about: Q(gone_at__isnull=False),
    State.NOT_LINKED: _not_linked,
    State.SKIPPED: _nobody_s,
    State.DIFFERS: _refused,
}
