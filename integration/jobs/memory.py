"""Spares a worker's garbage collector what never becomes garbage."""

from __future__ import annotations

import gc
from functools import cache

# Objects made before the youngest generation is looked through, and how many such
# looks before an older one is: pages of rows die young, and in great numbers.
THRESHOLDS = (10_000, 20, 20)


@cache
def settle() -> None:
    """Once in a process, when everything is loaded: leave that out of every later look.

    A seventh of a first load's time. https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
