"""Measures webhook intake and prints a line per measure.

    python -m tests.bench.hooks [SERVER]

SERVER is the address of a PostgreSQL database beside which others may be made.
"""

from __future__ import annotations

import sys
from functools import partial

from tests.bench.hooks.intake import Intake, at_fifty_a_second, at_full_load
from tests.bench.hooks.latency import reaction
from tests.bench.hooks.load import Figures
from tests.bench.hooks.weft import SERVER, postgres, sqlite


def main(server: str = SERVER) -> None:
    """Everything, one after the other."""
    _show("50 a second, SQLite", at_fifty_a_second())
    _show("full load, PostgreSQL", at_full_load(server))
    kinds = {"SQLite": sqlite, "PostgreSQL": partial(postgres, server)}
    for name, place in kinds.items():
        found = reaction(place)
        print(
            f"answer to first call, {name:<10}  p50 {found.p50:6.1f} ms"
            f"   p95 {found.p95:6.1f} ms   longest {found.longest:6.1f} ms",
            flush=True,
        )


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
