"""The last words of the demonstration: a summary for people, a line for programs."""

from __future__ import annotations

import json
from typing import TextIO

from integration.demo.play import Figures


def summary(figures: Figures, out: TextIO) -> None:
    """What was counted, in sentences."""
    lines = (
        f"{figures.products_in_step:,} of {figures.products_source:,} products are in "
        f"step; {figures.products_refused} were refused, each with an open error.",
        f"{figures.orders_in_crystal} of {figures.orders_placed} orders are in "
        f"Crystal, {figures.orders_duplicated} twice; the poll found "
        f"{figures.orders_found_by_poll} whose webhook was lost.",
        f"The second sync wrote {figures.second_sync_writes} times.",
        f"{figures.api_calls:,} calls in all, {figures.seconds:.0f} seconds.",
        "Every promise was kept."
        if figures.good()
        else "A promise was broken: see the lines above.",
    )
    print("\n" + "\n".join(lines), file=out)


def json_line(figures: Figures, out: TextIO) -> None:
    """The figures as one JSON object on a line of their own."""
    print(json.dumps(figures.as_json()), file=out, flush=True)
