"""What went wrong on the line, in words a merchant can read."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from integration.errors import (
    BadConfig,
    SyncFailure,
    TooLarge,
    Transient,
    Unknown,
)
from integration.http.body import Unreadable
from integration.http.connections import Stage
from integration.http.redact import address, redact

_AGAIN = "Weft tries again by itself."
_LATE = (requests.Timeout, ReadTimeoutError, ConnectTimeoutError, TimeoutError)
_UNREACHABLE: tuple[tuple[type[Exception], str], ...] = (
    (NameResolutionError, "could not be found: its name has no address"),
    (ConnectionRefusedError, "takes no connections"),
    (ssl.SSLError, "could not agree on an encrypted connection"),
    (NewConnectionError, "could not be reached"),
)
_NO_CONNECTION = (ConnectTimeoutError, NewConnectionError, requests.ConnectTimeout)


def of_line(
    error: Exception, *, stage: Stage, repeatable: bool, url: str, waited: float
) -> SyncFailure:
    """The failure an attempt ended with.

    Nothing sent, or safe to repeat: Transient. Sent, not safe to repeat and no whole
    answer: Unknown. A certificate that does not fit: BadConfig. The message names the
    address without its query; `code` is timed_out, unreachable, too_large, …
    """
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _bad_certificate(url, cause)
    code, what = _words(causes, waited)
    message = redact(f"{address(url)} {what}.")
    if not repeatable and _may_have_left(stage, causes):
        return Unknown(
            f"{message} Whether it was done there is not known.",
            code="timed_out" if code == "timed_out" else "",
            hint="Weft looks before it sends this again.",
        )
    if code == "too_large":
        return TooLarge(message, hint="Weft asks for less at a time.")
    return Transient(message, code=code, hint=_AGAIN)


def of_content(error: Unreadable, *, repeatable: bool, url: str) -> SyncFailure:
    """The failure of an answer that came whole and cannot be understood."""
    return of_line(error, stage=Stage.SENT, repeatable=repeatable, url=url, waited=0)


def throttled(url: str, after: float | None) -> Transient:
    """The platform wants fewer calls."""
    return Transient(
        f"{address(url)} asks for fewer calls.",
        after=after,
        throttled=True,
        code="throttled",
        hint="Weft waits and goes on by itself.",
    )


def unavailable(url: str, status: int, after: float | None) -> Transient:
    """The platform, or what stands before it, is out of order for now."""
    return Transient(
        f"{address(url)} is not available for now (status {status}).",
        after=after,
        hint=_AGAIN,
    )


def moved(url: str, target: str) -> BadConfig:
    """The platform lives elsewhere; keys are never sent after it."""
    return BadConfig(
        "base_url",
        f"{address(url)} has moved to {address(target)}; Weft did not follow.",
        code="moved",
        hint="If that address is yours, enter it instead.",
    )


def _words(causes: list[BaseException], waited: float) -> tuple[str, str]:
    """The code of a failure and what the address did, told by its plainest cause."""
    for cause in causes:
        if isinstance(cause, Unreadable):
            return cause.code, f"answered something Weft cannot take: {cause.what}"
    for kind, what in _UNREACHABLE:
        if any(isinstance(cause, kind) for cause in causes):
            return "unreachable", what
    if any(isinstance(cause, _LATE) for cause in causes):
        return "timed_out", f"did not answer in {waited:.0f} seconds"
    return "unreachable", "broke off the connection"


def _may_have_left(stage: Stage, causes: list[BaseException]) -> bool:
    if any(isinstance(cause, _NO_CONNECTION) for cause in causes):
        return False
    return stage is not Stage.CONNECTING


def _bad_certificate(url: str, error: ssl.SSLCertVerificationError) -> BadConfig:
    reason = error.verify_message or "it does not fit the address"
    return BadConfig(
        "base_url",
        redact(f"{address(url)} showed a certificate that is not valid: {reason}."),
        code="bad_certificate",
        hint="Have the certificate of that address put right; nothing was sent.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all it was made from, each once."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = (cause.__cause__, cause.__context__, getattr(cause, "reason", None))
        waiting.extend(
            found for found in (*inner, *cause.args) if isinstance(found, BaseException)
        )
