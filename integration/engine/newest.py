"""What a connection showed last of a kind, without loading all it ever showed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

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
    chosen = Q(pk__in=())
    for connection, kind in sorted(places):
        shown = Link.everywhere.filter(connection=connection, kind=kind)
        chosen |= Q(pk__in=shown.order_by("-pk").values("pk")[: most * SPARE])
    said = Link.everywhere.filter(chosen, gone_at=None).exclude(data=None)
    return said.order_by("-pk")
