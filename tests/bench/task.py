"""What a contestant is told, and how it tells what it took."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum

from tests.bench.products import CHANGED as CHANGED_EVERY


class Phase(StrEnum):
    """An empty store filled; the same read again; one product in a hundred changed; and
    nothing new to be had."""

    FIRST = "first"
    SAME = "same"
    CHANGED = "changed"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Task:
    """One phase of one contestant: where the products are and where they go."""

    phase: Phase
    source: str
    database: str
    total: int

    @property
    def since(self) -> int:
        """The revision after which this phase reads."""
        changed = self.total // CHANGED_EVERY
        begins = {Phase.CHANGED: self.total, Phase.IDLE: self.total + changed}
        return begins.get(self.phase, 0)

    def words(self) -> list[str]:
        """As arguments of a process."""
        return [str(self.phase), self.source, self.database, str(self.total)]


def read() -> Task:
    """The task this process was started with."""
    phase, source, database, total = sys.argv[1:]
    return Task(Phase(phase), source, database, int(total))


@dataclass(slots=True)
class Taken:
    """What the work itself took, without the start of the process; times in seconds."""

    wall: float = 0.0
    cpu: float = 0.0
    statements: float = 0.0


@contextmanager
def timed() -> Iterator[Taken]:
    """Measure what happens inside and print it, as the last line of this process."""
    taken = Taken()
    begun, used = time.perf_counter(), _cpu()
    yield taken
    taken.wall = time.perf_counter() - begun
    taken.cpu = _cpu() - used
    print(json.dumps(asdict(taken)), flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
