"""What a read will cost, before somebody asks for it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import NamedTuple

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.contract.connector import Stream
from integration.contract.messages import (
    Again,
    Everything,
    Oldest,
    Selection,
    These,
)
from integration.engine import reread
from integration.models import Connection, Link, Route, Run, RunState, Sighting

FINISHED = (RunState.SETTLING, RunState.DONE)
# Rows of a page where nothing was read yet that would tell: what most platforms give.
PAGE = 100


class Estimate(NamedTuple):
    """So many calls; `learned`: from reads of the same sort, not from a rule."""

    calls: int
    learned: bool

    def words(self) -> str:
        """As people read it: "about 3 calls"."""
        if not self.calls:
            return "no call"
        number = f"{self.calls:,} call{'' if self.calls == 1 else 's'}"
        return f"about {number}" if self.learned else f"about {number}, at a guess"


def of_connection(connection: Connection, selection: Selection) -> Estimate:
    """What a read of all lists that routes from this connection need costs; a full one
    leaves sales out (see `reread.connection`)."""
    routed = Route.everywhere.filter(source=connection, enabled=True)
    kinds = {Kind(kind) for kind in routed.values_list("kind", flat=True)}
    if isinstance(selection, Everything):
        kinds -= SALES
    return estimate(connection, selection, kinds)


def of_links(links: Iterable[Link]) -> Estimate:
    """What it costs to read these things anew where these links know them."""
    return together(
        [
            _of_stream(link.connection, stream, selection)
            for link in links
            for stream, selection in reread.looks(
                link.connection, link.kind, link.external_id
            )
        ]
    )


def together(estimates: Collection[Estimate]) -> Estimate:
    """Several reads as one."""
    learned = all(one.learned for one in estimates)
    return Estimate(sum(one.calls for one in estimates), learned)


def estimate(
    connection: Connection, selection: Selection, kinds: Collection[str]
) -> Estimate:
    """What a read of all lists that bring these kinds costs."""
    connector = registry.connector(connection.platform)
    wanted = {Kind(kind) for kind in kinds}
    parts = {part for kind in wanted for part in connector.parts_of(kind)}
    everything = isinstance(selection, Everything)
    streams = [
        stream
        for stream in connector.streams
        if wanted & set(stream.kinds)
        or (stream in parts and (everything or not stream.lookup))
    ]
    if isinstance(selection, Oldest):
        streams = [stream for stream in streams if stream.fetchable]
    return of_streams(connection, streams, selection)


def of_streams(
    connection: Connection, streams: Iterable[Stream], selection: Selection
) -> Estimate:
    """What a read of these lists costs together."""
    return together([_of_stream(connection, stream, selection) for stream in streams])


def _of_stream(
    connection: Connection, stream: Stream, selection: Selection
) -> Estimate:
    if isinstance(selection, Again):
        return Estimate(0, True)
    last = _last(connection, stream, selection)
    count = _count(selection)
    if count is None and last is not None:
        return Estimate(last.calls, True)
    if count is None:
        return Estimate(_guess(connection, stream, selection), False)
    pieces = math.ceil(count / stream.at_once)
    if last is None or not last.read:
        return Estimate(pieces, False)
    # What asking for some ids took the last time, for as many pieces as this time.
    each = last.calls / math.ceil(last.read / stream.at_once)
    return Estimate(max(1, math.ceil(pieces * each)), True)


def _last(connection: Connection, stream: Stream, selection: Selection) -> Run | None:
    """The last finished read of this sort."""
    runs = Run.everywhere.filter(
        connection=connection,
        stream=stream.key,
        state__in=FINISHED,
        selection__type=type(selection).__name__,
    )
    return runs.order_by("-created_at").only("calls", "read").first()


def _count(selection: Selection) -> int | None:
    """How many rows are asked for by id; None: a list is read."""
    if isinstance(selection, These):
        return len(selection.ids)
    return selection.n if isinstance(selection, Oldest) else None


def _guess(connection: Connection, stream: Stream, selection: Selection) -> int:
    """One page, or as many as hold what is known of the list."""
    if not isinstance(selection, Everything):
        return 1
    known = Sighting.everywhere.filter(connection=connection, stream=stream.key)
    return 1 + known.count() // PAGE
