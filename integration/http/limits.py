"""What a platform lets us call: limits as data, sliding windows as arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Protocol

SLOTS_PER_WINDOW = 60
# A reset header holds seconds to go or a moment; seconds since 1970 are larger.
_MOMENT = 1_000_000_000

Slots = Sequence[tuple[float, int]]
"""The log of a window: (start of a slot, calls made in it), oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many calls in so many seconds, for one group of calls or ("") for all.

    `reserve` is the share of the calls kept for what cannot wait (orders, invoices).
    `remaining_header` and `reset_header` name what the platform says of its own count.
    """

    calls: int
    seconds: float
    group: str = ""
    reserve: float = 0.1
    remaining_header: str = ""
    reset_header: str = ""

    @property
    def slot(self) -> float:
        """How many seconds one slot of the log stands for."""
        return self.seconds / SLOTS_PER_WINDOW

    def allowed(self, reserved_ok: bool) -> int:
        """How many calls a window holds, with the reserve or without it."""
        if reserved_ok:
            return self.calls
        return max(1, math.floor(self.calls * (1 - self.reserve)))

    def covers(self, group: str) -> bool:
        """Whether a call of this group counts against this limit."""
        return self.group in ("", group)


def live(slots: Slots, limit: Limit, now: float) -> list[tuple[float, int]]:
    """The slots that still count at `now`.

    A call may have been made at the very end of its slot, so a slot counts for one
    window and one slot: no real window ever holds more calls than the limit.
    """
    horizon = now - limit.seconds - limit.slot
    return [(start, calls) for start, calls in slots if start > horizon]


def spent(slots: Slots, limit: Limit, now: float) -> int:
    """How many calls count against the limit at `now`."""
    return sum(calls for _, calls in live(slots, limit, now))


def admit(slots: Slots, limit: Limit, now: float, reserved_ok: bool = False) -> float:
    """Seconds until one more call may be made; 0 when it may be made at once."""
    counted = live(slots, limit, now)
    over = sum(calls for _, calls in counted) - limit.allowed(reserved_ok) + 1
    for start, calls in counted:
        if over <= 0:
            return 0.0
        over -= calls
        if over <= 0:
            return max(start + limit.seconds + limit.slot - now, 0.001)
    return 0.0


def charge(
    slots: Slots, limit: Limit, now: float, calls: int = 1
) -> list[tuple[float, int]]:
    """The log with `calls` more at `now`, without what no longer counts."""
    counted = live(slots, limit, now)
    return _book(counted, math.floor(now / limit.slot) * limit.slot, calls)


def correct(
    slots: Slots, limit: Limit, now: float, headers: Mapping[str, str]
) -> list[tuple[float, int]]:
    """The log after hearing what the platform says is left.

    Only ever fewer calls than we thought: others may use the same account, but calls
    of ours that are under way may be missing in the platform's count.
    """
    left = _number(headers.get(limit.remaining_header, ""))
    counted = live(slots, limit, now)
    if not limit.remaining_header or left is None:
        return counted
    unseen = limit.calls - spent(counted, limit, now) - max(0, math.floor(left))
    if unseen <= 0:
        return counted
    reset = seconds_until(headers.get(limit.reset_header, ""), now)
    free_at = now + min(reset or limit.seconds, limit.seconds)
    return _book(counted, _begun(limit, free_at), unseen)


def throttle(
    slots: Slots, limit: Limit, now: float, after: float
) -> list[tuple[float, int]]:
    """The log after a refusal: full until `after` seconds have passed.

    Calls are booked as if made when they stop counting at that moment; where the wait
    is longer than the window, that lies ahead.
    """
    counted = live(slots, limit, now)
    begun = _begun(limit, now + after)
    later = sum(calls for start, calls in counted if start >= begun)
    missing = limit.calls - later
    if after <= 0 or missing <= 0:
        return counted
    return _book(counted, begun, missing)


def seconds_until(text: str, now: float) -> float | None:
    """How long a `Retry-After` or reset header tells us to wait; None: unreadable.

    Seconds to go, seconds since 1970 and HTTP dates are all in use.
    """
    number = _number(text)
    if number is not None:
        return max(0.0, number - now if number >= _MOMENT else number)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError):
        return None


def _begun(limit: Limit, free_at: float) -> float:
    """The slot whose calls stop counting at `free_at`, or within one slot after it."""
    return math.floor((free_at - limit.seconds) / limit.slot) * limit.slot


def _book(
    counted: list[tuple[float, int]], start: float, calls: int
) -> list[tuple[float, int]]:
    """The log with `calls` more in the slot that starts at `start`."""
    book = dict(counted)
    book[start] = book.get(start, 0) + calls
    return sorted(book.items())


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


class Meter(Protocol):
    """Who is asked before every call and told after it; it knows route and account."""

    def ask(self, group: str) -> None:
        """Let one call of this group go, within two seconds, or say when.

        Raises BudgetSpent with the seconds until the next call is free.
        """

    def tell(
        self, group: str, status: int, headers: Mapping[str, str], seconds: float
    ) -> None:
        """Hear how the call ended and how long it took; status 0: no answer came."""


class FreeMeter:
    """A Meter that allows everything: connection tests, checks of the sandbox."""

    def ask(self, group: str) -> None:
        """Nothing to wait for."""

    def tell(
        self, group: str, status: int, headers: Mapping[str, str], seconds: float
    ) -> None:
        """Nothing to count."""
