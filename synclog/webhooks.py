"""Sending events to merchants' own addresses, signed as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks: `webhook-id` stays the same for
every try, the signature is over id, time and the very bytes that are sent.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from standardwebhooks import Webhook

from integration.errors import SyncFailure
from integration.http.auth import Auth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.redact import address, redact, remember
from integration.http.reply import Reply
from integration.http.rules import HttpRules
from integration.models import Endpoint
from synclog.models import DUE_NOTICES, Notice, NoticeState

if TYPE_CHECKING:
    from requests import PreparedRequest

# Seconds to the next try: an address that is being deployed anew is soon back.
LADDER = (5, 60, 300, 1_800, 7_200, *[14_400] * 5)
# An event so old tells nobody anything any more.
STALE = timedelta(days=1)
# An address that took nothing for so long is switched off.
GIVEN_UP = timedelta(days=5)
# "Gone": whoever answers so wants no more.
GONE = 410
TRIES_KEPT = 12
ANSWER_KEPT = 500


class NotTaken(Exception):
    """The address answered, but not that it took the event."""

    def __init__(self, status: int) -> None:
        super().__init__(f"It answered with status {status}.")
        self.status = status


class Signed(Auth):
    """Proves that an event is Weft's and unchanged; signed anew for every try."""

    stale = frozenset()

    def __init__(self, message_id: str, secrets: list[str]) -> None:
        self._id, self._secrets = message_id, secrets

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        """Adds id, time, and one signature for each secret in force."""
        now = datetime.now(UTC)
        body = request.body or b""
        text = body.decode() if isinstance(body, bytes) else str(body)
        signatures = [
            Webhook(secret).sign(self._id, now, text) for secret in self._secrets
        ]
        request.headers["webhook-id"] = self._id
        request.headers["webhook-timestamp"] = str(int(now.timestamp()))
        request.headers["webhook-signature"] = " ".join(signatures)
        return request


def rules() -> HttpRules:
    """How far these calls may go: never into private networks, not even into those
    opened for platforms of the installation's own."""
    return HttpRules(
        connect_timeout=5,
        read_timeout=10,
        total_timeout=15,
        max_bytes=1_000_000,
        max_expanded=2_000_000,
        allow_loopback=settings.WEFT_ALLOW_LOOPBACK,
        ports=tuple(settings.WEFT_PORTS_OUT),
    )


def message_id(notice: Notice) -> str:
    """The same for every try and every resending, so that a repetition shows."""
    return f"msg_{blake2b(notice.episode.encode(), digest_size=16).hexdigest()}"


def in_force(secrets: dict[str, str], now: datetime) -> list[str]:
    """The secrets to sign with: the present one, and its former while that lasts."""
    former, until = secrets.get("former"), secrets.get("former_until", "")
    lasting = former and until > now.astimezone(UTC).isoformat()
    return [secrets["signing"], *([former] if former and lasting else [])]


def send(notice: Notice) -> None:
    """Post an event to its address; what came of it is noted in the notice's context.

    Raises NotTaken where the answer is no 2xx, SyncFailure where there is none, the
    address is unfit or asks for a pause.
    """
    endpoint = _endpoint(notice)
    secrets = in_force(endpoint.secrets, timezone.now())
    remember(*secrets)
    begun = time.monotonic()
    door = Http(
        base_url=endpoint.url,
        auth=Signed(message_id(notice), secrets),
        meter=FreeMeter(),
        rules=rules(),
        route=f"endpoint {endpoint.uid}",
    )
    event = notice.context["event"]
    try:
        reply = door.request("POST", endpoint.url, json=event, repeatable=False)
    except SyncFailure as failure:
        _note(notice, begun, words=failure.message)
        raise
    _note(notice, begun, reply)
    if not 200 <= reply.status < 300:
        raise NotTaken(reply.status)


def _endpoint(notice: Notice) -> Endpoint:
    if notice.endpoint is None:
        raise ValueError("an event without an address")
    return notice.endpoint


def _note(
    notice: Notice, begun: float, reply: Reply | None = None, words: str = ""
) -> None:
    answer = reply.body[: 4 * ANSWER_KEPT].decode(errors="replace") if reply else words
    tried: dict[str, Any] = {
        "at": timezone.now().isoformat(),
        "status": reply.status if reply else 0,
        "milliseconds": round((time.monotonic() - begun) * 1000),
        "answer": redact(answer.replace("\0", ""))[:ANSWER_KEPT],
    }
    tries = [*notice.context.get("tries", []), tried][-TRIES_KEPT:]
    notice.context = {**notice.context, "tries": tries}


def taken(notice: Notice) -> None:
    """The address takes events: whatever its trouble was, it is over."""
    Endpoint.everywhere.filter(
        pk=_endpoint(notice).pk, failing_since__isnull=False
    ).update(failing_since=None)


def failed(notice: Notice, failure: Exception, due: datetime, now: datetime) -> None:
    """An address took nothing: what else waits for it waits as long, what is stale is
    given up, and after days the address is switched off."""
    with transaction.atomic():
        mine = Endpoint.everywhere.filter(pk=_endpoint(notice).pk)
        mine.filter(failing_since=None).update(failing_since=now)
        others = Notice.everywhere.filter(
            endpoint=_endpoint(notice), state__in=DUE_NOTICES
        ).exclude(Q(pk=notice.pk) | Q(state=NoticeState.SENDING))
        stale = others.filter(created_at__lt=now - STALE)
        stale.update(state=NoticeState.GAVE_UP, ended_at=now)
        others.filter(not_before__lt=due).update(not_before=due)
        gone = getattr(failure, "status", 0) == GONE
        for_days = mine.filter(enabled=True)
        if not gone:
            for_days = for_days.filter(failing_since__lt=now - GIVEN_UP)
        if for_days.update(enabled=False):
            _switched_off(_endpoint(notice), gone, now)


def _switched_off(endpoint: Endpoint, gone: bool, now: datetime) -> None:
    """Nothing more is sent there; the merchant is told by mail."""
    # Who is told, alerts knows; it in turn sends what is told here.
    from synclog import alerts

    drop(endpoint, now)
    alerts.endpoint_off(endpoint, address(endpoint.url), gone, now)


def drop(endpoint: Endpoint, now: datetime) -> None:
    """Whatever is still owed to an address is owed no more."""
    Notice.everywhere.filter(endpoint=endpoint, state__in=DUE_NOTICES).exclude(
        state=NoticeState.SENDING
    ).update(state=NoticeState.DROPPED, ended_at=now)
