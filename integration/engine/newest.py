"""What a connection showed last of a kind, without loading all it ever showed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from integration.models import Link

# Of so many times the links wanted some are mere identities or gone.
SPARE = 2

# A connection's key and a kind.
Place = tuple[int, str]


def links(places: Iterable[Place], most: int) -> QuerySet[Link]:
    """The newest links that say something, at most about `most` of each place, newest
    first; one statement for all places.

    Which are the newest is told by the index alone: whether they say something is
    looked at only of those.
    """
    parts = [_newest(*place, most * SPARE) for place in sorted(places)]
    # A union, for "in this or in that" would have every link there is looked at.
    newest = Link.everywhere.none().values("pk").union(*parts)
    said = Link.everywhere.filter(pk__in=newest, gone_at=None).exclude(data=None)
    return said.order_by("-pk")


def _newest(connection: int, kind: str, count: int) -> QuerySet[Link, Any]:
    """Their keys; a set within a set, for a part of a union has no end of its own."""
    shown = Link.everywhere.filter(connection=connection, kind=kind)
    last = shown.order_by("-pk").values("pk")[:count]
    return Link.everywhere.filter(pk__in=last).values("pk")
