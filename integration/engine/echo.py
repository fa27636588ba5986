"""The platform's answer to a write is a read for free: stored as seen, sent nowhere
back, so that our own writes never return as changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils import timezone

from integration.contract.messages import Outcome, Raw
from integration.engine import maps
from integration.engine.intake import Intake
from integration.engine.store import store
from integration.models import Priority, Route

if TYPE_CHECKING:
    from integration.engine.push import Batch


def take_in(batch: Batch, outcomes: Sequence[Outcome]) -> None:
    """Store the rows the platform answered with, by stream."""
    rows: dict[str, list[Raw]] = {}
    for outcome in outcomes:
        for stream, raw in outcome.echo:
            rows.setdefault(stream, []).append(raw)
    for stream, answered in rows.items():
        store(_intake(batch, stream), answered)


def _intake(batch: Batch, key: str) -> Intake:
    target = batch.route.target
    stream = batch.session.connector.stream(key)
    routes = Route.everywhere.filter(
        source=target, enabled=True, kind__in=stream.all_kinds
    ).exclude(target=batch.route.source)
    return Intake(
        connection=target,
        stream=stream,
        reading=maps.reading(target, stream),
        routes=list(routes.select_related("target", "source")),
        run=None,
        cause="echo",
        priority=Priority.CHANGED,
        now=timezone.now(),
    )
