"""Looking at chosen things at once: what that takes, told before, and the reads of it.

What one list can be asked for together is asked for together, so fifty items take the
calls of one where the platform answers for fifty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.contrib.auth.models import User

from integration.contract.connector import Stream
from integration.contract.messages import Again, Selection, These
from integration.engine import cost, reread
from integration.engine.cost import Estimate
from integration.engine.selection import ask
from integration.models import Connection, Link, Priority, Record, Run
from synclog import journal

Person = User | None


class Look(NamedTuple):
    """One question to one list of a connection."""

    connection: Connection
    stream: Stream
    selection: Selection


def at(records: Sequence[Record]) -> list[Look]:
    """What to ask for these records, wherever they are known; a part is asked for with
    what it is part of. Two statements."""
    keys = {record.pk for record in records}
    keys |= {record.parent_id for record in records if record.parent_id}
    links = Link.everywhere.filter(record__in=keys).select_related("connection")
    found = []
    for link in links.defer("data").order_by("pk"):
        if link.connection.health == "disconnected":
            continue
        for stream, selection in reread.looks(
            link.connection, link.kind, link.external_id
        ):
            found.append(Look(link.connection, stream, selection))
    return together(found)


def together(looks: Iterable[Look]) -> list[Look]:
    """The same questions, those to one list as one."""
    merged: dict[tuple[int, str, str], Look] = {}
    for look in looks:
        name = (look.connection.pk, look.stream.key, type(look.selection).__name__)
        known = merged.get(name)
        merged[name] = look if known is None else _both(known, look)
    return list(merged.values())


def _both(one: Look, other: Look) -> Look:
    mine, theirs = one.selection, other.selection
    if isinstance(mine, These) and isinstance(theirs, These):
        ids = tuple(dict.fromkeys((*mine.ids, *theirs.ids)))
        return one._replace(selection=These(ids))
    if isinstance(mine, Again) and isinstance(theirs, Again):
        ids = tuple(dict.fromkeys((*mine.ids, *theirs.ids)))
        return one._replace(selection=mine._replace(ids=ids))
    return one


def costs(looks: Sequence[Look]) -> Estimate:
    """What these take; one statement for each list."""
    return cost.together(
        [
            cost.of_streams(each.connection, [each.stream], each.selection)
            for each in looks
        ]
    )


def begin(looks: Sequence[Look]) -> list[Run]:
    """Ask for them, before what nobody waits for."""
    return [
        ask(
            each.connection,
            each.stream.key,
            each.selection,
            cause="manual",
            priority=Priority.MANUAL,
        )[0]
        for each in looks
    ]


def sync_now(records: Sequence[Record], user: Person = None) -> list[Run]:
    """Read these records anew from every platform that knows them, at once."""
    runs = begin(at(records))
    for record in records:
        about = {"record": str(record.uid)}
        journal.audit(record.tenant_id, "sync_now", str(record), user=user, after=about)
    return runs
