"""What trying many problems again will cost, before somebody asks for it."""

from __future__ import annotations

import math

from django.db.models import Count, Min, QuerySet

from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.contract.messages import These
from integration.engine import cost, pacing, reread
from integration.engine.cost import Estimate
from integration.models import Connection
from synclog.models import SyncError


def of_problems(chosen: QuerySet[SyncError]) -> Estimate:
    """The calls these writes and reads take together: two statements for any number of
    problems, and a few for each list that is read."""
    return cost.together([*_writes(chosen), *_reads(chosen)])


def _writes(chosen: QuerySet[SyncError]) -> list[Estimate]:
    rows = list(
        chosen.filter(delivery__isnull=False)
        .order_by()
        .values("delivery__route__target", "delivery__kind")
        .annotate(count=Count("delivery", distinct=True))
    )
    targets = Connection.everywhere.in_bulk(
        {row["delivery__route__target"] for row in rows}
    )
    found = []
    for row in rows:
        target, kind = targets[row["delivery__route__target"]], row["delivery__kind"]
        writes = registry.connector(target.platform).writes.get(Kind(kind))
        if writes is not None:
            size = max(1, pacing.size(target, Kind(kind), writes))
            found.append(Estimate(math.ceil(row["count"] / size), False))
    return found


def _reads(chosen: QuerySet[SyncError]) -> list[Estimate]:
    rows = list(
        chosen.filter(delivery=None)
        .order_by()
        .values("connection", "kind")
        .annotate(count=Count("pk"), sample=Min("external_id"))
    )
    sources = Connection.everywhere.in_bulk({row["connection"] for row in rows})
    found = []
    for row in rows:
        source = sources[row["connection"]]
        for stream, selection in reread.looks(source, row["kind"], row["sample"]):
            if isinstance(selection, These):
                selection = These((row["sample"],) * row["count"])
            found.append(cost.of_streams(source, [stream], selection))
    return found
