"""How much of everything a merchant has."""

from __future__ import annotations

from typing import NamedTuple


class Size(NamedTuple):
    """Rows of each sort. A product has two variants, each with stock and a price, so
    records are three a product, and the customers and orders."""

    products: int
    customers: int
    orders: int
    errors: int
    groups: int
    usage: int
    events: int
    runs: int
    audits: int
    # Connections beside the three that records come from, and people, keys, words.
    others: int

    @property
    def records(self) -> int:
        """All of them."""
        return 3 * self.products + self.customers + self.orders


FEW = Size(
    products=12,
    customers=4,
    orders=8,
    errors=8,
    groups=3,
    usage=60,
    events=12,
    runs=12,
    audits=6,
    others=2,
)
MORE = Size(*(10 * count for count in FEW))
LARGE = Size(
    products=25_000,
    customers=5_000,
    orders=20_000,
    errors=10_000,
    groups=40,
    usage=1_000_000,
    events=50_000,
    runs=20_000,
    audits=50_000,
    others=8,
)
