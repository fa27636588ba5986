"""What is not linked yet: things a source shows and a target does not have, by route,
and why. Linked in time, no duplicate arises from a name typed differently."""

from __future__ import annotations

from collections.abc import Sequence
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
    rows = _rows(route).order_by().values("reason").annotate(count=Count("pk"))
    found = {Reason(row["reason"]): row["count"] for row in rows}
    return Counts(_shown(route).count(), found)


def listed(
    route: Route, reasons: Sequence[Reason] = (), most: int = MOST, after: int = 0
) -> list[Unlinked]:
    """The things of these reasons (none: of all but what waits) behind `after`, in one
    statement. What a person ignores is none of them."""
    wanted = reasons or [each for each in Reason if each is not Reason.WAITING]
    rows = _rows(route).filter(reason__in=[str(each) for each in wanted], pk__gt=after)
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
