"""Rows that were asked for by id and not answered: ghosts, if it is often enough."""

from __future__ import annotations

from django.conf import settings
from django.db.models import F

from integration.engine.intake import Intake, Sorted
from integration.models import Sighting


def judge(intake: Intake, found: Sorted) -> None:
    """Count an absence for each of the silent rows; the last that is needed is proof.

    A list declares how many absences it takes, whether from a full read or from being
    asked for by id (0: absence means nothing). Many at once are more likely a poor
    answer than many ghosts, so beyond the share that a full read may lose
    (`WEFT_SAFETY_SHARE`, at least `WEFT_SAFETY_LEAST`) they count for nothing.
    """
    needed, silent = intake.stream.gone_after, found.absent
    asked = found.counts["read"]
    most = max(settings.WEFT_SAFETY_LEAST, asked * settings.WEFT_SAFETY_SHARE)
    if len(silent) > most:
        found.counts["skipped"] += len(silent)
        return
    lost = [before for before in silent if 0 < needed <= before.missed + 1]
    kept = [before.pk for before in silent if before not in lost]
    found.gone += lost
    found.counts["updated"] += len(lost)
    found.counts["skipped"] += len(kept)
    if kept:
        Sighting.everywhere.filter(pk__among=kept).update(missed=F("missed") + 1)
