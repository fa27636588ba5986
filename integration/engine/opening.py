"""Sets a new route going: what its source has shown already is owed at once.

A read brings what changed; a thing that was read before the route was laid would
otherwise wait until it changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.contract.messages import Again
from integration.engine import connect
from integration.engine.selection import ask
from integration.models import Route, Run, Sighting


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
