"""What a platform lets us call: limits as data, sliding windows as arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Protocol

SLOTS_PER_WINDOW = 60
# A reset header holds seconds to go or a moment; seconds since 1970 are larger.
_MOMENT = 1_000_000_000
# Seconds. From this length on a window is a budget for the day's work and is shared
# out; a shorter one only keeps a platform from being rushed.
LONG = 3600
# Of a long window, work that can wait takes at most a tenth in any twentieth: twice the
# even pace, so that half a window is enough for all of it.
EVEN_PART = 20
EVEN_SHARE = 10
# Seconds after which a call under way counts as over: the HTTP door waits 45 s for an
# answer, so only a dead worker's call lasts as long.
LONGEST_CALL = 120.0
_TIMES: Mapping[float, str] = {
    0: "at once",
    1: "a second",
    60: "a minute",
    3600: "an hour",
    86_400: "a day",
    30 * 86_400: "a month",
}
# Seconds between two looks whether one of the calls under way has ended.
LOOK = 0.05

Slots = Sequence[tuple[float, int]]
"""The log of a window: (start of a slot, calls made in it), oldest first. For calls at
once: (when they end by themselves, calls under way)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many calls in so many seconds, for one group of calls or ("") for all.

    0 seconds mean so many calls at once. `reserve` is the share of the calls kept for
    what cannot wait (orders, invoices). `remaining_header` and `reset_header` name what
    the platform says of its own count. `fixed`: its window begins at a time of its own,
    so its count may begin anew before our calls have left the log.
    """

    calls: int
    seconds: float
    group: str = ""
    reserve: float = 0.1
    remaining_header: str = ""
    reset_header: str = ""
    fixed: bool = False

    @property
    def slot(self) -> float:
        """How many seconds one slot of the log stands for."""
        return self.seconds / SLOTS_PER_WINDOW

    @property
    def at_once(self) -> bool:
        """Whether it counts calls under way instead of calls in a time."""
        return not self.seconds

    @property
    def long(self) -> bool:
        """Whether its calls are shared out, among plans and over its time."""
        return self.seconds >= LONG

    def allowed(self, reserved_ok: bool, share: int = 100) -> int:
        """How many calls a window holds, with the reserve or without it.

        `share` is the percent of a long window left to what may not use the reserve.
        """
        if reserved_ok:
            return self.calls
        portion = min(1 - self.reserve, share / 100 if self.long else 1)
        return max(1, math.floor(self.calls * portion))

    def covers(self, group: str) -> bool:
        """Whether a call of this group counts against this limit."""
        return self.group in ("", group)

    def believed(self, calls: int) -> Limit:
        """The same with as many calls as the platform showed, where those are fewer."""
        return self if calls >= self.calls else replace(self, calls=max(1, calls))

    def words(self) -> str:
        """As people say it: "60 calls a minute", "5 calls at once"."""
        return f"{self.calls:,} call{'' if self.calls == 1 else 's'} {self.time()}"

    def time(self) -> str:
        """Its time as people say it: "a minute", "in 10 seconds", "at once"."""
        return _TIMES.get(self.seconds, f"in {self.seconds:g} seconds")


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


def admit(
    slots: Slots,
    limit: Limit,
    now: float,
    reserved_ok: bool = False,
    *,
    spread: bool = False,
    share: int = 100,
) -> float:
    """Seconds until one more call may be made; 0 when it may be made at once.

    `spread`: it can wait, so it keeps to the even share of a long window. Where calls
    under way are in the way, it is the time until the next look.
    """
    counted = live(slots, limit, now)
    most = limit.allowed(reserved_ok, share)
    if limit.at_once:
        return LOOK if sum(calls for _, calls in counted) >= most else 0.0
    wait = _freed(counted, most, limit.seconds + limit.slot, now)
    if spread and limit.long:
        part = limit.seconds / EVEN_PART + limit.slot
        recent = [(start, calls) for start, calls in counted if start > now - part]
        wait = max(wait, _freed(recent, max(1, most // EVEN_SHARE), part, now))
    return wait


def charge(
    slots: Slots, limit: Limit, now: float, calls: int = 1
) -> list[tuple[float, int]]:
    """The log with `calls` more at `now`, without what no longer counts."""
    return _book(live(slots, limit, now), place(limit, now), calls)


def give_back(
    slots: Slots, limit: Limit, now: float, booked: float
) -> list[tuple[float, int]]:
    """The log without one call charged at `booked`: not made, or under way no more."""
    where = place(limit, booked)
    return [
        (start, calls - 1 if start == where else calls)
        for start, calls in live(slots, limit, now)
        if start != where or calls > 1
    ]


def place(limit: Limit, now: float) -> float:
    """The slot that a call made at `now` belongs to."""
    if limit.at_once:
        return now + LONGEST_CALL
    return math.floor(now / limit.slot) * limit.slot


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
    found = number(text)
    if found is not None:
        return max(0.0, found - now if found >= _MOMENT else found)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError):
        return None


def _begun(limit: Limit, free_at: float) -> float:
    """The slot whose calls stop counting at `free_at`, or within one slot after it."""
    return math.floor((free_at - limit.seconds) / limit.slot) * limit.slot


def _freed(
    counted: list[tuple[float, int]], most: int, lasts: float, now: float
) -> float:
    """Seconds until fewer than `most` of these calls count, each for `lasts`."""
    over = sum(calls for _, calls in counted) - most + 1
    for start, calls in counted:
        if over <= 0:
            return 0.0
        over -= calls
        if over <= 0:
            return max(start + lasts - now, 0.001)
    return 0.0


def _book(
    counted: list[tuple[float, int]], start: float, calls: int
) -> list[tuple[float, int]]:
    """The log with `calls` more in the slot that starts at `start`."""
    book = dict(counted)
    book[start] = book.get(start, 0) + calls
    return sorted(book.items())


def number(text: str) -> float | None:
    """A header's number; None where it is none."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


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
