"""Serves one platform: finds the route, plays the faults, records the call."""

import logging
import threading
from collections.abc import Callable
from time import time
from typing import NamedTuple

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException

from integration.sandbox.calls import Call, CallBook
from integration.sandbox.faults import NOT_DONE, Fault, FaultBook
from integration.sandbox.platform import Context, Platform

log = logging.getLogger(__name__)

GARBAGE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    "<body><h1>Checking your browser</h1></body></html>"
)


class Delivery(NamedTuple):
    """How an answer leaves: after `hold` seconds, whole, half or (None) not at all."""

    response: Response | None
    hold: float = 0.0
    half: bool = False


class Stand:
    """One platform with its faults and its recorded calls."""

    def __init__(
        self, made_by: type[Platform], context: Context, ended: threading.Event
    ) -> None:
        self.platform = made_by(context)
        self.faults = FaultBook()
        self.calls = CallBook()
        # Told of every request before it is answered.
        self.heard: Callable[[Request], None] = lambda request: None
        self._ended = ended

    def reset(self) -> None:
        """Put the platform back to its start and forget faults and calls."""
        self.faults.clear()
        with self.platform.lock:
            self.platform.reset()
        self.calls.forget()

    def serve(self, request: Request) -> Delivery:
        """Answer one request, spoiled by a fault when one fits."""
        self.heard(request)
        fault = self.faults.draw(request.method, request.path)
        if fault and fault.kind == "slow":
            self._ended.wait(fault.delay)
        if fault and fault.kind in NOT_DONE:
            endpoint, done = self._endpoint(request), None
        else:
            endpoint, done = self._do(request)
        delivery = _spoil(fault, done) if fault else Delivery(done)
        status = delivery.response.status_code if delivery.response else 0
        self.calls.note(
            Call(
                at=time(),
                method=request.method,
                path=request.path,
                query=request.query_string.decode("latin-1"),
                endpoint=endpoint,
                status=status,
                fault=fault.kind if fault else "",
                agent=request.headers.get("User-Agent", ""),
            )
        )
        return delivery

    def _endpoint(self, request: Request) -> str:
        try:
            return str(self._match(request)[0])
        except HTTPException:
            return ""

    def _match(self, request: Request) -> tuple[str, dict[str, object]]:
        adapter = self.platform.url_map.bind_to_environ(request.environ)
        endpoint, values = adapter.match()
        return endpoint, dict(values)

    def _do(self, request: Request) -> tuple[str, Response]:
        endpoint = ""
        try:
            try:
                endpoint, values = self._match(request)
            except HTTPException:
                with self.platform.lock:
                    return "", self.platform.unknown(request)
            with self.platform.lock:
                return endpoint, self.platform.answer(endpoint, request, values)
        except Exception:
            log.exception("the %s sandbox failed", self.platform.key)
            return endpoint, Response("The sandbox failed; see its log.", 500)


def _spoil(fault: Fault, done: Response | None) -> Delivery:
    if fault.kind in ("timeout_before", "timeout_after"):
        return Delivery(None, hold=fault.delay)
    if fault.kind == "drop_after":
        return Delivery(None)
    if fault.kind in ("status", "status_after"):
        return Delivery(_stated(fault))
    if fault.kind == "garbage":
        return Delivery(Response(GARBAGE, 200, content_type="text/html"))
    return Delivery(done, half=fault.kind == "truncate")


def _stated(fault: Fault) -> Response:
    looks_json = fault.body[:1] in ("{", "[")
    headers = {
        "Content-Type": "application/json" if looks_json else "text/html; charset=utf-8"
    }
    response = Response(fault.body, fault.status, headers=headers)
    response.headers.update(fault.headers)
    return response
