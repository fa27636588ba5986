"""One call through its attempts: what is safe, useful and short to wait for."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError

from integration.errors import SyncFailure, Transient
from integration.http import failures
from integration.http.auth import Auth
from integration.http.body import Unreadable
from integration.http.incoming import Incoming
from integration.http.limits import Meter, seconds_until
from integration.http.redact import redact
from integration.http.reply import Reply
from integration.http.rules import HttpRules
from integration.http.sessions import Line
from integration.http.stream import read_body

logger = logging.getLogger(__name__)

UNAVAILABLE = frozenset({502, 503, 504})
MOVED = frozenset({301, 308})
PAUSES = (0.3, 1.0)
LONGEST_PAUSE = 2.0


@dataclass(slots=True, kw_only=True)
class Call:
    """One request through all its attempts; `streamed`: a list is not waited for."""

    request: requests.PreparedRequest
    url: str
    group: str
    repeatable: bool
    deadline: float
    read_timeout: float
    streamed: bool = False


@dataclass(slots=True)
class _Answer:
    """What has come of an answer so far; status 0: nothing."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    rows: Iterator[bytes] | None = None


@dataclass(slots=True, kw_only=True)
class Attempts:
    """Who makes the attempts of a call: with which proof, meter, bounds and line."""

    auth: Auth
    meter: Meter
    rules: HttpRules
    line: Line
    route: str = ""

    def make(self, call: Call) -> Reply | SyncFailure:
        """Attempts, as many as are safe, useful and short to wait for."""
        for pause in PAUSES:
            outcome = self._attempt(call)
            if not call.repeatable or not _passing(outcome):
                return outcome
            wait = _after(outcome)
            if wait is None:
                wait = pause * random.uniform(1, 1.5)  # noqa: S311 - spreads load only
            if wait > LONGEST_PAUSE or time.monotonic() + wait >= call.deadline:
                return outcome
            time.sleep(wait)
        return self._attempt(call)

    def _attempt(self, call: Call) -> Reply | SyncFailure:
        """One physical call: the meter is asked before it and told after it."""
        request = self.auth.sign(call.request.copy())
        self.meter.ask(call.group)
        begun = time.monotonic()
        answer = _Answer()
        self.line.progress.begin(call.deadline, call.read_timeout)
        try:
            self._exchange(call, request, answer)
            return Reply(
                answer.status,
                answer.headers,
                answer.body,
                call.url,
                call.repeatable,
                answer.rows,
            )
        except (requests.RequestException, HTTPError, OSError, Unreadable) as error:
            return failures.of_line(
                error,
                stage=self.line.progress.stage,
                repeatable=call.repeatable,
                url=call.url,
                waited=time.monotonic() - begun,
            )
        finally:
            seconds = time.monotonic() - begun
            self.meter.tell(call.group, answer.status, answer.headers, seconds)
            self._log(call, answer.status, seconds)

    def _exchange(
        self,
        call: Call,
        request: requests.PreparedRequest,
        answer: _Answer,
    ) -> None:
        """Send the request and fill in the answer, as far as it comes."""
        connect = min(self.rules.connect_timeout, self.line.progress.patience())
        # Not Session.send: it would read a redirect's body without any bound.
        response = self.line.adapter.send(
            request, stream=True, timeout=(connect, call.read_timeout)
        )
        answer.status, answer.headers = response.status_code, response.headers
        encoding = response.headers.get("Content-Encoding", "")
        try:
            if call.streamed and answer.status == 200:
                incoming = Incoming(
                    response.raw, encoding, self.rules, self.line.progress, call.url
                )
                answer.rows, answer.body = incoming.taken()
            else:
                answer.body = read_body(
                    response.raw, encoding, self.rules, call.deadline
                )
        except (HTTPError, OSError, Unreadable):
            response.raw.close()
            if answer.status < 400:
                raise
            # A refusal whose text was lost is still that refusal.
        if answer.rows is None:
            response.raw.release_conn()

    def _log(self, call: Call, status: int, seconds: float) -> None:
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug(
                "%s %s: %s in %.0f ms%s",
                call.request.method,
                redact(call.url),
                status or "no answer",
                seconds * 1000,
                f" for {self.route}" if self.route else "",
            )


def judged(reply: Reply) -> Reply:
    """The answer, unless the network alone decides what it means."""
    if reply.status == 429:
        raise failures.throttled(reply.url, _after(reply))
    if reply.status in UNAVAILABLE and reply.repeatable:
        raise failures.unavailable(reply.url, reply.status, _after(reply))
    target = reply.headers.get("Location", "")
    if reply.status in MOVED and target:
        raise failures.moved(reply.url, urljoin(reply.url, target))
    return reply


def _passing(outcome: Reply | SyncFailure) -> bool:
    """Whether a moment may mend it. A time-out has had its moment already."""
    if isinstance(outcome, Reply):
        return outcome.status == 429 or outcome.status in UNAVAILABLE
    return isinstance(outcome, Transient) and outcome.code == "unreachable"


def _after(outcome: Reply | SyncFailure) -> float | None:
    """The seconds a platform asks us to wait."""
    if isinstance(outcome, Reply):
        return seconds_until(outcome.headers.get("Retry-After", ""), time.time())
    return None
