"""Sets a new route going: what its source has shown already is owed at once.

A read brings what changed; a thing that was read before the route was laid would
otherwise wait until it changes.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from integration.canonical.codec import decode
from integration.canonical.kinds import SALES, Kind, owner_kind
from integration.canonical.record import Record as Canonical
from integration.contract import registry
from integration.contract.connector import Stream
from integration.contract.messages import Everything, Raw
from integration.engine import connect, lease
from integration.engine.detect import Bundle
from integration.engine.owe import Owed, fits, plan, unlinked
from integration.engine.selection import ask
from integration.models import Link, Policy, Priority, Route, Run, Sighting

# Records planned at once.
SLICE = 500
# Seconds to wait for the page that is being stored by somebody who does not know the
# route yet.
PATIENCE = 15.0
PACE = 0.1


def begin(route: Route) -> list[Run]:
    """Owe what is known, or ask for the first read of the source's lists; the runs.

    What a shop sold before the route was laid stays unsent, as on a first sync.
    """
    kind = Kind(route.kind)
    streams = registry.connector(route.source.platform).streams_of(kind)
    seen = Sighting.everywhere.filter(
        connection=route.source, stream__in=[stream.key for stream in streams]
    )
    if not seen.exists():
        return connect.first_sync(route.source, kind)
    if kind in SALES:
        return []
    if _can_be_told(route):
        _owe_what_is_known(route)
        return []
    return _read_again(route, streams)


def _can_be_told(route: Route) -> bool:
    """Whether what is stored of a record alone says if it passes the filters."""
    named = {name.partition(".")[0] for name in route.filters}
    kinds = {owner_kind(Kind(kind)) for kind in named}
    return kinds <= {owner_kind(Kind(route.kind))}


def _read_again(route: Route, streams: Sequence[Stream]) -> list[Run]:
    everything = Everything(resend=True)
    return [
        ask(
            route.source,
            stream.key,
            everything,
            cause="route",
            limit_to=route.target,
        )[0]
        for stream in streams
    ]


def _owe_what_is_known(route: Route) -> None:
    """Plan a delivery for every record the source shows, while nobody stores a page."""
    held = None
    give_up_at = time.monotonic() + PATIENCE
    while held is None and time.monotonic() < give_up_at:
        held = lease.take(route.source)
        if held is None:
            time.sleep(PACE)
    try:
        record_ids = list(
            Link.everywhere.filter(
                connection=route.source, kind=route.kind, gone_at=None
            )
            .order_by("pk")
            .values_list("record_id", flat=True)
        )
        for begin in range(0, len(record_ids), SLICE):
            _plan(route, record_ids[begin : begin + SLICE])
    finally:
        if held is not None:
            lease.give_back(held)


def _plan(route: Route, record_ids: Sequence[int]) -> None:
    wanted = fitting(route, record_ids)
    if route.policy == Policy.CREATE_ONLY:
        wanted = unlinked(route, wanted)
    with transaction.atomic():
        plan(
            Owed(
                route=route,
                record_ids=wanted,
                priority=Priority.FULL,
                cause="route",
                now=timezone.now(),
            )
        )


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
