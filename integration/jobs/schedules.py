"""The two rows of the queue's own schedule: the tick and the housekeeping.

They carry no arguments: one malformed row would stop every schedule.
"""

from __future__ import annotations

from django.db import transaction
from django_q.models import Schedule

TICK = "weft-tick"
HOUSE = "weft-housekeeping"
WANTED = {
    TICK: ("integration.jobs.tasks.tick", Schedule.MINUTES, 1),
    HOUSE: ("integration.jobs.tasks.keep_house", Schedule.HOURLY, None),
}


def ensure() -> None:
    """Exactly these two, as they should be; whatever else is there goes."""
    with transaction.atomic():
        Schedule.objects.exclude(name__in=WANTED).delete()
        for name, (function, kind, minutes) in WANTED.items():
            rows = Schedule.objects.filter(name=name)
            if rows.count() > 1:
                rows.delete()
            row, _ = Schedule.objects.get_or_create(
                name=name, defaults={"func": function, "schedule_type": kind}
            )
            Schedule.objects.filter(pk=row.pk).update(
                func=function,
                schedule_type=kind,
                minutes=minutes,
                repeats=-1,
                args=None,
                kwargs=None,
                hook=None,
            )
