"""Keeps the misbehaviour that was asked for and hands it out call by call."""

import random
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any

KINDS = frozenset(
    {
        "status",
        "status_after",
        "timeout_before",
        "timeout_after",
        "drop_after",
        "slow",
        "truncate",
        "garbage",
    }
)
NOT_DONE = frozenset({"status", "timeout_before"})
"""Kinds under which the platform does nothing of what it was asked."""


@dataclass(kw_only=True, slots=True)
class Fault:
    """One misbehaviour waiting for the calls it fits.

    `method` empty means any, `path` is a regular expression searched in the path below
    the platform's root, `times` counts down (-1 never ends), `delay` is in seconds.
    """

    kind: str
    method: str = ""
    path: str = ""
    times: int = 1
    probability: float = 1.0
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    delay: float = 0.0

    def fits(self, method: str, path: str) -> bool:
        """Tell whether a call is one this fault is meant for."""
        if self.times == 0 or (self.method and self.method.upper() != method):
            return False
        return re.search(self.path, path) is not None


class FaultBook:
    """The faults of one platform, first come first served; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []
        self._chance = _fresh_chance()

    def add(self, body: Any) -> Fault:
        """Note a fault given as JSON; raises `ValueError` when it makes no sense."""
        fault = _read(body)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget every fault and begin the same series of chances again."""
        with self._lock:
            self._faults = []
            self._chance = _fresh_chance()

    def rows(self) -> list[dict[str, Any]]:
        """List the faults still waiting."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def draw(self, method: str, path: str) -> Fault | None:
        """Take the fault for this call, if one fits and its chance comes up."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if fault.fits(method, path):
                    if self._chance.random() >= fault.probability:
                        continue
                    self._use(fault)
                    return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.times > 0:
            fault.times -= 1
        if fault.times == 0:
            self._faults.remove(fault)


def _fresh_chance() -> random.Random:
    return random.Random(0)


def _read(body: Any) -> Fault:
    if not isinstance(body, Mapping):
        raise ValueError("a fault is a JSON object")
    try:
        fault = Fault(**body)
        re.compile(fault.path)
    except (TypeError, re.error) as error:
        raise ValueError(str(error)) from error
    if fault.kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
    return fault
