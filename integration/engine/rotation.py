"""The rotation: several times a day what was not seen for longest is looked at again,
whatever its state. It finds what changed without a date, and ghosts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from integration.canonical.kinds import PARTS, SALES, Kind, owner_kind
from integration.contract.connector import Connector, Stream
from integration.contract.messages import Oldest
from integration.engine.selection import ask
from integration.models import Connection, Cursor, Run, RunState, Sighting

CAUSE = "rotation"
# A full read that is under way or asked for sees all of the list anyway.
READING = (RunState.QUEUED, RunState.RUNNING, RunState.HELD)


def turning(connector: Connector, kinds: Collection[str]) -> list[Stream]:
    """The lists of which rows are looked at again, where routes bring these kinds.

    Sales are history: nobody looks for ghosts among the orders of last year. What
    cannot be asked for by id is read as a whole, and a list of entries seldom changes.
    """
    return [
        stream
        for stream in connector.streams
        if stream.fetchable
        and not stream.lookup
        and stream.main not in SALES
        and set((connector.whole_of(stream) or stream).kinds) & set(kinds)
    ]


def ask_due(
    connection: Connection,
    streams: Sequence[Stream],
    cursors: Mapping[str, Cursor],
    now: datetime,
) -> list[Run]:
    """Ask for the looks whose time has come; `cursors` by the lists' names.

    The lists of one family (a product, its stock) are looked at together and share the
    calls that a look may take.
    """
    if not connection.rotate_every:
        return []
    due = [each for each in streams if _due(connection, cursors.get(each.key), now)]
    busy = set(_under_way(connection, due)) if due else set()
    families: dict[Kind, list[Stream]] = defaultdict(list)
    for stream in due:
        wait = _slowed_until(connection, stream)
        turned = now if wait is None or wait <= now else wait - _every(connection)
        _stamp(connection, stream, turned)
        if turned == now and stream.key not in busy and _known(connection, stream):
            families[family(stream)].append(stream)
    return [run for each in families.values() for run in _look(connection, each, now)]


def family(stream: Stream) -> Kind:
    """The kind of the item that the rows of a list belong to."""
    owner = owner_kind(stream.main)
    return PARTS.get(owner, owner)


def items(streams: Sequence[Stream], wanted: int, calls: int) -> int:
    """How many of the wanted items these lists can be asked for within so many calls.

    A list takes a call for as many ids as it takes at once; 0: not even one item.
    """
    for count in range(wanted, 0, -1):
        if sum(math.ceil(count / stream.at_once) for stream in streams) <= calls:
            return count
    return 0


def _look(
    connection: Connection, streams: Sequence[Stream], now: datetime
) -> list[Run]:
    most = connection.rotate_calls
    # More lists than calls take turns.
    first = int(now.timestamp() // connection.rotate_every) * most % len(streams)
    chosen = [*streams[first:], *streams[:first]][:most]
    if len(streams) <= most:
        chosen = list(streams)
    count = items(chosen, connection.rotate_items, most)
    if not count:
        return []
    return [
        ask(connection, stream.key, Oldest(count), cause=CAUSE)[0] for stream in chosen
    ]


def _every(connection: Connection) -> timedelta:
    return timedelta(seconds=connection.rotate_every)


def _due(connection: Connection, cursor: Cursor | None, now: datetime) -> bool:
    """Whether it is time; a list that was never looked at is being read just now, so
    its first look comes a period later."""
    if cursor is None:
        return False
    if cursor.rotated_at is None:
        Cursor.everywhere.filter(pk=cursor.pk).update(rotated_at=now)
        return False
    return cursor.rotated_at + _every(connection) <= now


def _under_way(connection: Connection, streams: Sequence[Stream]) -> list[str]:
    """Those of the lists that a full read goes through."""
    runs = Run.everywhere.filter(
        connection=connection,
        stream__in=[stream.key for stream in streams],
        everything=True,
        state__in=READING,
    )
    return list(runs.values_list("stream", flat=True))


def _slowed_until(connection: Connection, stream: Stream) -> datetime | None:
    """When a list may be looked at again whose last look cost more than it may.

    A platform that cannot be asked by id gives a whole list for it: such a look is
    made as much more rarely as it is dearer.
    """
    last = (
        Run.everywhere.filter(connection=connection, stream=stream.key, cause=CAUSE)
        .filter(state=RunState.DONE, calls__gt=connection.rotate_calls)
        .order_by("-created_at")
        .values_list("created_at", "calls")
        .first()
    )
    if last is None:
        return None
    made, calls = last
    return made + _every(connection) * math.ceil(
        calls / max(1, connection.rotate_calls)
    )


def _known(connection: Connection, stream: Stream) -> bool:
    stored = Sighting.everywhere.filter(connection=connection, stream=stream.key)
    return stored.filter(gone_at=None).exists()


def _stamp(connection: Connection, stream: Stream, turned: datetime) -> None:
    Cursor.everywhere.filter(connection=connection, stream=stream.key).update(
        rotated_at=turned
    )
