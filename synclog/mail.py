"""Sending notices: claimed one by one, sent, and tried again by the clock."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Min
from django.template.loader import render_to_string
from django.utils import timezone

from integration.http.redact import redact
from synclog.models import DUE_NOTICES, Notice, NoticeState
from synclog.wording import subject_line

# Seconds to the next try: after these, for a whole day, nobody is likely to listen.
LADDER = (60, 300, 1_800, 7_200, *[14_400] * 5)
logger = logging.getLogger(__name__)

# Longer than sending can last: a notice still claimed by then lost its worker.
CLAIM = timedelta(minutes=5)
# How many candidates to look at before others must have taken them all.
LOOK = 8


def claim_due(now: datetime | None = None) -> Notice | None:
    """Take the best notice that is due; None: there is none.

    It is `sending` from then on, and due again by itself if it never comes to an end.
    """
    now = now or timezone.now()
    due = Notice.everywhere.filter(state__in=DUE_NOTICES, not_before__lte=now)
    for notice in due.order_by("priority", "not_before", "pk")[:LOOK]:
        if notice.attempts > len(LADDER):
            _move(notice, NoticeState.GAVE_UP, ended_at=now)
            continue
        crashed = notice.state == NoticeState.SENDING
        if _move(
            notice,
            NoticeState.SENDING,
            attempts=F("attempts") + 1,
            crashes=F("crashes") + int(crashed),
            not_before=now + CLAIM,
        ):
            notice.refresh_from_db()
            return notice
    return None


def next_due() -> datetime | None:
    """When the next notice is due, claimed ones included; None: nothing is owed."""
    return Notice.everywhere.filter(state__in=DUE_NOTICES).aggregate(
        at=Min("not_before")
    )["at"]


def tell(now: datetime | None = None) -> bool:
    """Send the best notice that is due; False: none was. Call outside transactions.

    A mail can repeat only where the process dies inside the call to the mail server;
    its Message-ID is then the same.
    """
    notice = claim_due(now)
    if notice is None:
        return False
    try:
        send(notice)
    except Exception as failure:
        # Whatever a mail backend raises, the notice waits for its next try, and the
        # worker goes on.
        logger.warning("a mail could not be sent: %s", type(failure).__name__)
        _failed(notice, failure, now or timezone.now())
    else:
        _move(notice, NoticeState.SENT, ended_at=timezone.now(), message="")
    return True


def send(notice: Notice) -> None:
    """Render a notice as text and HTML and hand it to the mail server.

    Raises what the mail backend raises (SMTPException, OSError), or ValueError where
    an address cannot stand in a header.
    """
    context = {**notice.context, "subject": notice.subject}
    text = render_to_string(f"email/{notice.template}.txt", context)
    html = render_to_string(f"email/{notice.template}.html", context)
    message = EmailMultiAlternatives(
        subject=subject_line(notice.subject),
        body=text,
        to=notice.to,
        headers={"Message-ID": _message_id(notice), "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(html, "text/html")
    message.send()


def _message_id(notice: Notice) -> str:
    """The same for every try, so that a repeated mail shows once."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return f"<weft.{notice.pk}.{int(notice.created_at.timestamp())}@{host}>"


def _failed(notice: Notice, failure: Exception, now: datetime) -> None:
    message = redact(f"{type(failure).__name__}: {failure}")[:1_000]
    if notice.attempts > len(LADDER):
        _move(notice, NoticeState.GAVE_UP, ended_at=now, message=message)
        return
    wait = timedelta(seconds=LADDER[notice.attempts - 1])
    _move(notice, NoticeState.FAILED, not_before=now + wait, message=message)


def _move(notice: Notice, state: NoticeState, **fields: object) -> bool:
    """One transition, if the notice is still as it was read; False: others were."""
    return bool(
        Notice.everywhere.filter(
            pk=notice.pk, state=notice.state, attempts=notice.attempts
        ).update(state=state, **fields)
    )
