"""Guards the API: issues tokens, checks them, and counts requests per second."""

import base64
import hashlib
import hmac
import json
import math
import secrets
import time
from typing import Any

KEY = "crystal-sandbox-key"
SECRET = "crystal-sandbox-secret"
BURST_SECONDS = 2.0
"""How many seconds' worth of requests may come at once."""


class TokenDesk:
    """Issues short-lived JSON Web Tokens (HS256) and knows which are still good."""

    def __init__(self) -> None:
        self._signing_key = secrets.token_bytes(32)
        self._calls: dict[str, int] = {}

    def issue(self, key: str | None, secret: str | None, seconds: float) -> str | None:
        """Give a token living `seconds`, or None when key or secret are wrong."""
        if key != KEY or secret != SECRET:
            return None
        now = time.time()
        claims = {
            "sub": KEY,
            "iat": int(now),
            "exp": round(now + seconds, 3),
            "jti": secrets.token_hex(8),
        }
        head = _encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        signed = f"{head}.{_encode(json.dumps(claims).encode())}"
        token = f"{signed}.{self._sign(signed)}"
        self._calls[token] = 0
        return token

    def accepts(self, header: str, most_calls: int) -> bool:
        """Tell whether an Authorization header is good for one more call.

        A token dies at its `exp`, when it is revoked, or, with `most_calls` above 0,
        after so many calls.
        """
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or token not in self._calls:
            return False
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature, self._sign(signed)):
            return False
        if time.time() >= float(_claims(signed)["exp"]):
            del self._calls[token]
            return False
        self._calls[token] += 1
        return not most_calls or self._calls[token] <= most_calls

    def revoke(self) -> None:
        """Make every token issued so far worthless."""
        self._calls.clear()

    def _sign(self, text: str) -> str:
        digest = hmac.new(self._signing_key, text.encode(), hashlib.sha256).digest()
        return _encode(digest)


class Turnstile:
    """Lets so many requests a second through, with a burst of two seconds' worth."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._room: float | None = None
        self._seen = time.monotonic()

    def wait(self, per_second: float) -> int:
        """Give 0 when a request may pass, else the whole seconds to stay away."""
        if per_second <= 0:
            return 0
        most = max(1.0, per_second * BURST_SECONDS)
        now = time.monotonic()
        gained = (now - self._seen) * per_second * self._scale
        self._room = most if self._room is None else min(most, self._room + gained)
        self._seen = now
        if self._room >= 1:
            self._room -= 1
            return 0
        return max(1, math.ceil((1 - self._room) / (per_second * self._scale)))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _claims(signed: str) -> dict[str, Any]:
    text = signed.partition(".")[2]
    padded = text + "=" * (-len(text) % 4)
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    return claims
