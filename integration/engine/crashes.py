"""What a worker left in its hands when it died: set aside, counted, never repeated."""

from __future__ import annotations

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from integration.models import Delivery, DeliveryState, Lease, Run, RunState
from synclog import happened

# The third time something takes its worker with it, it is put aside for a person.
MOST = 3


def set_aside(connection_id: int, fence: int) -> None:
    """Before a new conversation: nothing of an older fence is in hand any more.

    A write in flight has an unknown outcome; a read goes on from its last stored page.
    """
    now = timezone.now()
    worn_out = Q(crashes__gte=MOST - 1)
    Delivery.everywhere.filter(
        route__target=connection_id, state=DeliveryState.SENDING, fence__lt=fence
    ).update(
        state=Case(
            When(worn_out, then=Value(DeliveryState.PARKED)),
            default=Value(DeliveryState.UNKNOWN),
        ),
        crashes=F("crashes") + 1,
        not_before=now,
        fence=None,
    )
    left = Run.everywhere.filter(
        connection=connection_id, state=RunState.RUNNING, fence__lt=fence
    )
    worn = left.filter(worn_out).update(
        state=RunState.FAILED,
        crashes=F("crashes") + 1,
        ended_at=now,
        fence=None,
        message="The worker died three times while reading this.",
    )
    if worn:
        over = Run.everywhere.filter(
            connection=connection_id, state=RunState.FAILED, ended_at=now
        )
        happened.runs_ended(list(over), now)
    left.update(crashes=F("crashes") + 1, not_before=now, fence=None)


def recover() -> int:
    """Set aside what expired leases left behind; how many connections were touched."""
    now = timezone.now()
    over = Q(connection__lease__until__lte=now)
    in_flight = Delivery.everywhere.filter(
        state=DeliveryState.SENDING, route__target__lease__until__lte=now
    ).values_list("route__target", flat=True)
    reading = Run.everywhere.filter(
        over, state=RunState.RUNNING, fence__isnull=False
    ).values_list("connection", flat=True)
    touched = set(in_flight) | set(reading)
    for lease in Lease.objects.filter(connection__in=touched):
        set_aside(lease.connection_id, lease.fence + 1)
    return len(touched)
