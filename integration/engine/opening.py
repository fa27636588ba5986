"""Sets a new route going: what its source has shown already is owed at once.

A read brings what changed; a thing that was read before the route was laid would
otherwise wait until it changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from integration.canonical.codec import decode
from integration.canonical.kinds import SALES, Kind
from integration.canonical.record import Record as Canonical
from integration.contract import registry
from integration.contract.messages import Again, Raw
from integration.engine import connect
from integration.engine.detect import Bundle
from integration.engine.owe import fits
from integration.engine.selection import ask
from integration.models import Link, Route, Run, Sighting


def begin(route: Route) -> list[Run]:
    """Have it owed what is known, or ask for the first read of the source's lists; the
    runs that do.

    What a shop sold before the route was laid stays unsent, as on a first sync. Call it
    in the transaction that stores the route, so that none is laid and never set going.
    """
    kind = Kind(route.kind)
    connector = registry.connector(route.source.platform)
    keys = [stream.key for stream in connector.streams_of(kind)]
    if not Sighting.everywhere.filter(
        connection=route.source, stream__in=keys
    ).exists():
        return connect.first_sync(route.source, kind)
    if kind in SALES:
        return []
    return [
        ask(
            route.source,
            stream.key,
            Again(owing=kind),
            cause="route",
            limit_to=route.target,
        )[0]
        for stream in connector.streams_of(kind, along=True)
    ]


def reads(runs: Iterable[Run]) -> bool:
    """Whether the platform is asked by any of them; else they owe what is known."""
    return any(run.selection["type"] != Again.__name__ for run in runs)


def fitting(route: Route, record_ids: Sequence[int]) -> list[int]:
    """Those of the records that pass the route's filters, as last seen; all of them
    where it has none."""
    if not route.filters:
        return list(record_ids)
    kinds = {route.kind, *(name.partition(".")[0] for name in route.filters)}
    things: dict[int, list[Canonical]] = defaultdict(list)
    for link in Link.everywhere.filter(
        connection=route.source, kind__in=kinds, record__in=record_ids, gone_at=None
    ).exclude(data=None):
        data = bytes(link.data or b"")
        things[link.record_id].append(decode(Kind(link.kind), data))
    return [
        record_id
        for record_id in record_ids
        if fits(route, Bundle(Raw("", None), things[record_id]))
    ]
