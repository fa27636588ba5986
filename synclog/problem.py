"""A problem as the engine tells it, and the merchant's words for a failure."""

from __future__ import annotations

from typing import Any, NamedTuple

from integration.errors import (
    BadConfig,
    BudgetSpent,
    MissingLink,
    SyncFailure,
    Transient,
    Unknown,
    Unsupported,
)
from synclog.cleaning import clean
from synclog.models.error import Who


class Problem(NamedTuple):
    """One problem of one item. `external_id` is the item's on the connection told of.

    `who` acts next: "item", "connection", "clock" or "staff" (`Who`).
    """

    kind: str
    external_id: str
    code: str
    field: str
    message: str
    hint: str = ""
    who: str = Who.ITEM
    label: str = ""
    record_id: int | None = None
    delivery_id: int | None = None


# Characters that are stored; the columns hold no more.
LIMITS = {
    "external_id": 200,
    "code": 60,
    "field": 200,
    "label": 300,
    "message": 2_000,
    "hint": 1_000,
}


def cleaned(problem: Problem) -> Problem:
    """The problem as it is stored: no secrets, no control characters, short enough."""
    texts: dict[str, Any] = {
        name: clean(getattr(problem, name), limit) for name, limit in LIMITS.items()
    }
    return problem._replace(kind=str(problem.kind), who=str(problem.who), **texts)


AGAIN = "Nothing to do: Weft tries again by itself."
WAIT = "Nothing to do: Weft goes on by itself as soon as calls are allowed again."
CHECK = (
    "Look on the platform whether it is there, then confirm it or send it again; "
    "Weft does not repeat it by itself, so that nothing is doubled."
)
MEND = "Correct it where it comes from; Weft then sends it by itself."
SET_UP = "Correct the connection's settings; everything that waits then goes on."
LEAVE = "The other side has no place for this. Change it, or ignore this problem."
BRING = "Weft brings it first and then goes on with this one."
OURS = "Nothing to do: the people who run Weft have to mend this."

# The first class that fits says who acts next and what to do.
ADVICE: tuple[tuple[type[Exception], Who, str], ...] = (
    (BudgetSpent, Who.CLOCK, WAIT),
    (Transient, Who.CLOCK, AGAIN),
    (Unknown, Who.ITEM, CHECK),
    (BadConfig, Who.CONNECTION, SET_UP),
    (Unsupported, Who.ITEM, LEAVE),
    (MissingLink, Who.CLOCK, BRING),
    (SyncFailure, Who.ITEM, MEND),
    (Exception, Who.STAFF, OURS),
)


def describe(
    failure: Exception,
    kind: str,
    external_id: str = "",
    *,
    label: str = "",
    then: str = "",
    who: str = "",
    record_id: int | None = None,
    delivery_id: int | None = None,
) -> Problem:
    """The failure of one item as a problem a merchant can act on.

    `then` says what Weft does next ("Tried again at 14:00.") where the caller knows
    better than the failure's class; `who` likewise. Anything but a SyncFailure is a
    fault of ours: its text may hold anything, so only its type is shown.
    """
    next_one, advice = next(
        (next_one, advice)
        for family, next_one, advice in ADVICE
        if isinstance(failure, family)
    )
    hint = getattr(failure, "hint", "") or advice
    return Problem(
        kind=kind,
        external_id=external_id,
        code=getattr(failure, "code", "") or "fault",
        field=_field(failure),
        message=_message(failure),
        hint=f"{hint} {then}".strip(),
        who=who or next_one,
        label=label,
        record_id=record_id,
        delivery_id=delivery_id,
    )


def _field(failure: Exception) -> str:
    if isinstance(failure, MissingLink):
        return failure.kind
    return str(getattr(failure, "field", ""))


def _message(failure: Exception) -> str:
    if isinstance(failure, MissingLink):
        known_as = ", ".join(filter(None, failure.keys.values())) or failure.external_id
        return f"It needs the {words(failure.kind)} {known_as}, which is unknown there."
    if isinstance(failure, SyncFailure):
        return failure.message
    return f"Weft made a mistake on this item ({type(failure).__name__})."


def words(kind: str) -> str:
    """A kind as people write it: "order status"."""
    return kind.replace("_", " ")
