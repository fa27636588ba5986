"""What was not seen for longest: nothing needs to be up to date, but it must be seen
that it is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import DateTimeField, OuterRef, QuerySet, Subquery

from integration.contract import registry
from integration.contract.connector import Stream
from integration.models import Connection, Cursor, Link, Sighting

# Rows of a list.
MOST = 50


class Stale(NamedTuple):
    """One row of a list and when its platform last showed it; `label` is what people
    call it, "" where it was never mapped."""

    external_id: str
    label: str
    seen_at: datetime
    missed: int

    def age(self, now: datetime) -> timedelta:
        """How long ago it was seen."""
        return now - self.seen_at


def with_oldest(cursors: QuerySet[Cursor]) -> QuerySet[Cursor]:
    """The same lists, each with `oldest_seen`: when its oldest row was last seen."""
    rows = Sighting.everywhere.filter(
        connection=OuterRef("connection"), stream=OuterRef("stream"), gone_at=None
    )
    oldest = rows.order_by("seen_at").values("seen_at")[:1]
    return cursors.annotate(
        oldest_seen=Subquery(oldest, output_field=DateTimeField(null=True))
    )


def listed(connection: Connection, stream: Stream, most: int = MOST) -> list[Stale]:
    """The rows of a list not seen for longest, in two statements."""
    rows = list(
        Sighting.everywhere.filter(
            connection=connection, stream=stream.key, gone_at=None
        )
        .order_by("seen_at")
        .values_list("external_id", "seen_at", "missed")[:most]
    )
    labels = _labels(connection, stream, [row[0] for row in rows])
    return [
        Stale(external_id, labels.get(external_id, ""), seen_at, missed)
        for external_id, seen_at, missed in rows
    ]


def of_kind(connection: Connection, kind: str, most: int = MOST) -> list[Stale]:
    """The things of a kind not seen for longest, over all lists that bring them."""
    connector = registry.connector(connection.platform)
    found = [
        row
        for stream in connector.streams
        if kind in stream.kinds
        for row in listed(connection, stream, most)
    ]
    return sorted(found, key=lambda row: row.seen_at)[:most]


def _labels(
    connection: Connection, stream: Stream, ids: Sequence[str]
) -> dict[str, str]:
    links = Link.everywhere.filter(
        connection=connection, kind=stream.main, external_id__in=ids
    )
    return dict(links.values_list("external_id", "record__label"))
