"""Under which terms a run takes rows in: for which routes, how soon, how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from integration.canonical.kinds import SALES
from integration.contract.connector import Stream
from integration.contract.messages import Again, Everything, Selection
from integration.engine import drift, maps
from integration.engine.intake import Intake, whole_of
from integration.models import Priority, Route, Run

# An unchanged row's sighting is refreshed when it is a tenth of the cadence old.
FRESH_SHARE = 10


def of_run(run: Run, stream: Stream, selection: Selection) -> Intake:
    """The terms of one piece of a read: asked for once, not for every page."""
    # Parts come at the pace of what they are parts of.
    whole = whole_of(run.connection, stream) or stream
    of_source = Route.everywhere.filter(
        source=run.connection, enabled=True, kind__in=whole.all_kinds
    )
    routes = list(of_source.select_related("target", "source"))
    cadence = min((route.every for route in routes), default=0)
    return Intake(
        connection=run.connection,
        stream=stream,
        reading=maps.reading(run.connection, stream),
        routes=routes,
        inbound=drift.watching(run.connection, stream),
        run=run,
        cause=run.cause,
        priority=_priority(run, whole, selection),
        now=timezone.now(),
        owed_all=_owed_all(run, selection, routes),
        lacking=_lacking(run, selection, routes),
        resend=isinstance(selection, Everything) and selection.resend,
        stored=isinstance(selection, Again),
        fresh_for=timedelta(seconds=0 if run.everything else cadence / FRESH_SHARE),
    )


def _priority(run: Run, whole: Stream, selection: Selection) -> int:
    """A sale goes first; what a new route is owed of its buyers can wait."""
    begins = isinstance(selection, Again) and selection.owing
    return Priority.SALE if whole.main in SALES and not begins else run.priority


def _owed_all(run: Run, selection: Selection, routes: Sequence[Route]) -> set[int]:
    """The routes that are owed what did not change as well. What changed is owed to
    all of them, whomever a read is for: no later one would find it changed."""
    meant = [route for route in routes if run.serves(route)]
    if isinstance(selection, Everything) and selection.resend:
        return {route.pk for route in meant}
    if isinstance(selection, Again) and selection.owing:
        return {route.pk for route in meant if route.kind == selection.owing}
    return set()


def _lacking(run: Run, selection: Selection, routes: Sequence[Route]) -> set[int]:
    """The routes somebody asked everything for: whatever is not there yet is sent."""
    if not isinstance(selection, Everything) or run.limit_to_id is None:
        return set()
    return {route.pk for route in routes if run.serves(route)}
