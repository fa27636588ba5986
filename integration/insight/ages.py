"""How long ago the rows of each list were seen; a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.db.models import Count, Q

from integration.contract import registry
from integration.contract.connector import Stream
from integration.engine.stale import with_oldest
from integration.models import Connection, Cursor, Sighting, Tenant

DAYS = (1, 7, 30)


class List(NamedTuple):
    """One list of a connection; `oldest` is when its oldest row was seen."""

    connection: Connection
    stream: Stream
    oldest: datetime | None


class Ages(NamedTuple):
    """How many rows a list has, and how many are older than so many days."""

    total: int
    older: Sequence[tuple[int, int]]

    @property
    def shares(self) -> list[tuple[int, int, float]]:
        """Days, how many are older, and which part of a hundred that is."""
        return [
            (days, count, 100 * count / self.total if self.total else 0.0)
            for days, count in self.older
        ]


def lists(tenant: Tenant) -> list[List]:
    """The lists that were read, the one with the oldest row first; one statement."""
    rows = with_oldest(Cursor.objects.for_tenant(tenant)).select_related("connection")
    found = []
    for cursor in rows:
        connector = registry.connectors().get(cursor.connection.platform)
        streams = connector.streams if connector else ()
        for stream in streams:
            if stream.key == cursor.stream:
                oldest = cast(Any, cursor).oldest_seen
                found.append(List(cursor.connection, stream, oldest))
    return sorted(found, key=_by_age)


def _by_age(each: List) -> tuple[bool, float]:
    return each.oldest is None, each.oldest.timestamp() if each.oldest else 0.0


def ages(tenant: Tenant, chosen: List, now: datetime) -> Ages:
    """How old the rows of one list are; one statement along their index."""
    rows = Sighting.objects.for_tenant(tenant).filter(
        connection=chosen.connection, stream=chosen.stream.key, gone_at=None
    )
    counted = rows.aggregate(
        total=Count("pk"),
        **{
            f"d{days}": Count("pk", filter=Q(seen_at__lt=now - timedelta(days=days)))
            for days in DAYS
        },
    )
    return Ages(counted["total"], [(days, counted[f"d{days}"]) for days in DAYS])
