"""Rows made of parts: lists whose rows belong to those of another list, the whole.

A whole is mapped together with its stored parts; a part that changes maps its whole
anew. Whichever comes first, the other finds it.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db.models import Q

from integration.engine.selection import ask_again
from integration.models import Sighting

if TYPE_CHECKING:
    from integration.engine.intake import Intake

# The bodies of a whole's parts, by their list.
Parts = Mapping[str, list[bytes]]
# A whole's id, and what else its parts may call it by.
Names = tuple[str, str]


def of(intake: Intake, wholes: Iterable[Names]) -> Mapping[str, Parts]:
    """The stored parts of these wholes, each list in the order of its ids.

    One statement; none where the list has no parts.
    """
    if not intake.stream.parts:
        return {}
    called: dict[str, set[str]] = defaultdict(set)
    for external_id, other_name in wholes:
        called[external_id].add(external_id)
        if other_name:
            called[other_name].add(external_id)
    stored = (
        Sighting.everywhere.filter(
            connection=intake.connection,
            stream__in=intake.stream.parts,
            owner__among=list(called),
            gone_at=None,
        )
        .exclude(owner="")
        .order_by("external_id")
    )
    found: dict[str, dict[str, list[bytes]]] = defaultdict(lambda: defaultdict(list))
    for owner, stream, body in stored.values_list("owner", "stream", "body"):
        for whole in called[owner]:
            found[whole][stream].append(zlib.decompress(body) if body else b"")
    return found


def touch(intake: Intake, owners: Iterable[str]) -> None:
    """Have the stored wholes of these names mapped anew; names not seen yet wait for
    nothing, since a whole finds its parts when it comes."""
    names = sorted({owner for owner in owners if owner})
    whole = intake.whole
    if whole is None or not names:
        return
    by_other_name = Q(owner__among=names) & ~Q(owner="")
    wholes = Sighting.everywhere.filter(
        Q(external_id__among=names) | by_other_name,
        connection=intake.connection,
        stream=whole.key,
        gone_at=None,
    )
    touched = dict(wholes.order_by("pk").values_list("pk", "external_id"))
    if not touched:
        return
    Sighting.everywhere.filter(pk__among=list(touched)).update(map_digest=None)
    ask_again(
        intake.connection,
        whole.key,
        list(touched.values()),
        cause=intake.cause,
        priority=intake.priority,
        parent=intake.run,
    )
