"""An order's sums beside those of every target, compared to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from integration.canonical.accounts import Invoice
from integration.canonical.record import Record as Canonical
from integration.canonical.sales import LineType, Order, OrderLine
from integration.contract.books import WITHOUT_CENTS
from integration.models import Connection

ZERO = Decimal(0)


class Sums(NamedTuple):
    """What a sale comes to on one platform; None: it does not tell these apart."""

    connection: Connection
    currency: str
    lines: Decimal
    shipping: Decimal | None
    tax: Decimal
    rounding: Decimal
    total: Decimal


class Cell(NamedTuple):
    """One sum on one platform; `differs` from the source's by `by`."""

    place: Connection
    amount: Decimal | None
    currency: str
    differs: bool
    by: Decimal


class Row(NamedTuple):
    """One sum, on the source and on every target in the order of the heads."""

    name: str
    source: Cell
    targets: list[Cell]


class Comparison(NamedTuple):
    """`unseen` are targets that do not show what they have."""

    source: Sums
    targets: list[Sums]
    rows: list[Row]
    unseen: list[Connection]

    @property
    def equal(self) -> bool:
        """Whether every target has the total and the tax of the source."""
        return not any(cell.differs for row in self.rows for cell in row.targets)


def sums(connection: Connection, sale: Canonical | None) -> Sums | None:
    """The sums of an order or an invoice; None for anything else."""
    if not isinstance(sale, Order | Invoice):
        return None
    nets = sum((line.net for line in sale.lines), ZERO)
    taxes = sum((line.tax for line in sale.lines), ZERO)
    return Sums(
        connection=connection,
        currency=sale.currency,
        lines=nets,
        shipping=_shipping(sale.lines),
        tax=sale.total_tax,
        rounding=sale.total - nets - taxes,
        total=sale.total,
    )


def _shipping(lines: Sequence[OrderLine]) -> Decimal | None:
    """What of it is shipping; None where the lines are not told apart."""
    if all(line.type == LineType.GOODS for line in lines):
        return None
    return sum((line.net for line in lines if line.type == LineType.SHIPPING), ZERO)


def compare(
    source: Sums, targets: Sequence[Sums], unseen: Sequence[Connection] = ()
) -> Comparison:
    """The table of sums. Books may name rounding in a line of their own, so lines and
    rounding are compared as one; a difference below half a cent is none."""
    named = [
        (_("Lines without tax, with rounding"), _with_rounding),
        (_("of which shipping"), lambda each: each.shipping),
        (_("Tax"), lambda each: each.tax),
        (_("Total"), lambda each: each.total),
    ]
    rows = []
    for name, take in named:
        mine = take(source)
        cells = [_cell(take(each), each, mine, source) for each in targets]
        if mine is not None or any(cell.amount is not None for cell in cells):
            own = Cell(source.connection, mine, source.currency, False, ZERO)
            rows.append(Row(name, own, cells))
    return Comparison(source, list(targets), rows, list(unseen))


def _with_rounding(each: Sums) -> Decimal:
    return each.total - each.tax


def _cell(
    amount: Decimal | None, there: Sums, mine: Decimal | None, source: Sums
) -> Cell:
    place, currency = there.connection, there.currency
    if amount is None or mine is None:
        return Cell(place, amount, currency, False, ZERO)
    unit = Decimal(1) if currency in WITHOUT_CENTS else Decimal("0.01")
    by = amount - mine
    differs = currency != source.currency or abs(by) * 2 >= unit
    return Cell(place, amount, currency, differs, by)
