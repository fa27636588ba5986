"""What a platform's answers teach about its limits: what is left, and that they are
smaller than we thought. It is believed until it shows otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from integration.http.limits import (
    Limit,
    Slots,
    live,
    number,
    seconds_until,
    spent,
    throttle,
)

# Seconds for which a smaller limit is believed, at least; then the declared one is
# tried again. One refusal an hour is the price of noticing that a limit has grown.
TRUST = 3600
# Calls of ours that a platform may not have counted when it answered another one.
UNCOUNTED = 5


class Belief(NamedTuple):
    """What is known of a window: its log, how many calls it holds, and for how many
    seconds it is shut whatever the log says."""

    slots: list[tuple[float, int]]
    allowed: int
    shut: float = 0.0


def believed(belief: Belief, limit: Limit, now: float) -> int:
    """How many calls the window holds at `now`: as declared, unless fewer were shown
    and that was not too long ago."""
    if belief.allowed < limit.calls and _marked(live(belief.slots, limit, now)):
        return belief.allowed
    return limit.calls


def told(
    belief: Belief, now: float, *, limit: Limit, headers: Mapping[str, str]
) -> Belief:
    """After hearing what the platform says is left.

    Our calls and what is left make the whole: a smaller one is believed at once, a
    larger one where it cannot be a mere delay in the platform's counting. A window of
    fixed beginning with more left than we thought has begun anew.
    """
    left = number(headers.get(limit.remaining_header, ""))
    if not limit.remaining_header or left is None:
        return belief
    rest = max(0, math.floor(left))
    counted = live(belief.slots, limit, now)
    held = believed(belief, limit, now)
    whole = spent(counted, limit, now) + rest
    if rest and held <= whole <= held + UNCOUNTED:
        return belief
    if whole < held:
        counted, held = _mark(counted, limit, now), max(1, whole)
    elif whole > held + UNCOUNTED and limit.fixed and rest <= held:
        counted = _newest(counted, held - rest)
    elif whole > held + UNCOUNTED:
        held = min(limit.calls, max(rest, held) if limit.fixed else whole)
    shut = 0.0
    if not rest:
        shut = seconds_until(headers.get(limit.reset_header, ""), now) or 0.0
    return Belief(counted, held, min(shut, limit.seconds))


def refused(belief: Belief, now: float, *, limit: Limit, after: float | None) -> Belief:
    """After a refusal for too many calls: shut for `after` seconds, and smaller where
    it came before the window was full.

    By half at most each time: the refusal may be meant for others on the account.
    """
    held = believed(belief, limit, now)
    counted = live(belief.slots, limit, now)
    # The refused call stands in the log as well.
    made = spent(counted, limit, now) - 1
    if made < held:
        counted, held = _mark(counted, limit, now), max(1, made, held // 2)
    if after and not limit.at_once:
        counted = throttle(counted, limit, now, after)
    return Belief(counted, held)


def breached(
    limits: Sequence[Limit], after: float | None, under_way: int = 1
) -> Limit | None:
    """The limit that a refusal most likely speaks of: the shortest window that takes as
    long to open; without a time the calls at once, where there were several."""
    windows = sorted(
        (limit for limit in limits if not limit.at_once), key=lambda each: each.seconds
    )
    at_once = next((limit for limit in limits if limit.at_once), None)
    if at_once is not None and (not windows or (not after and under_way > 1)):
        return at_once
    fitting = (limit for limit in windows if limit.seconds >= (after or 0))
    return next(fitting, windows[-1] if windows else None)


def _marked(slots: Slots) -> bool:
    """A slot without calls says that a smaller limit is still believed."""
    return any(not calls for _, calls in slots)


def _mark(slots: Slots, limit: Limit, now: float) -> list[tuple[float, int]]:
    """The log with a mark that leaves it when the belief ends."""
    ends = now + max(TRUST, limit.seconds)
    mark = ends - limit.seconds - limit.slot
    return sorted([*(slot for slot in slots if slot[1]), (mark, 0)])


def _newest(slots: Slots, most: int) -> list[tuple[float, int]]:
    """The last `most` calls of a log, and its mark."""
    kept: list[tuple[float, int]] = []
    for start, calls in reversed(slots):
        taken = min(calls, most)
        most -= taken
        if taken or not calls:
            kept.append((start, taken))
    return kept[::-1]
