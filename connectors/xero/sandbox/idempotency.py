"""Remembers answers under the keys clients give, so that a repeat changes nothing.

Rules: https://developer.xero.com/documentation/guides/idempotent-requests/idempotency/
"""

import time
from hashlib import sha256
from typing import NamedTuple

from werkzeug import Request, Response

from connectors.xero.sandbox.exchange import wrong

LONGEST = 128


class Kept(NamedTuple):
    """An answer as it went out, the request it answered, and when."""

    request: bytes
    status: int
    kind: str
    body: bytes
    at: float


class Memory:
    """The answers of the last minutes, by app and key."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Kept] = {}

    def recall(self, client: str, request: Request, seconds: float) -> Response | None:
        """Give the stored answer of a repeat, or None for a first request.

        Raises `Refused` 400 for a key too long, or used for something else.
        """
        key = _key(request)
        if len(key) > LONGEST:
            raise wrong("The idempotency key is longer than 128 characters")
        kept = self._kept.get((client, key)) if key else None
        if kept is None or time.time() >= kept.at + seconds:
            return None
        if kept.request != _digest(request):
            raise wrong("The idempotency key was used for a different request")
        return Response(kept.body, kept.status, content_type=kept.kind)

    def keep(
        self, client: str, request: Request, response: Response, seconds: float
    ) -> None:
        """Store what a request with a key was answered, server errors too."""
        key = _key(request)
        self._kept.pop((client, key), None)
        for name, kept in list(self._kept.items()):
            if time.time() < kept.at + seconds:
                break
            del self._kept[name]
        if key:
            self._kept[client, key] = Kept(
                _digest(request),
                response.status_code,
                response.content_type or "",
                response.get_data(),
                time.time(),
            )


def _key(request: Request) -> str:
    if request.method not in ("PUT", "POST"):
        return ""
    return request.headers.get("Idempotency-Key", "")


def _digest(request: Request) -> bytes:
    tenant = request.headers.get("xero-tenant-id", "")
    head = f"{request.method} {request.path}?{request.query_string!r} {tenant}\n"
    return sha256(head.encode() + request.get_data()).digest()
