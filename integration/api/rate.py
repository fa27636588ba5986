"""So many calls a minute for each key, counted in the key's own row."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from integration.engine import api_keys
from integration.engine.api_keys import Rate
from integration.models import ApiKey


class KeyRate(BaseThrottle):
    """Counts the call; `request.rate` tells the answer's headers how it stands."""

    rate: Rate

    def allow_request(self, request: Request, view: Any) -> bool:
        """False: the minute's calls are spent."""
        key: ApiKey = request.auth  # type: ignore[assignment]
        self.rate = api_keys.count(key)
        request._request.rate = self.rate  # type: ignore[attr-defined]
        return self.rate.allowed

    def wait(self) -> float:
        """Seconds until calls are counted anew."""
        return float(self.rate.seconds)


def tell(request: Request, response: HttpResponseBase) -> None:
    """Add how the key's rate stands, where the call was counted."""
    rate: Rate | None = getattr(request._request, "rate", None)
    if rate is not None:
        response.headers["RateLimit-Policy"] = f'"key";q={rate.most};w=60'
        response.headers["RateLimit"] = f'"key";r={rate.left};t={rate.seconds}'
