"""What is read first: a list waits, as a row, for reads of those it comes after."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from integration.engine.lease import Held
from integration.engine.session import stream_of
from integration.models import Run
from integration.models.run import CLAIMABLE_RUNS

PAUSE = timedelta(seconds=2)


def waits(run: Run, held: Held) -> bool:
    """Put a run that has not begun back for a moment while a list it comes after is
    still to be read; whether that was so.

    One that is held or has failed is not waited for: a person may take a day. Lists
    that wait for each other are refused when their connector is loaded.
    """
    others = stream_of(run).after
    if run.started_at is not None or not others:
        return False
    still_to_come = Run.everywhere.filter(
        connection=run.connection, stream__in=others, state__in=CLAIMABLE_RUNS
    )
    if not still_to_come.exists():
        return False
    Run.everywhere.filter(pk=run.pk, fence=held.fence).update(
        not_before=timezone.now() + PAUSE, wait_reason="after", fence=None
    )
    return True
