"""How much goes into one write, and which calls can wait.

A write begins with the connector's guess, is halved where that is too much and grows
again while it goes well. Calls that can wait are spread over long windows.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from integration.canonical.kinds import SALES, Kind
from integration.contract import registry
from integration.contract.connector import Writes
from integration.contract.messages import Outgoing
from integration.engine.draft import Draft
from integration.models import (
    Connection,
    Delivery,
    DeliveryState,
    Priority,
    Route,
    Run,
)

# Rows read one by one that somebody may be waiting for; more of them can wait.
A_FEW = 20


def for_sale(priority: int, run: Run | None = None) -> bool:
    """Whether calls of this work may use what is reserved for sales: those that bring
    or send one, but for reading a whole list of them anew."""
    if run is None or priority <= Priority.SALE:
        return priority <= Priority.SALE
    stream = registry.connector(run.connection.platform).stream(run.stream)
    return stream.main in SALES and priority < Priority.FULL


def can_wait(priority: int, run: Run | None = None) -> bool:
    """Whether calls of this work are spread over long windows.

    What reads everything or looks at the oldest can wait, and so can rows that take a
    call each where they are many, unless they are sales.
    """
    if priority >= Priority.FULL or run is None:
        return priority >= Priority.FULL
    stream = registry.connector(run.connection.platform).stream(run.stream)
    one_by_one = stream.at_once == 1 and stream.main not in SALES
    few = len(run.selection.get("ids", ())) <= A_FEW
    return one_by_one and not (run.selection["type"] == "These" and few)


def size(connection: Connection, kind: Kind, writes: Writes) -> int:
    """The weight the next batch may have."""
    learned = connection.pace.get(kind)
    return int(learned or writes.first or writes.batch)


def take(route: Route, kind: Kind, writes: Writes) -> list[Delivery]:
    """The due deliveries of one route and kind, best first."""
    due = Delivery.everywhere.filter(
        route=route,
        kind=kind,
        state=DeliveryState.PLANNED,
        not_before__lte=timezone.now(),
    ).select_related("record", "record__parent")
    return list(
        due.order_by("priority", "not_before", "pk")[: size(route.target, kind, writes)]
    )


def fit(
    drafts: Sequence[Draft], connection: Connection, kind: Kind, writes: Writes
) -> list[Draft]:
    """As many of the drafts as the batch may weigh; the others stay planned."""
    room = size(connection, kind, writes)
    chosen: list[Draft] = []
    for draft in drafts:
        weight = writes.weigh(_as_outgoing(draft))
        if chosen and weight > room:
            break
        room -= weight
        chosen.append(draft)
    return chosen


def _as_outgoing(draft: Draft) -> Outgoing:
    handles = draft.there.handles if draft.there else {}
    return Outgoing(
        draft.uid, draft.action, draft.target_id, draft.payload, "", handles
    )


def halve(connection: Connection, kind: Kind, sent: int) -> None:
    """A batch was too much for the platform: half of it from now on."""
    _learn(connection, kind, max(1, sent // 2))


def grow(connection: Connection, kind: Kind, writes: Writes, sent: int) -> None:
    """A full batch went well: a quarter more next time, up to what one call takes."""
    now = size(connection, kind, writes)
    if now < writes.batch and sent * 2 >= now:
        _learn(connection, kind, min(writes.batch, now + max(1, now // 4)))


def _learn(connection: Connection, kind: Kind, weight: int) -> None:
    connection.pace = {**connection.pace, str(kind): weight}
    Connection.everywhere.filter(pk=connection.pk).update(pace=connection.pace)
