"""Fills the store of one merchant at once, of any size, past the engine."""

from __future__ import annotations

from tests.bench.store.filling import Store, fill
from tests.bench.store.size import FEW, LARGE, MORE, Size

__all__ = ["FEW", "LARGE", "MORE", "Size", "Store", "fill"]
