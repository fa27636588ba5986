"""After a clean full read: what was not seen is gone, unless it is too much."""

from __future__ import annotations

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from integration.engine import gone, maps
from integration.engine.intake import Intake
from integration.engine.session import stream_of
from integration.models import Route, Run, RunState, Sighting

# Vanished rows are taken in slices, so that one statement never names too many.
SLICE = 200


def sweep(run: Run) -> bool:
    """Mark as gone what enough full reads did not list; False: the run is held.

    More than the safety share (`WEFT_SAFETY_SHARE`, at least `WEFT_SAFETY_LEAST`) is
    more likely a truncated list than a cleared shop: a person is asked first.
    """
    stream = stream_of(run)
    if not stream.gone_after:
        return True
    listed = Sighting.everywhere.filter(
        connection=run.connection, stream=run.stream, gone_at=None
    )
    unseen = listed.filter(seen_at__lt=run.started_at)
    if not run.vanished:
        unseen.update(missed=F("missed") + 1)
    lost = unseen.filter(missed__gte=stream.gone_after)
    count, total = lost.count(), listed.count()
    limit = max(settings.WEFT_SAFETY_LEAST, total * settings.WEFT_SAFETY_SHARE)
    run.vanished = count
    Run.everywhere.filter(pk=run.pk).update(vanished=count)
    if count > limit and not run.confirmed:
        return _hold(run, count, total)
    _vanish(run, list(lost.values_list("pk", flat=True)))
    return True


def _hold(run: Run, count: int, total: int) -> bool:
    Run.everywhere.filter(pk=run.pk).update(
        state=RunState.HELD,
        fence=None,
        message=f"{count} of {total} are no longer listed by {run.connection}. "
        "Weft unpublishes nothing until you say that this is right: continue, or stop.",
    )
    return False


def _vanish(run: Run, lost: list[int]) -> None:
    stream = stream_of(run)
    routes = Route.everywhere.filter(
        source=run.connection, enabled=True, kind__in=stream.kinds
    ).select_related("target", "source")
    intake = Intake(
        connection=run.connection,
        stream=stream,
        reading=maps.reading(run.connection, stream),
        routes=list(routes),
        run=run,
        cause="gone",
        priority=run.priority,
        now=timezone.now(),
    )
    for begin in range(0, len(lost), SLICE):
        gone.vanish(intake, lost[begin : begin + SLICE])
