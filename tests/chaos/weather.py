"""What goes wrong with platforms by itself, at random, and how often it did."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tests.jobs.merchant import Merchant


class Trouble(NamedTuple):
    """A fault that befalls so many of a hundred calls; see the sandbox's faults."""

    percent: float
    kind: str
    path: str
    more: Mapping[str, Any] = {}


class Weather(threading.Thread):
    """Standing `troubles` on a platform, and every few seconds one of `controls`."""

    def __init__(
        self,
        merchant: Merchant,
        platform: str,
        troubles: Sequence[Trouble],
        controls: Sequence[tuple[str, Mapping[str, Any]]] = (),
        between: tuple[float, float] = (1.0, 5.0),
    ) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self._merchant = merchant
        self._platform = platform
        self._troubles = troubles
        self._controls = controls
        self._between = between
        self._chance = random.Random(len(troubles))

    def run(self) -> None:
        for each in self._troubles:
            self._merchant.fault(
                self._platform,
                each.kind,
                "",
                each.path,
                times=-1,
                probability=each.percent / 100,
                **each.more,
            )
        while self._controls and not self.ended.wait(
            self._chance.uniform(*self._between)
        ):
            action, body = self._chance.choice(self._controls)
            self._merchant.control(self._platform, action, **body)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.ended.set()
        self.join(60)
        self._merchant.heal(self._platform)


def played(merchant: Merchant, platform: str) -> Counter[str]:
    """What went wrong there, as the calls tell; the platform's own stumbling too."""
    found: Counter[str] = Counter()
    for call in merchant.calls(platform):
        if call["fault"]:
            word = f" {call['status']}" if call["fault"] == "status" else ""
            found[f"{call['fault']}{word}"] += 1
        elif call["status"] >= 500:
            found[f"own {call['status']}"] += 1
    return found
