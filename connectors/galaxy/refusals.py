"""Galaxy's dialect of failure: what each refusal means and who acts next.

Errors have the shape of the ServiceStack framework. Anything the business does not like
may be thrown, and is then a 500: https://docs.servicestack.net/error-handling
"""

from __future__ import annotations

import time
from typing import NamedTuple

from integration.errors import (
    BadConfig,
    BadCredentials,
    BadRecord,
    SyncFailure,
    Transient,
    Unknown,
)
from integration.http.body import Unreadable, parse
from integration.http.limits import seconds_until
from integration.http.redact import address, redact
from integration.http.reply import Reply

SCENARIO = "WebScenID"
LONGEST = 500


class Refusal(NamedTuple):
    """An error as Galaxy words it; the stack trace beside it is nobody's business."""

    message: str
    field: str


def read(reply: Reply) -> Refusal | None:
    """The error an answer carries; None where it is not one of Galaxy's own."""
    try:
        body = parse(reply.body)
    except Unreadable:
        return None
    status = body.get("ResponseStatus") if isinstance(body, dict) else None
    if not isinstance(status, dict):
        return None
    message = " ".join(str(status.get("Message") or "").split())
    if not message:
        return None
    errors = status.get("Errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    field = first.get("FieldName") if isinstance(first, dict) else ""
    return Refusal(redact(message)[:LONGEST], str(field or ""))


def judge(reply: Reply) -> Reply:
    """The answer, if it is a success in JSON; else raises who has to act.

    BadCredentials: the user. BadConfig: the address, or a page of HTML in the place of
    data. Transient: later.
    """
    if 200 <= reply.status < 300:
        if reply.body.strip() and _is_page(reply):
            raise page(reply)
        return reply
    raise _locked_out(reply) or _of_read(reply, read(reply))


def judge_post(reply: Reply) -> Reply:
    """The answer to what may not be sent twice, if it was taken.

    Raises as `judge`; BadRecord with Galaxy's own words, also for a 500 that has some;
    Unknown where it may have been taken.
    """
    refusal = read(reply)
    if 200 <= reply.status < 300:
        if refusal:
            raise BadRecord(refusal.field, refusal.message, code="refused")
        return reply
    failure: SyncFailure | None = _locked_out(reply)
    if failure is None and refusal is not None:
        failure = _of_item(refusal)
    if failure is None and reply.status < 500:
        failure = _of_read(reply, None)
    raise failure or Unknown(
        f"Galaxy failed (status {reply.status}) and said no word of why. Whether it "
        "was done is not known.",
        hint="Look for it in Galaxy before sending it again.",
    )


def _of_item(refusal: Refusal) -> SyncFailure:
    if refusal.field == SCENARIO:
        return _no_scenario(refusal)
    return BadRecord(
        refusal.field,
        refusal.message,
        code="refused",
        hint="Mend it here or in Galaxy, then send it again.",
    )


def _of_read(reply: Reply, refusal: Refusal | None) -> SyncFailure:
    said = f" Galaxy says: {refusal.message}" if refusal else ""
    if refusal and refusal.field == SCENARIO:
        return _no_scenario(refusal)
    if reply.status >= 500 or reply.status in (408, 425):
        return Transient(
            f"Galaxy is out of order for now (status {reply.status}).{said}",
            after=seconds_until(reply.headers.get("Retry-After", ""), time.time()),
            hint="Weft tries again by itself.",
        )
    return BadConfig(
        "base_url",
        f"{address(reply.url)} answered with status {reply.status}.{said}",
        hint="Check the address, its path in front of /services included.",
    )


def _no_scenario(refusal: Refusal) -> BadConfig:
    return BadConfig(
        "web_scenario",
        f"Galaxy does not know which Web Scenario to use: {refusal.message}",
        code="no_scenario",
        hint="Set up a Web Scenario in Galaxy, and enter its ID here unless it is the "
        "default one.",
    )


def _locked_out(reply: Reply) -> BadCredentials | None:
    """A refusal of a session that was opened only just before."""
    if reply.status not in (401, 403):
        return None
    return BadCredentials(
        "username",
        f"Galaxy refuses what this user asks for (status {reply.status}).",
        hint="Check the user's rights in Galaxy, and that Weft's address is allowed.",
    )


def _is_page(reply: Reply) -> bool:
    kind = reply.headers.get("Content-Type", "")
    return "html" in kind.lower() or reply.body.lstrip()[:1] not in (b"{", b"[")


def page(reply: Reply) -> BadConfig:
    """What came is not what Galaxy gives: never to be taken for an empty list."""
    return BadConfig(
        "base_url",
        f"{address(reply.url)} answered with a page instead of data.",
        code="page_instead_of_data",
        hint="Check the address; a proxy or a sign-in page may stand in front of it.",
    )
