"""Signs bodies, posts them to a webhook address and judges the reply.

Rules: https://developer.xero.com/documentation/webhooks/configuring-your-server
"""

import base64
import hmac
import json
import secrets
import string
import time
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from connectors.xero.sandbox.dates import Row

ENTROPY = 20


class Reply(NamedTuple):
    """What came back: `status` 0 means nothing did. `clean`: no body, no cookie."""

    status: int
    clean: bool
    seconds: float


class _Unmoved(HTTPRedirectHandler):
    """Takes a redirect for the reply it is."""

    def redirect_request(self, *details: Any, **more: Any) -> None:
        return None


_opener = build_opener(_Unmoved)


def body_of(events: Sequence[Row], first: int, last: int) -> bytes:
    """Give the bytes of a delivery."""
    letters = (secrets.choice(string.ascii_uppercase) for _ in range(ENTROPY))
    body = {
        "events": list(events),
        "firstEventSequence": first,
        "lastEventSequence": last,
        "entropy": "".join(letters),
    }
    return json.dumps(body, separators=(",", ":")).encode()


def signed(key: str, body: bytes) -> str:
    """Sign the bytes of a delivery: HMAC-SHA256 under the key as text, base64."""
    return base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()


def post(url: str, body: bytes, signature: str, seconds: float) -> Reply:
    """Post a signed body and wait so many seconds for the reply."""
    headers = {"Content-Type": "application/json", "x-xero-signature": signature}
    request = Request(url, body, headers, method="POST")  # noqa: S310 - checked at registration
    begun = time.monotonic()
    try:
        try:
            answer = _opener.open(request, timeout=seconds)
        except HTTPError as error:
            answer = error
        with answer:
            clean = not answer.read(1) and "Set-Cookie" not in answer.headers
            status = int(answer.status)
    except (OSError, HTTPException, ValueError):
        return Reply(0, False, time.monotonic() - begun)
    taken = time.monotonic() - begun
    return Reply(status if taken <= seconds else 0, clean, taken)
