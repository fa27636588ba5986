"""Gives every request an id, notes where it came from, and logs one line of it."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from integration.models.trace import Trace, current, tracing
from integration.web.logs import masked_path

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Asked for by the thousand, and of no interest.
UNTOLD = ("/healthz", "/readyz", "/metrics", "/static/")
logger = logging.getLogger("weft.request")


class RequestLogMiddleware:
    """Takes the proxy's id of a request where there is one, and answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the request's id."""
        given = request.headers.get(HEADER, "")
        request_id = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        begun = time.monotonic()
        with tracing(Trace(request_id, address_of(request))):
            response = self.get_response(request)
            if not request.path.startswith(UNTOLD):
                _tell(request, response.status_code, time.monotonic() - begun)
        response.headers[HEADER] = request_id
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        """From here on every line tells whose page it is."""
        trace = current()
        if trace is not None and request.path.startswith("/t/"):
            trace.tenant = str(kwargs.get("slug", ""))


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    path = masked_path(request.path)
    took = round(seconds * 1000)
    logger.info(
        "%s %s %s in %s ms",
        request.method,
        path,
        status,
        took,
        extra={
            "method": request.method,
            "path": path,
            "status": status,
            "milliseconds": took,
        },
    )


def address_of(request: HttpRequest) -> str:
    """Where the person sits: what the nearest proxy saw, where one ends TLS before us.

    Anybody can write the header; the last entry alone is the proxy's own.
    """
    nearest = request.META.get("REMOTE_ADDR") or ""
    if settings.SECURE_PROXY_SSL_HEADER:
        nearest = request.headers.get("X-Forwarded-For", nearest).rpartition(",")[2]
    try:
        return str(ip_address(nearest.strip()))
    except ValueError:
        return ""
