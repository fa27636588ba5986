"""The pull, side by side: rounds of every contestant in turn, medians, ratios."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.bench import print_out
from tests.bench.measure import BARE, BULK, DLT, WEFT, Contestant, Measure, phases
from tests.bench.products import CHANGED, PAGE
from tests.bench.servers import Database, Postgres, Sqlite, source
from tests.bench.task import Phase

ROUNDS = 3
LARGE = 100_000


class Median(NamedTuple):
    """The middle of several rounds of one contestant's phase, each figure by itself."""

    wall: float
    burnt: float
    cpu: float
    megabytes: float
    calls: int
    statements: int
    written: dict[str, int]
    rounds: tuple[float, ...]


Results = dict[tuple[str, Phase, int], Median]


def on_postgres(server: str, totals: Sequence[int] = (1_000, 10_000)) -> Results:
    """Everybody at each size, three rounds."""
    found: Results = {}
    everybody = (WEFT, BARE, BULK, DLT)
    for total in totals:
        found |= _rounds(everybody, total, ROUNDS, lambda name: Postgres(name, server))
    return found


def large(server: str) -> Results:
    """One round of a hundred thousand: what grows, and what does not."""
    return _rounds((WEFT, BARE), LARGE, 1, lambda name: Postgres(name, server))


def on_sqlite(total: int = 10_000) -> Results:
    """Weft and the bare loop on files."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        return _rounds((WEFT, BARE), total, ROUNDS, lambda name: Sqlite(name, place))


def _rounds(
    contestants: Sequence[Contestant],
    total: int,
    rounds: int,
    database: Callable[[str], Database],
) -> Results:
    taken: list[Measure] = []
    with source(total) as products:
        for round_ in range(rounds):
            # Nobody always comes after the same neighbour.
            turn = round_ % len(contestants)
            for contestant in (*contestants[turn:], *contestants[:turn]):
                mine = phases(contestant, database(contestant.name), products)
                print_out.measures(round_ + 1, mine)
                taken += mine
    found = {
        (name.name, phase, total): _median(
            [m for m in taken if m.contestant == name.name and m.phase == phase]
        )
        for name in contestants
        for phase in Phase
    }
    print_out.medians(found)
    return found


def _median(rounds: Iterable[Measure]) -> Median:
    mine = list(rounds)
    return Median(
        wall=median(m.wall for m in mine),
        burnt=median(m.burnt for m in mine),
        cpu=median(m.cpu for m in mine),
        megabytes=median(m.megabytes for m in mine),
        calls=mine[0].calls,
        statements=round(median(m.statements for m in mine)),
        written=mine[0].written,
        rounds=tuple(m.wall for m in mine),
    )


def pages(total: int, phase: Phase) -> int:
    """The fewest calls that bring a phase's rows."""
    rows = {Phase.CHANGED: total // CHANGED, Phase.IDLE: 1}.get(phase, total)
    return -(-rows // PAGE)
