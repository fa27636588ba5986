"""Calls the door turned away: counted by the hour, so that a merchant sees them.

One row for each connection, reason and hour. Nothing of such a call is kept: whoever
sent it may have sent anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from django.db.models import F, Q
from django.utils import timezone

from integration.models import EventState, WebhookEvent

FORGED = "Bad signature, dropped."
UNREADABLE = "Not to be understood, dropped."
PREFIX = "turned away "
MARKED = Q(state=EventState.IGNORED, fingerprint__startswith=PREFIX)
# Those of one process are noted this often at most: a flood costs the database little.
BETWEEN = timedelta(seconds=10)

# By connection and reason: when this process last noted one, and how many since.
_counted: dict[tuple[int, str], tuple[datetime, int]] = {}
_lock = Lock()


def note(tenant_id: int, connection_id: int, reason: str) -> None:
    """Count a call; the row tells of it now, or with the next that comes later."""
    now = timezone.now()
    count = _due((connection_id, reason), now)
    if not count:
        return
    hour = now.replace(minute=0, second=0, microsecond=0)
    same = {
        "tenant_id": tenant_id,
        "connection_id": connection_id,
        "fingerprint": f"{PREFIX}{hour:%Y-%m-%dT%H} {reason}"[:100],
    }
    known = WebhookEvent.everywhere.filter(received_at__gte=hour, **same)
    if not known.update(repeats=F("repeats") + count, received_at=now):
        WebhookEvent.everywhere.create(
            state=EventState.IGNORED,
            reason=reason,
            repeats=count - 1,
            received_at=now,
            **same,
        )


def is_marked(event: WebhookEvent) -> bool:
    """Whether a row stands for calls that were turned away."""
    return event.state == EventState.IGNORED and event.fingerprint.startswith(PREFIX)


def _due(key: tuple[int, str], now: datetime) -> int:
    """How many calls are to be noted now; 0: they wait for the next one."""
    with _lock:
        last, count = _counted.get(key, (None, 0))
        if last is not None and timedelta(0) <= now - last < BETWEEN:
            _counted[key] = (last, count + 1)
            return 0
        _counted[key] = (now, 0)
        return count + 1
