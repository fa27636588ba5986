"""Notices on their way: claimed one by one, handed to mail or webhook, and tried again
by the clock, each by its own ladder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Min
from django.utils import timezone

from integration.errors import SyncFailure
from integration.http.redact import redact
from integration.models.trace import Trace, tracing
from synclog import mail, webhooks
from synclog.models import DUE_NOTICES, Notice, NoticeState

logger = logging.getLogger(__name__)

# Longer than sending can last: a notice still claimed by then lost its worker.
CLAIM = timedelta(minutes=5)
# How many candidates to look at before others must have taken them all.
LOOK = 8


class Courier(NamedTuple):
    """How one sort of notice travels: by what call, and the waits between tries."""

    send: Callable[[Notice], None]
    ladder: Sequence[int]


COURIERS = {
    "email": Courier(mail.send, mail.LADDER),
    "webhook": Courier(webhooks.send, webhooks.LADDER),
}


def claim_due(now: datetime | None = None) -> Notice | None:
    """Take the best notice that is due; None: there is none.

    It is `sending` from then on, and due again by itself if it never comes to an end.
    """
    now = now or timezone.now()
    due = Notice.everywhere.filter(state__in=DUE_NOTICES, not_before__lte=now)
    ranked = due.select_related("tenant", "endpoint__tenant")
    for notice in ranked.order_by("priority", "not_before", "pk")[:LOOK]:
        if notice.attempts > len(COURIERS[notice.channel].ladder):
            _move(notice, NoticeState.GAVE_UP, ended_at=now)
            continue
        crashed = notice.state == NoticeState.SENDING
        attempts = notice.attempts + 1
        if _move(
            notice,
            NoticeState.SENDING,
            attempts=attempts,
            crashes=F("crashes") + int(crashed),
            not_before=now + CLAIM,
        ):
            notice.state, notice.attempts = NoticeState.SENDING, attempts
            return notice
    return None


def next_due() -> datetime | None:
    """When the next notice is due, claimed ones included; None: nothing is owed."""
    return Notice.everywhere.filter(state__in=DUE_NOTICES).aggregate(
        at=Min("not_before")
    )["at"]


def tell(now: datetime | None = None) -> bool:
    """Send the best notice that is due; False: none was. Call outside transactions.

    One can repeat only where the process dies inside the call that sends it; its
    Message-ID, or webhook-id, is then the same.
    """
    notice = claim_due(now)
    if notice is None:
        return False
    with tracing(Trace(tenant=notice.tenant.slug)):
        _send(notice, now)
    return True


def _send(notice: Notice, now: datetime | None) -> None:
    try:
        COURIERS[notice.channel].send(notice)
    except Exception as failure:
        # Whatever it raises, the notice waits for its next try, and the worker goes on.
        told = "event" if notice.channel == "webhook" else "mail"
        logger.warning("%s could not be sent: %s", told, type(failure).__name__)
        _failed(notice, failure, now or timezone.now())
        return
    _move(
        notice,
        NoticeState.SENT,
        ended_at=timezone.now(),
        message="",
        context=notice.context,
    )
    if notice.channel == "webhook":
        webhooks.taken(notice)


def _failed(notice: Notice, failure: Exception, now: datetime) -> None:
    ladder = COURIERS[notice.channel].ladder
    words = f"{type(failure).__name__}: {failure}"
    if isinstance(failure, webhooks.NotTaken | SyncFailure):
        words = str(failure)
    kept = {
        "message": redact(words)[:1_000],
        "context": notice.context,
    }
    over = notice.attempts > len(ladder)
    wait = timedelta(seconds=ladder[min(notice.attempts, len(ladder)) - 1])
    if over:
        _move(notice, NoticeState.GAVE_UP, ended_at=now, **kept)
    else:
        _move(notice, NoticeState.FAILED, not_before=now + wait, **kept)
    if notice.channel == "webhook":
        webhooks.failed(notice, failure, now + wait, now)


def _move(notice: Notice, state: NoticeState, **fields: object) -> bool:
    """One transition, if the notice is still as it was read; False: others were."""
    return bool(
        Notice.everywhere.filter(
            pk=notice.pk, state=notice.state, attempts=notice.attempts
        ).update(state=state, **fields)
    )
