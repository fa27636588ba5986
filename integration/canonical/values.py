"""Small values records are made of: money and pointers to other records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from integration.canonical.kinds import Kind

# A number with a fraction is kept as text, so that no digit is lost.
Value = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and its ISO 4217 currency; never one without the other."""

    amount: Decimal
    currency: str

    def rounded(self, decimals: int) -> Money:
        """The same money to `decimals` places, halves away from zero."""
        place = Decimal(1).scaleb(-decimals)
        return Money(self.amount.quantize(place, ROUND_HALF_UP), self.currency)

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise TypeError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)


@dataclass(frozen=True, slots=True)
class Ref:
    """A record's pointer to another, by kind and id on the platform it came from.

    `keys` are natural keys that came along (sku, email), for when the id is not known.
    """

    kind: Kind
    external_id: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
