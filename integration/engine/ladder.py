"""When a failure is tried again, and when to stop. One table, by failure class.

Seconds between tries, each a setting (`WEFT_LADDER_…`); the end of a ladder is giving
up. What consumes no try (a spent budget, a throttle, an open circuit, dead
credentials) never gets here, and what waits for a pair waits without trying.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from integration.canonical.kinds import SALES, Kind
from integration.errors import (
    Permanent,
    SyncFailure,
    Transient,
    Unknown,
    Unpaired,
)

# Tries spread out a little, so that what failed together does not return together.
JITTER = 0.1
# An error is opened for what the clock will mend only when it has failed this often.
TELL_AFTER = 3
# A write that may have been done and cannot be looked up: the clock never repeats it.
MAY_EXIST = "may_already_exist"
# More than one thing fits, or another's: nobody guesses.
AMBIGUOUS = "ambiguous"


def ladder(kind: Kind, failure: SyncFailure) -> tuple[int, ...]:
    """The waits, in seconds, for this failure of a thing of this kind."""
    if failure.code == MAY_EXIST or isinstance(failure, Unpaired):
        return ()
    if isinstance(failure, Transient | Unknown):
        return tuple(settings.WEFT_LADDER_TRANSIENT)
    if isinstance(failure, Permanent) and kind in SALES:
        return tuple(settings.WEFT_LADDER_SALE)
    return ()


def next_try(kind: Kind, failure: SyncFailure, attempts: int) -> datetime | None:
    """When to try again after the `attempts`-th failure; None: give up, or wait for a
    change or a person."""
    waits = ladder(kind, failure)
    if attempts > len(waits):
        return None
    after = getattr(failure, "after", None) or 0
    seconds = max(waits[attempts - 1], after)
    seconds *= 1 + random.uniform(0, JITTER)  # noqa: S311  not for secrets
    return timezone.now() + timedelta(seconds=seconds)
