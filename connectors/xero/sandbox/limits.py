"""Counts calls per organisation and window, and says when it is enough.

Limits: https://developer.xero.com/documentation/guides/oauth2/limits/
"""

import math
import time
from collections import Counter, deque

from connectors.xero.sandbox.exchange import Refused
from connectors.xero.sandbox.settings import Settings


class Log:
    """The calls of the last `seconds`, for a window that slides."""

    def __init__(self) -> None:
        self._calls: deque[float] = deque()

    def left(self, most: int, seconds: float) -> int:
        """Give how many more calls fit just now."""
        end = time.time() - seconds
        while self._calls and self._calls[0] <= end:
            self._calls.popleft()
        return max(0, most - len(self._calls))

    def wait(self, most: int, seconds: float) -> float:
        """Give the seconds until one call fits again."""
        if most < 1 or len(self._calls) < most:
            return seconds
        return self._calls[-most] + seconds - time.time()

    def note(self) -> None:
        """Count a call."""
        self._calls.append(time.time())


class Day:
    """The calls of a day that begins with the organisation's first call."""

    def __init__(self) -> None:
        self._begun = 0.0
        self._count = 0

    def left(self, most: int, seconds: float) -> int:
        """Give how many more calls fit into this day."""
        if time.time() >= self._begun + seconds:
            self._begun, self._count = time.time(), 0
        return max(0, most - self._count)

    def wait(self, most: int, seconds: float) -> float:
        """Give the seconds until the next day begins."""
        return self._begun + seconds - time.time()

    def note(self) -> None:
        """Count a call."""
        self._count += 1


class Limits:
    """What every organisation, and the app as a whole, has used up.

    A refused call uses up nothing. `over_budget` counts the refused ones by
    organisation and window.
    """

    def __init__(self, settings: Settings, scale: float) -> None:
        self._settings = settings
        self._scale = scale
        self._minutes: dict[str, Log] = {}
        self._days: dict[str, Day] = {}
        self._app = Log()
        self._busy: Counter[str] = Counter()
        self.over_budget: dict[str, Counter[str]] = {}

    def enter(self, org: str) -> None:
        """Let a call in, until `leave`; raises `Refused` 429 for one too many."""
        if self._busy[org] >= self._settings.concurrent_limit:
            raise self._refusal(org, "concurrent", None)
        for name, book, most, seconds in self._windows(org):
            if not book.left(most, seconds):
                raise self._refusal(org, name, book.wait(most, seconds))
        for _, book, _, _ in self._windows(org):
            book.note()
        self._busy[org] += 1

    def leave(self, org: str) -> None:
        """End a call that was let in."""
        self._busy[org] -= 1

    def headers(self, org: str) -> dict[str, str]:
        """Give the headers that say what is left."""
        names = ("X-DayLimit-Remaining", "X-MinLimit-Remaining")
        return {
            header: str(book.left(most, seconds))
            for header, (_, book, most, seconds) in zip(
                (*names, "X-AppMinLimit-Remaining"), self._windows(org), strict=True
            )
        }

    def in_flight(self) -> dict[str, int]:
        """Give how many calls are on their way, by organisation."""
        return {org: count for org, count in self._busy.items() if count}

    def forget(self) -> None:
        """Count from zero again; calls on their way stay counted."""
        self._minutes.clear()
        self._days.clear()
        self._app = Log()
        self.over_budget.clear()

    def _windows(self, org: str) -> tuple[tuple[str, Log | Day, int, float], ...]:
        told = self._settings
        minute = told.minute_seconds / self._scale
        day = self._days.setdefault(org, Day())
        log = self._minutes.setdefault(org, Log())
        return (
            ("day", day, told.day_limit, told.day_seconds / self._scale),
            ("minute", log, told.minute_limit, minute),
            ("appminute", self._app, told.app_minute_limit, minute),
        )

    def _refusal(self, org: str, window: str, wait: float | None) -> Refused:
        self.over_budget.setdefault(org, Counter())[window] += 1
        headers = {"X-Rate-Limit-Problem": window, **self.headers(org)}
        if wait is not None:
            headers["Retry-After"] = str(max(1, math.ceil(wait)))
        return Refused(429, "", headers)
