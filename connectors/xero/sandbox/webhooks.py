"""Sends the app's webhooks in the background, as unreliably as asked."""

from collections import deque
from threading import Condition, Thread
from time import monotonic
from typing import NamedTuple

from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.hook import body_of, post, signed
from connectors.xero.sandbox.settings import Settings

MODES = ("normal", "lost", "twice", "reordered", "late")
IDLE = 2.0
"""Seconds an event held back for reordering waits for one to overtake it."""
HANDSHAKE = (True, False, True, False)
"""Which of the first bodies are signed rightly."""
GOOD, BAD = 200, 401
BATCH = 50
KEPT = 20_000


class Event(NamedTuple):
    """An event to be sent, not before `due`; `tries` are those that failed.

    `held` is one kept back until another has overtaken it.
    """

    sequence: int
    row: Row
    due: float
    held: bool = False
    tries: int = 0


class Courier:
    """One thread that asks a new address whether it listens, and then tells it.

    Several events may go in one body. A body that is not received well is sent again
    later; after many failures the address is disabled and its events are kept.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url, self.key, self.status = "", "", "none"
        self.handshake: list[Row] = []
        self.log: deque[Row] = deque(maxlen=KEPT)
        self._queue: list[Event] = []
        self._sequence = 0
        self._busy = False
        self._ended = False
        self._wake = Condition()
        self._thread: Thread | None = None
        self.misbehave()

    def misbehave(
        self, mode: str = "normal", times: int = -1, seconds: float = 3.0
    ) -> None:
        """Set how the next events go wrong; `seconds` is how late is late."""
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}")
        self.mode, self.times, self.seconds = mode, int(times), float(seconds)

    def register(self, url: str, key: str) -> None:
        """Set the one address of the app and ask whether it listens."""
        with self._wake:
            self.url, self.key, self.status = url, key, "validating"
            self.handshake = []
            self._run()

    def tell(self, row: Row) -> None:
        """Queue an event."""
        with self._wake:
            if self.status in ("none", "failed"):
                return
            self._sequence += 1
            if self._plays("lost"):
                self._note(self._sequence, row, "lost")
                return
            late = self.seconds if self._plays("late") else 0.0
            held = self._plays("reordered")
            due = monotonic() + (IDLE if held else late)
            event = Event(self._sequence, row, due, held)
            self._queue += [event, event] if self._plays("twice") else [event]
            self._run()

    def waiting(self) -> int:
        """Count what is not sent yet, the first question to a new address too."""
        with self._wake:
            asking = self.status == "validating" or self._busy
            return len(self._queue) + int(asking)

    def forget(self, settings: Settings) -> None:
        """Drop the address, everything queued and everything logged."""
        with self._wake:
            self.settings = settings
            self.url, self.key, self.status = "", "", "none"
            self.handshake = []
            self._queue.clear()
            self.log.clear()
            self.misbehave()

    def stop(self) -> None:
        """End the thread; a body on its way is left alone."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()
        if self._thread:
            self._thread.join(timeout=1)

    def _run(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._work, daemon=True, name="xero-webhooks")
            self._thread.start()
        self._wake.notify_all()

    def _plays(self, mode: str) -> bool:
        if self.mode != mode or self.times == 0:
            return False
        self.times -= 1 if self.times > 0 else 0
        return True

    def _work(self) -> None:
        while True:
            with self._wake:
                batch: list[Event] = []
                while not self._ended and self.status != "validating" and not batch:
                    batch = self._ready()
                    if not batch:
                        self._wake.wait(self._pause())
                if self._ended:
                    return
                self._busy = True
                url, key = self.url, self.key
            if batch:
                self._deliver(batch, url, key)
            else:
                self._ask(url, key)
            with self._wake:
                self._busy = False

    def _pause(self) -> float | None:
        if self.status != "ok" or not self._queue:
            return None
        return max(0.0, min(event.due for event in self._queue) - monotonic())

    def _ready(self) -> list[Event]:
        """Take what is due; a copy never travels with its original."""
        if self.status != "ok":
            return []
        due = [event for event in self._queue if event.due <= monotonic()]
        batch: list[Event] = []
        for event in due:
            if event.sequence not in {taken.sequence for taken in batch}:
                batch.append(event)
        batch = batch[:BATCH]
        for event in batch:
            self._queue.remove(event)
        return batch

    def _ask(self, url: str, key: str) -> None:
        """Send bodies without events, some wrongly signed."""
        rows: list[Row] = []
        for rightly in HANDSHAKE:
            body = body_of([], 0, 0)
            signature = signed(key if rightly else f"{key}-not", body)
            reply = post(url, body, signature, self.settings.webhook_seconds)
            wanted = GOOD if rightly else BAD
            rows.append(
                {
                    "signed": rightly,
                    "status": reply.status,
                    "clean": reply.clean,
                    "seconds": round(reply.seconds, 3),
                    "passed": reply.status == wanted and reply.clean,
                }
            )
        with self._wake:
            if (self.url, self.key, self.status) == (url, key, "validating"):
                self.handshake = rows
                passed = all(row["passed"] for row in rows)
                self.status = "ok" if passed else "failed"

    def _deliver(self, batch: list[Event], url: str, key: str) -> None:
        numbers = [event.sequence for event in batch]
        body = body_of([event.row for event in batch], min(numbers), max(numbers))
        reply = post(url, body, signed(key, body), self.settings.webhook_seconds)
        received = reply.status == GOOD and reply.clean
        with self._wake:
            if self.url != url:
                return
            for event in batch:
                self._note(event.sequence, event.row, str(reply.status))
                if not received:
                    self._retry(event)
            if received:
                self._let_go()

    def _retry(self, event: Event) -> None:
        tries = event.tries + 1
        if tries >= self.settings.retries:
            self.status, tries = "disabled", 0
        due = monotonic() + self.settings.retry_seconds
        self._queue.append(event._replace(due=due, tries=tries))

    def _let_go(self) -> None:
        """Send what was held back for reordering, now that something overtook it."""
        now = monotonic()
        self._queue = [
            event._replace(due=now) if event.held else event for event in self._queue
        ]

    def _note(self, sequence: int, row: Row, outcome: str) -> None:
        self.log.append(
            {
                "sequence": sequence,
                "category": row["eventCategory"],
                "type": row["eventType"],
                "resource_id": row["resourceId"],
                "tenant_id": row["tenantId"],
                "outcome": outcome,
            }
        )
