"""Records the calls a platform received, so that they can be counted from outside."""

from collections import Counter, deque
from datetime import UTC, datetime
from threading import Lock
from typing import Any, NamedTuple

KEPT = 200_000
"""Calls remembered; older ones are dropped so that a long demonstration stays small."""


class Call(NamedTuple):
    """One call: `status` is 0 when no answer was sent, `fault` the kind played.

    `agent` is what the caller calls itself, so that several can be told apart.
    """

    at: float
    method: str
    path: str
    query: str
    endpoint: str
    status: int
    fault: str
    agent: str = ""

    def row(self) -> dict[str, Any]:
        """Give the call as JSON, its time as ISO 8601."""
        moment = datetime.fromtimestamp(self.at, UTC)
        return {**self._asdict(), "at": moment.isoformat(timespec="milliseconds")}


class CallBook:
    """The calls of one platform in the order of arrival; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._total = 0

    def note(self, call: Call) -> None:
        """Record a call at the moment its outcome is decided."""
        with self._lock:
            self._calls.append(call)
            self._total += 1

    def forget(self) -> None:
        """Drop all calls and count from zero again."""
        with self._lock:
            self._calls.clear()
            self._total = 0

    def page(self, since: int = 0) -> dict[str, Any]:
        """List the calls from index `since` on, with counts and the next index."""
        with self._lock:
            calls = list(self._calls)
            total = self._total
        skipped = max(0, since - (total - len(calls)))
        calls = calls[skipped:]
        return {
            "calls": [call.row() for call in calls],
            "by_method": dict(Counter(call.method for call in calls)),
            "by_endpoint": dict(Counter(call.endpoint for call in calls)),
            "next": total,
        }
