"""Reads and writes money as the shop does: strings in, strings out."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

INNER = Decimal("0.000001")
"""Six decimals: what the shop keeps of a line's net amount."""
NONE = Decimal(0)


def normalised(text: str) -> str:
    """Read a price field: a comma is a thousands separator, words become nothing.

    So "9,95" is 995 and "abc" the empty price; neither is refused.
    """
    cleaned = re.sub(r"[^0-9.\-]", "", text.strip())
    return cleaned if re.fullmatch(r"-?\d*\.?\d+|-?\d+\.", cleaned) else ""


def decimal(value: Any) -> Decimal:
    """Give a price field or a sent amount as a number; the empty one is nothing."""
    try:
        return Decimal(normalised(str(value)) or "0")
    except InvalidOperation:
        return NONE


def rounded(amount: Decimal, places: int) -> Decimal:
    """Round half up to a number of decimals."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def inner(amount: Decimal) -> Decimal:
    """Round to what the shop keeps inside."""
    return amount.quantize(INNER, rounding=ROUND_HALF_UP)


def shown(amount: Decimal, places: int) -> str:
    """Write an amount with a fixed number of decimals."""
    return format(rounded(amount, places), "f")


def number(amount: Decimal) -> int | float:
    """Give an amount as a JSON number, whole ones without a point."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
