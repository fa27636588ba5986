"""Says what was measured, as it is measured: plain lines, aligned, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tests.bench.task import Phase

if TYPE_CHECKING:
    from tests.bench.measure import Measure
    from tests.bench.pull import Median, Results

WORDS = {
    Phase.FIRST: "first load",
    Phase.SAME: "unchanged",
    Phase.CHANGED: "1 % changed",
    Phase.IDLE: "nothing new",
}


def title(text: str) -> None:
    """A new part begins."""
    print(f"\n== {text}", flush=True)


def measures(round_: int, mine: Sequence[Measure]) -> None:
    """One line for a contestant's round."""
    took = "   ".join(f"{WORDS[m.phase]} {m.wall:6.2f} s" for m in mine)
    first = mine[0]
    print(f"round {round_}  {first.contestant:5} {first.total:7,}   {took}", flush=True)


def medians(found: Results) -> None:
    """A table of everybody's medians."""
    head = ("", "wall s", "CPU s", "process", "database", "calls", "SQL/page", "MB")
    print()
    print("{:20} {:>8} {:>8} {:>8} {:>8} {:>7} {:>9} {:>6}".format(*head))
    for (name, phase, total), each in found.items():
        print(f"{name:6}{WORDS[phase]:14} {_figures(each)}".rstrip())
        if name == "weft" and each.written:
            print(f"{'':20} rows written: {_tables(each.written)}")
        del total
    print(flush=True)


def _figures(each: Median) -> str:
    a_page = each.statements / each.calls if each.calls and each.statements else 0
    said = f"{a_page:9.2f}" if a_page else f"{'':9}"
    return (
        f"{each.wall:8.2f} {each.burnt:8.2f} {each.cpu:8.2f} "
        f"{each.burnt - each.cpu:8.2f} {each.calls:7,} {said} {each.megabytes:6.0f}"
    )


def _tables(written: Mapping[str, int]) -> str:
    named = {
        table.removeprefix("integration_").removeprefix("synclog_"): count
        for table, count in written.items()
    }
    return ", ".join(f"{name} {count:,}" for name, count in sorted(named.items()))


def verdict(said: str, figure: str, holds: bool, note: str = "") -> None:
    """One requirement: what was asked, what came out, and whether it holds."""
    _line("holds" if holds else "FAILS", said, figure, note)


def aim(said: str, figure: str, reached: bool) -> None:
    """What is aimed at beyond the requirements, and whether it is reached."""
    _line("aim", said, figure, "reached" if reached else "not reached")


def _line(word: str, said: str, figure: str, note: str) -> None:
    print(f"{word:6} {said:60} {figure:>18}  {note}".rstrip(), flush=True)
