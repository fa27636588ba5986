"""Stock and prices as platforms show them, how people write them, and where a target
contradicts its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

import msgspec
from babel.numbers import format_currency
from django.utils.translation import get_language, to_locale

from integration.canonical.catalog import Price, Stock
from integration.canonical.codec import decode
from integration.canonical.kinds import Kind
from integration.canonical.record import Record as Canonical
from integration.models import Link, Policy, Route, Tenant

FACET_KINDS = (Kind.STOCK, Kind.PRICE)


class Place(NamedTuple):
    """Where a value stands: of which record, which facet, on which connection."""

    record_id: int
    kind: str
    connection_id: int


Facets = Mapping[Place, Canonical]


class Stray(NamedTuple):
    """A value that the target of a route shows otherwise than its source."""

    route: Route
    kind: Kind
    source: Canonical
    target: Canonical


def facets(tenant: Tenant, record_ids: Collection[int]) -> dict[Place, Canonical]:
    """Stock and prices of these records as every connection shows them; one
    statement."""
    stored = Link.objects.for_tenant(tenant).filter(
        record__in=record_ids, kind__in=FACET_KINDS, gone_at=None
    )
    found = {}
    for link in stored.exclude(data=None):
        thing = read(link)
        if thing is not None:
            found[Place(link.record_id, link.kind, link.connection_id)] = thing
    return found


def strays(routes: Sequence[Route], known: Facets) -> dict[int, list[Stray]]:
    """By record: what a target shows otherwise though a route keeps it equal."""
    ruling = [
        route
        for route in routes
        if route.enabled
        and route.policy == Policy.OVERWRITE
        and route.kind in FACET_KINDS
    ]
    found: dict[int, list[Stray]] = defaultdict(list)
    for route in ruling:
        for place, here in known.items():
            if (place.kind, place.connection_id) != (route.kind, route.source_id):
                continue
            there = known.get(place._replace(connection_id=route.target_id))
            if there is not None and contradict(here, there):
                stray = Stray(route, Kind(route.kind), here, there)
                found[place.record_id].append(stray)
    return dict(found)


def contradict(here: Canonical, there: Canonical) -> bool:
    """Whether a target shows another stock or price.

    A target holds no less than none, and may count in whole pieces, of which there are
    never more than the source has. What either does not tell is no contradiction.
    """
    if isinstance(here, Stock) and isinstance(there, Stock):
        if not here.tracked or not there.tracked:
            return False
        have, shown = (max(each.available, Decimal(0)) for each in (here, there))
        return shown not in (have, have.to_integral_value(ROUND_FLOOR))
    if isinstance(here, Price) and isinstance(there, Price):
        if here.money is None or there.money is None:
            return False
        if here.money.currency != there.money.currency:
            return False
        taxed = {here.tax_included, there.tax_included}
        if None not in taxed and len(taxed) > 1:
            return False
        return here.money.amount != there.money.amount
    return False


def read(link: Link) -> Canonical | None:
    """What a link says; None for a mere identity, and for what cannot be read."""
    if not link.data:
        return None
    try:
        return decode(Kind(link.kind), bytes(link.data))
    except (msgspec.DecodeError, KeyError, ValueError):
        return None


def spoken(thing: Canonical) -> str:
    """A stock or a price as people write it."""
    if isinstance(thing, Stock):
        return plainly(thing.available) if thing.tracked else ""
    if isinstance(thing, Price) and thing.money is not None:
        return format_currency(
            thing.money.amount, thing.money.currency, locale=locale()
        )
    return ""


def locale() -> str:
    """The reader's language as Babel names it."""
    return to_locale(get_language() or "en")


def plainly(value: Decimal | int | str) -> str:
    """A number without needless zeros: "12", "0.5"."""
    if isinstance(value, str):
        return value
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
