"""Xero's dialect of failure: what each refusal means and who acts next.

https://developer.xero.com/documentation/api/accounting/responsecodes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.xero.phrases import Words, known
from integration.errors import (
    BadConfig,
    BadCredentials,
    BadRecord,
    SyncFailure,
    TooLarge,
    Transient,
    Unknown,
)
from integration.http.body import Unreadable, parse
from integration.http.reply import Reply

RECONNECT = (
    "Connect the organisation anew, as a user who may post invoices and read settings."
)


def judge(reply: Reply) -> Reply:
    """The answer, when it is a success; else raises who has to act.

    BadCredentials: sign-in or rights. TooLarge: split the batch. BadRecord, BadConfig:
    in Xero's words. Transient: later. Unknown: a write whose end nobody told us.
    """
    if reply.status < 300:
        return reply
    body = _told(reply)
    if reply.status == 413:
        raise TooLarge("Xero takes fewer documents at once.")
    if reply.status >= 500:
        raise _stumbled(reply)
    if reply.status == 401:
        raise BadCredentials(
            "organisation",
            "Xero no longer accepts this connection's sign-in.",
            hint=RECONNECT,
        )
    if reply.status == 403:
        raise BadCredentials(
            "organisation",
            "Xero does not let this connection do that: the organisation is no longer "
            "connected, or a right is missing.",
            code="no_rights",
            hint=RECONNECT,
        )
    if reply.status == 404:
        raise BadRecord(
            "",
            "It is not in Xero.",
            code="gone_on_target",
            hint="Was it removed there? Send it again to make it anew.",
        )
    raise _whole(of_messages(list(_messages(body)) or [_plain(body, reply.status)]))


def of_element(row: Mapping[str, Any]) -> SyncFailure | None:
    """The refusal inside a row of a batch's answer, None where it went well.

    Such an answer is a 200; warnings do not count.
    """
    messages = list(dict.fromkeys(_of_row(row)))
    failed = row.get("StatusAttributeString") == "ERROR" or bool(messages)
    return of_messages(messages or ["Xero refused it."]) if failed else None


def of_messages(messages: Sequence[str]) -> SyncFailure:
    """What Xero's texts mean: the first that is known names field and hint."""
    told = " ".join(messages)[:500]
    for message in messages:
        found = known(message)
        if found:
            return _worded(*found, told)
    return BadRecord("", told, code="refused_by_xero")


def _whole(failure: SyncFailure) -> SyncFailure:
    """A refusal of a whole call: one row of it may be to blame, so the connection is
    not; sent in halves, the culprit shows."""
    if not isinstance(failure, BadConfig):
        return failure
    return BadRecord(
        failure.field, failure.message, code=failure.code, hint=failure.hint
    )


def _worded(words: Words, word: str, told: str) -> SyncFailure:
    if words.config:
        field = f"{words.field}.{word}" if word else words.field
        return BadConfig(field, told, code=words.code, hint=words.hint)
    return BadRecord(words.field, told, code=words.code, hint=words.hint)


def _messages(body: Any) -> Iterator[str]:
    for row in _list(body, "Elements"):
        yield from _of_row(row)


def _of_row(row: Any) -> Iterator[str]:
    for error in _list(row, "ValidationErrors"):
        if isinstance(error, Mapping) and error.get("Message"):
            yield str(error["Message"])


def _list(row: Any, name: str) -> list[Any]:
    found = row.get(name) if isinstance(row, Mapping) else None
    return found if isinstance(found, list) else []


def _plain(body: Any, status: int) -> str:
    if isinstance(body, Mapping):
        for name in ("Message", "Detail", "Title"):
            if body.get(name):
                return str(body[name])[:500]
    return f"Xero refused it (status {status}) and did not say why."


def _told(reply: Reply) -> Any:
    try:
        return parse(reply.body)
    except Unreadable:
        return None


def _stumbled(reply: Reply) -> SyncFailure:
    words = f"Xero stumbled (status {reply.status})."
    if reply.repeatable:
        return Transient(words, hint="Weft tries again by itself.")
    return Unknown(words, hint="Weft looks before it sends this again.")
