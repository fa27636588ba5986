"""Calls addresses when rows change: a nudge whose body means nothing."""

from __future__ import annotations

import json
from collections import deque
from http.client import HTTPException
from threading import Condition, Thread
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

MODES = ("normal", "lost", "twice")
METHODS = ("GET", "POST")
ANY = "any"
SECONDS = 30
"""How long the installation waits for the receiver."""
KEPT = 5000
BODY = {"Event": "EntityChanged", "Payload": {"Κωδικός": "42", "RevisionNumber": 1}}


class Hook(NamedTuple):
    """An address to call when rows of a list change; `body` is sent as JSON."""

    url: str
    list: str = ANY
    method: str = "POST"
    body: Any = BODY


class Bell:
    """Rings the hooks in a thread of its own; nothing is ever tried twice.

    A ring still waiting is not queued again. `mode` says how rings go wrong: lost
    ones are not made, and `twice` makes each two times.
    """

    def __init__(self) -> None:
        self.hooks: list[Hook] = []
        self.mode = MODES[0]
        self.rung: deque[dict[str, str]] = deque(maxlen=KEPT)
        self._queue: deque[tuple[str, Hook]] = deque()
        self._busy = False
        self._ended = False
        self._wake = Condition()
        self._thread: Thread | None = None

    def hang(self, hook: Hook) -> None:
        """Add a hook; raises `ValueError` for a wrong one."""
        if hook.method not in METHODS or not hook.url.startswith("http"):
            raise ValueError("a hook has an http address and is a GET or a POST")
        self.hooks.append(hook)

    def misbehave(self, mode: str) -> None:
        """Set how the next rings go wrong."""
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}")
        self.mode = mode

    def tell(self, name: str) -> None:
        """Ring what hangs on a list whose rows changed."""
        for hook in self.hooks:
            if hook.list in (ANY, name):
                self._push(name, hook)

    def waiting(self) -> int:
        """Count the rings not made yet."""
        with self._wake:
            return len(self._queue) + self._busy

    def forget(self) -> None:
        """Take every hook down and drop what waits."""
        with self._wake:
            self._queue.clear()
        self.hooks.clear()
        self.rung.clear()
        self.mode = MODES[0]

    def stop(self) -> None:
        """End the thread; a ring on its way is left alone."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()
        if self._thread:
            self._thread.join(timeout=1)

    def _push(self, name: str, hook: Hook) -> None:
        if self.mode == "lost":
            self._note(name, hook, "lost")
            return
        with self._wake:
            if any(each == (name, hook) for each in self._queue):
                return
            self._queue.extend([(name, hook)] * (2 if self.mode == "twice" else 1))
            if self._thread is None:
                self._thread = Thread(target=self._work, daemon=True, name="webhooks")
                self._thread.start()
            self._wake.notify_all()

    def _work(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                self._wake.wait_for(lambda: self._queue or self._ended)
                if self._ended:
                    return
                name, hook = self._queue.popleft()
                self._busy = True
            self._note(name, hook, str(_ring(hook)))

    def _note(self, name: str, hook: Hook, outcome: str) -> None:
        self.rung.append({"list": name, "url": hook.url, "outcome": outcome})


def _ring(hook: Hook) -> int:
    """Call a hook; gives the status, 0 when nobody answered."""
    data = json.dumps(hook.body).encode() if hook.method == "POST" else None
    headers = {"Content-Type": "application/json", "User-Agent": "Galaxy WebHooks"}
    request = Request(hook.url, data, headers, method=hook.method)  # noqa: S310 - checked when hung
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - checked when hung
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
    except (OSError, HTTPException, ValueError):
        return 0
