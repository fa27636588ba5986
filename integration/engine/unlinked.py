"""What is not linked yet: things a source shows and a target does not have, by route,
and why. Linked in time, no duplicate arises from a name typed differently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)

from integration.canonical.kinds import Kind, owner_kind
from integration.models import Delivery, DeliveryState, Link, Route
from integration.models.delivery import STUCK_DELIVERIES

# Rows of a list.
MOST = 50
COMING = (
    DeliveryState.PLANNED,
    DeliveryState.BLOCKED,
    DeliveryState.SENDING,
    DeliveryState.ACCEPTED,
    DeliveryState.UNKNOWN,
)


class Reason(StrEnum):
    """Why a thing is not linked. WAITING is on its way, the others are not."""

    NEVER_MATCHED = "never matched"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"
    WAITING = "waiting"


class Unlinked(NamedTuple):
    """A thing that the source shows and the target lacks."""

    record_id: int
    label: str
    external_id: str
    reason: Reason
    message: str
    # Where the list goes on behind it.
    link_id: int = 0


class Counts(NamedTuple):
    """How many things a route's source shows, and how many of them are not linked."""

    shown: int
    by_reason: dict[Reason, int]

    @property
    def open(self) -> int:
        """Those nobody brings by themselves."""
        return sum(
            count
            for reason, count in self.by_reason.items()
            if reason is not Reason.WAITING
        )


def counts(route: Route) -> Counts:
    """How things stand on one route, in two statements for any number of records."""
    return counted([route])[0]


def counted(routes: Sequence[Route]) -> list[Counts]:
    """How things stand on each of these routes, in the same two statements."""
    lacking: dict[int, dict[Reason, int]] = {route.pk: {} for route in routes}
    for row in _together([_reasons(route) for route in routes]):
        lacking[row["way"]][Reason(row["reason"])] = row["count"]
    places = {(route.source_id, route.kind): route for route in routes}
    shown = {
        (row["connection_id"], row["kind"]): row["count"]
        for row in _together([_total(route) for route in places.values()])
    }
    return [
        Counts(shown.get((route.source_id, route.kind), 0), lacking[route.pk])
        for route in routes
    ]


def _together(sums: Sequence[QuerySet[Link, Any]]) -> Iterable[Any]:
    """The rows of all these questions, asked as one."""
    return sums[0].union(*sums[1:], all=True) if sums else ()


def _reasons(route: Route) -> QuerySet[Link, Any]:
    """How many lack for which reason."""
    rows = _rows(route).order_by().annotate(way=Value(route.pk))
    told: QuerySet[Link, Any] = rows.values("way", "reason").annotate(count=Count("pk"))
    return told


def _total(route: Route) -> QuerySet[Link, Any]:
    """How many the source shows."""
    rows = _shown(route).order_by().values("connection_id", "kind")
    return rows.annotate(count=Count("pk"))


def listed(
    route: Route, reasons: Sequence[Reason] = (), most: int = MOST, after: int = 0
) -> list[Unlinked]:
    """The things of these reasons (none: of all but what waits) behind `after`, in one
    statement. What a person ignores is none of them."""
    rows = _rows(route).filter(pk__gt=after)
    if reasons:
        rows = rows.filter(reason__in=[str(each) for each in reasons])
    else:
        # Asked as a set, it costs what is on its way; the reason costs every row.
        coming = Delivery.everywhere.filter(
            route=route, record=OuterRef("record"), state__in=COMING
        )
        rows = rows.filter(~Exists(coming))
    chosen = rows.order_by("pk").values_list(
        "record_id", "record__label", "external_id", "reason", "said", "pk"
    )[:most]
    return [
        Unlinked(record_id, label, external_id, Reason(reason), said or "", pk)
        for record_id, label, external_id, reason, said, pk in chosen
    ]


def _shown(route: Route) -> QuerySet[Link]:
    """What the source shows of the route's kind."""
    return Link.everywhere.filter(
        connection=route.source_id, kind=route.kind, gone_at=None
    )


def _rows(route: Route) -> QuerySet[Any]:
    """What the target lacks, with the reason and what was said of it."""
    written = Kind(route.writes)
    # Stock and prices are there with what they are of.
    there = Link.everywhere.filter(
        connection=route.target_id,
        kind__in={written, owner_kind(written)},
        record=OuterRef("record"),
    )
    # The newest delivery of a record tells how it stands.
    last = Delivery.everywhere.filter(route=route, record=OuterRef("record")).order_by(
        "-pk"
    )
    return (
        _shown(route)
        .filter(~Exists(there), record__ignored_at=None)
        .annotate(
            delivery_state=Subquery(last.values("state")[:1]),
            delivery_code=Subquery(last.values("code")[:1]),
            said=Subquery(last.values("message")[:1]),
        )
        .annotate(reason=_reason())
    )


def _reason() -> Case:
    return Case(
        When(delivery_state__in=COMING, then=Value(Reason.WAITING.value)),
        When(delivery_code="ambiguous", then=Value(Reason.AMBIGUOUS.value)),
        When(delivery_state__in=STUCK_DELIVERIES, then=Value(Reason.REFUSED.value)),
        default=Value(Reason.NEVER_MATCHED.value),
        output_field=CharField(),
    )
