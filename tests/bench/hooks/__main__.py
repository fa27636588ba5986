"""Measures webhook intake and prints a line per measure.

    python -m tests.bench.hooks [SERVER]

SERVER is the address of a PostgreSQL database beside which others may be made.
"""

from __future__ import annotations

import sys
from functools import partial

from tests.bench import print_out
from tests.bench.hooks.intake import Intake, at_fifty_a_second, at_full_load
from tests.bench.hooks.latency import reaction
from tests.bench.hooks.load import Figures
from tests.bench.hooks.weft import SERVER, postgres, sqlite


def main(server: str = SERVER) -> None:
    """Everything, one after the other."""
    steady = at_fifty_a_second()
    _show("50 a second, SQLite", steady)
    p95 = steady.weft.p95
    print_out.verdict("50 a second, SQLite: p95 under 50 ms", f"{p95:.1f}", p95 < 50)
    full = at_full_load(server)
    _show("full load, PostgreSQL", full)
    said = "full load, PostgreSQL: share of the bare handler's, at least 0.2"
    reached = "reached" if full.ratio >= 0.3 else "not reached"
    holds = full.ratio >= 0.2
    print_out.verdict(said, f"{full.ratio:.2f}", holds, f"aim 0.3 {reached}")
    kept = all(each.accepted == each.stored for each in (steady, full))
    print_out.verdict("accepted equals stored", f"{full.stored:,}", kept)
    kinds = {"SQLite": sqlite, "PostgreSQL": partial(postgres, server)}
    for name, place in kinds.items():
        found = reaction(place)
        said = f"answer to first platform call, {name}: p50 under 100 ms"
        rest = f"p95 {found.p95:.1f}, longest {found.longest:.1f}"
        print_out.verdict(said, f"{found.p50:.1f}", found.p50 < 100, rest)


def _show(name: str, found: Intake) -> None:
    print(_line(f"{name}, Weft", found.weft), flush=True)
    print(_line(f"{name}, bare", found.bare), flush=True)
    rounds = " ".join(f"{each:.2f}" for each in found.rounds)
    print(
        f"{name}: ratio {found.ratio:.2f} (rounds {rounds}),"
        f" accepted {found.accepted}, stored {found.stored}",
        flush=True,
    )


def _line(name: str, figures: Figures) -> str:
    return (
        f"{name:<28}  p50 {figures.p50:6.1f} ms   p95 {figures.p95:6.1f} ms"
        f"   p99 {figures.p99:6.1f} ms   {figures.rate:7.0f}/s"
        f"   errors {figures.errors:g}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:2])
