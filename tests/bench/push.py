"""The push: a thousand products created in a shop, read again unchanged, then changed.

    python -m tests.bench.push

Each phase is a process of its own that reads first, untimed, and then writes.
"""

from __future__ import annotations

import json
import os
import sys
from statistics import median
from typing import NamedTuple

import requests

from tests.bench import print_out
from tests.bench.measure import run
from tests.bench.servers import SECONDS, Postgres, Source, forget_template, source
from tests.bench.task import Phase, Task

SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
TOTAL = 1_000
# Products in one call, as the benchmark's platform takes them.
BATCH = 100
ROUNDS = 3
WORDS = {Phase.FIRST: "created", Phase.SAME: "unchanged", Phase.CHANGED: "changed"}


class Measured(NamedTuple):
    """One phase: items owed to the shop, calls that wrote them, and what that took.

    `cpu` is of the worker, `server` of the database, both in seconds.
    """

    phase: Phase
    items: int
    calls: int
    wall: float
    cpu: float
    server: float
    statements: int

    @property
    def fewest(self) -> int:
        """The fewest calls that carry the items."""
        return -(-self.items // BATCH)


class Push(NamedTuple):
    """The middle of all rounds, figure by figure."""

    created: Measured
    unchanged: Measured
    changed: Measured


def pushed(server: str) -> Push:
    """Three rounds, each on a new database and a new source."""
    rounds = [_round(server) for _ in range(ROUNDS)]
    first, same, changed = (_middle(each) for each in zip(*rounds, strict=True))
    return Push(first, same, changed)


def tell(push: Push) -> None:
    """A line for each phase, then whether the calls are the fewest there could be."""
    head = ("", "items", "calls", "wall s", "items/s", "SQL/call", "CPU us", "database")
    print("{:10} {:>7} {:>7} {:>8} {:>8} {:>9} {:>8} {:>9}".format(*head))
    for each in push:
        print(f"{WORDS[each.phase]:10} {_figures(each)}".rstrip())
    print("CPU and database: processor time for each item")
    for each in push:
        said = f"{WORDS[each.phase]}: calls to the shop, in batches of {BATCH}"
        figure = f"{each.calls} of {each.fewest}"
        print_out.verdict(said, figure, each.calls == each.fewest)


def _figures(each: Measured) -> str:
    begun = f"{each.items:7,} {each.calls:7,} {each.wall:8.2f}"
    if not each.items:
        return begun
    micro = 1e6 / each.items
    return (
        f"{begun} {each.items / each.wall:8,.0f} {each.statements / each.calls:9.1f} "
        f"{each.cpu * micro:8.0f} {each.server * micro:9.0f}"
    )


def _round(server: str) -> list[Measured]:
    database = Postgres("push", server)
    database.make(weft=True)
    try:
        with source(TOTAL) as products:
            # Behind the first list all products have changed, not one in a hundred.
            requests.get(f"{products.url}/change?every=1", timeout=SECONDS)
            return [_phase(phase, database, products) for phase in WORDS]
    finally:
        database.drop()


def _phase(phase: Phase, database: Postgres, products: Source) -> Measured:
    _writes(products)
    task = Task(phase, products.url, database.url, products.total)
    command = [sys.executable, "-m", "tests.bench.contestants.pushing", *task.words()]
    printed, _, _ = run(command)
    took = json.loads(printed.splitlines()[-1])
    return Measured(phase=phase, calls=_writes(products), **took)


def _writes(products: Source) -> int:
    """How many batches came since it was last asked."""
    told = requests.get(f"{products.url}/count", timeout=SECONDS).json()
    return int(told.get("POST", 0))


def _middle(rounds: tuple[Measured, ...]) -> Measured:
    """Times by their median; what is counted must not differ, so the most of it."""
    return Measured(
        phase=rounds[0].phase,
        items=rounds[0].items,
        calls=max(each.calls for each in rounds),
        wall=median(each.wall for each in rounds),
        cpu=median(each.cpu for each in rounds),
        server=median(each.server for each in rounds),
        statements=max(each.statements for each in rounds),
    )


if __name__ == "__main__":
    address = os.environ.get("WEFT_BENCH_POSTGRES", SERVER)
    forget_template(address)
    tell(pushed(address))
    forget_template(address)
