"""Receives what Xero tells of all organisations at one address.

The address and its categories are entered by hand in Xero's developer portal. Answers
must be empty and quick. https://developer.xero.com/documentation/guides/webhooks/overview/
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from connectors.xero.client import Client
from integration.contract.messages import Answer, Event, Request, Secrets, Verdict
from integration.http.body import Unreadable, parse

STREAMS: Mapping[str, str] = {
    "CONTACT": "contacts",
    "INVOICE": "invoices",
    "CREDITNOTE": "credit_notes",
}
SIGNATURE = "x-xero-signature"
KEY = "webhook_key"


class Webhooks:
    """See the contract. The secret is the app's `webhook_key`, one for all accounts."""

    def __init__(self, secrets: Secrets) -> None:
        self._key = secrets.get(KEY, "")

    def greet(self, request: Request) -> Answer | None:
        """The answer to the handshake: bodies without events, some signed wrongly to
        see whether we look."""
        if _events(request):
            return None
        return Answer(200 if self.verify(request) == Verdict.SIGNED else 401)

    def verify(self, request: Request) -> Verdict:
        """The raw body under the app's key; unsigned is nobody's."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        given = headers.get(SIGNATURE, "").encode()
        right = hmac.compare_digest(signature(self._key, request.body), given)
        return Verdict.SIGNED if self._key and right else Verdict.FORGED

    def events(self, request: Request) -> Iterator[Event]:
        """What to read again, by organisation; nothing else of the body is believed.

        Kinds nobody asked for here, such as prepayments, are passed over.
        """
        found: dict[tuple[str, str, str], dict[str, None]] = {}
        for event in _events(request):
            category = str(event.get("eventCategory"))
            stream, resource = STREAMS.get(category), event.get("resourceId")
            if stream and resource:
                about = (str(event.get("tenantId") or ""), stream, category)
                found.setdefault(about, {})[str(resource)] = None
        for (account, stream, category), ids in found.items():
            yield Event(stream, tuple(ids), topic=category, account=account)

    def sync(
        self, client: Client, url: str | None, secret: str, streams: Collection[str]
    ) -> None:
        """Nothing: Xero has no call for it, the portal's page is the only place."""


def signature(key: str, body: bytes) -> bytes:
    """What Xero writes beside a body: HMAC-SHA256, base64."""
    return b64encode(hmac.digest(key.encode(), body, "sha256"))


def _events(request: Request) -> list[dict[str, Any]]:
    try:
        body = parse(request.body)
    except Unreadable:
        return []
    listed = body.get("events") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        return []
    return [each for each in listed if isinstance(each, dict)]
