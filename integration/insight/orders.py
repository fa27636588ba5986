"""Orders and the invoices made of them: which there are, and how many stand how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from integration.canonical.kinds import Kind
from integration.insight import standing
from integration.insight.order_lines import SOLD, sold
from integration.models import Delivery, Link, Record, Route, Tenant
from integration.models.delivery import OPEN_DELIVERIES

# What is counted up to so many: more is "many".
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person chose of the list; empty: all."""

    text: str = ""
    state: str = ""
    connection: int | None = None
    since: datetime | None = None
    before: datetime | None = None


def routes(tenant: Tenant) -> list[Route]:
    """The routes that carry orders, those switched off included."""
    found = Route.objects.for_tenant(tenant).filter(kind=Kind.ORDER)
    return list(found.select_related("source", "target").order_by("pk"))


def counts(tenant: Tenant, ways: Sequence[Route]) -> dict[str, int]:
    """How many orders stand how, each up to one more than `MOST`."""
    chosen = {
        state: Count("record", distinct=True, filter=condition)
        for state, condition in standing.CONDITIONS.items()
    }
    found = {name: 0 for name in (*chosen, standing.POSTED)}
    if ways:
        found |= _standing(tenant).aggregate(**chosen)
        posted = _posted(tenant, ways).values("record").distinct()
        found[standing.POSTED] = posted[: MOST + 1].count()
    return {name: min(count, MOST + 1) for name, count in found.items()}


def listed(tenant: Tenant, chosen: Filters, ways: Sequence[Route]) -> QuerySet[Record]:
    """The orders that fit, to be ordered by whoever cuts pages."""
    found = Record.objects.for_tenant(tenant).filter(kind=Kind.ORDER, merged_into=None)
    if chosen.state == standing.POSTED:
        found = found.filter(pk__in=_posted(tenant, ways).values("record"))
    elif chosen.state in standing.CONDITIONS:
        here = _standing(tenant).filter(standing.CONDITIONS[chosen.state])
        found = found.filter(pk__in=here.values("record"))
    if chosen.connection is not None:
        links = Link.objects.for_tenant(tenant).filter(
            record=OuterRef("pk"), connection=chosen.connection, kind__in=SOLD
        )
        sent = sold(tenant).filter(route__target=chosen.connection)
        found = found.filter(Exists(links) | Q(pk__in=sent.values("record")))
    if chosen.since is not None:
        found = found.filter(created_at__gte=chosen.since)
    if chosen.before is not None:
        found = found.filter(created_at__lt=chosen.before)
    return found


def _standing(tenant: Tenant) -> QuerySet[Delivery]:
    """The deliveries that tell how an order stands: what is open, and what was given
    up last. What came well to its end is told by its link.

    Nothing here is asked row by row: a database that picks the tenant's index for such
    a question would read all of the tenant's deliveries each time.
    """
    lost = Q(state__in=standing.LOST)
    ended = sold(tenant).filter(lost).values("record")
    last = (
        sold(tenant)
        .filter(record__in=ended)
        .order_by()
        .values("record", "route")
        .annotate(last=Max("pk"))
        .values("last")
    )
    owed = Q(state__in=OPEN_DELIVERIES) | (lost & Q(pk__in=last))
    return sold(tenant).filter(owed).order_by()


def _posted(tenant: Tenant, ways: Sequence[Route]) -> QuerySet[Link]:
    """The links orders have where routes bring them, and nothing is owed there."""
    there = Q(pk__in=())
    for way in ways:
        there |= Q(connection=way.target_id, kind=way.writes)
    links = Link.objects.for_tenant(tenant).filter(
        there, record__kind=Kind.ORDER, gone_at=None
    )
    owed = _standing(tenant).values("record")
    return links.exclude(record__in=owed).order_by()
