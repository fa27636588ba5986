"""Webhooks into Weft and into the bare contestant, in turns: speed, and none lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from statistics import median
from typing import NamedTuple

from tests.bench.hooks import load
from tests.bench.hooks.load import Figures
from tests.bench.hooks.shop import open_shop
from tests.bench.hooks.weft import (
    SECRET,
    SERVER,
    Door,
    bare_door,
    postgres,
    sqlite,
    weft,
)

ROUNDS = 3
Place = Callable[[], AbstractContextManager[str]]
# Seconds of one load, and of the one before it that nobody counts.
FULL, STEADY, WARM = 5.0, 6.0, 1.0
# Ids of one load; no load sends as many.
APART = 100_000


@dataclass
class Taken:
    """The loads one contestant was given."""

    door: Door
    rounds: list[Figures] = field(default_factory=list)
    warmed: int = 0

    def middle(self) -> Figures:
        """The median of every figure over the rounds."""
        return Figures(*(median(each) for each in zip(*self.rounds, strict=True)))

    def accepted(self) -> int:
        """All that was ever answered with 200."""
        return self.warmed + sum(each.accepted for each in self.rounds)


class Intake(NamedTuple):
    """Medians of both, and what was accepted beside what is stored."""

    weft: Figures
    bare: Figures
    accepted: int
    stored: int
    rounds: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Weft's requests a second, of the bare contestant's: the median of rounds."""
        return median(self.rounds)

    @property
    def errors(self) -> int:
        """What Weft answered with anything but 200, in the median round."""
        return self.weft.errors


def at_full_load(server: str = SERVER) -> Intake:
    """PostgreSQL, the web server alone."""
    return _measured("full", FULL, partial(postgres, server), worker=False)


def at_fifty_a_second() -> Intake:
    """SQLite, with the worker beside it that acts on what comes in."""
    return _measured("steady", STEADY, sqlite, worker=True)


@contextmanager
def _contestants(place: Place, worker: bool) -> Iterator[tuple[Taken, Taken]]:
    with (
        open_shop() as shop,
        place() as one,
        place() as other,
        weft(one, shop.url, worker=worker) as door,
        bare_door(other) as least,
    ):
        yield Taken(door), Taken(least)


def _measured(mode: str, seconds: float, place: Place, *, worker: bool) -> Intake:
    firsts = count(APART, APART)
    with _contestants(place, worker) as (ours, bare):
        for each in (ours, bare):
            warm = load.run("full", each.door.url, SECRET, WARM, next(firsts))
            each.warmed = warm.accepted
        for _ in range(ROUNDS):
            for each in (ours, bare):
                figures = load.run(mode, each.door.url, SECRET, seconds, next(firsts))
                each.rounds.append(figures)
        return Intake(
            ours.middle(),
            bare.middle(),
            ours.accepted(),
            ours.door.stored(),
            tuple(
                mine.rate / theirs.rate
                for mine, theirs in zip(ours.rounds, bare.rounds, strict=True)
            ),
        )
