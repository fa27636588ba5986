"""Invoices and credit notes are made of orders and refunds, and always add up."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integration.canonical.accounts import Refund
from integration.canonical.kinds import Kind
from integration.canonical.sales import LineType, Order, OrderLine
from integration.canonical.values import Ref
from integration.contract import books
from integration.errors import BadRecord

NOW = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)


def line(net: str, tax: str = "0", type: LineType = LineType.GOODS) -> OrderLine:
    amount = Decimal(net)
    return OrderLine(
        id="1",
        type=type,
        name="Mug",
        quantity=Decimal(1),
        unit_price=amount,
        net=amount,
        tax=Decimal(tax),
    )


def order(total: str, *lines: OrderLine, currency: str = "EUR") -> Order:
    return Order(
        external_id="7",
        number="1007",
        placed_at=NOW,
        currency=currency,
        total=Decimal(total),
        total_tax=sum((each.tax for each in lines), Decimal(0)),
        lines=lines,
        prices_include_tax=True,
    )


def test_an_invoice_says_what_its_order_says_and_points_to_it() -> None:
    made = books.invoice_of(order("12.30", line("10.00", "2.30")))
    assert (made.number, made.reference, made.at) == ("1007", "1007", NOW)
    assert made.order == Ref(Kind.ORDER, "7")
    assert (made.total, made.rounding, made.tax_included) == (
        Decimal("12.30"),
        Decimal(0),
        True,
    )


@pytest.mark.parametrize("total", ["20.01", "19.99", "20.02", "19.98"])
def test_a_cent_for_each_line_is_named_rounding(total: str) -> None:
    made = books.invoice_of(order(total, line("10.00"), line("10.00")))
    assert made.rounding == Decimal(total) - Decimal("20.00")


@pytest.mark.parametrize("total", ["20.03", "19.97", "0"])
def test_more_than_that_is_refused_with_both_sums(total: str) -> None:
    with pytest.raises(BadRecord) as caught:
        books.invoice_of(order(total, line("10.00"), line("10.00")))
    assert (caught.value.field, caught.value.code) == ("total", "total_differs")
    assert "20.00" in caught.value.message
    assert total in caught.value.message


def test_a_currency_without_cents_rounds_to_the_whole() -> None:
    made = books.invoice_of(order("1001", line("1000.4"), currency="JPY"))
    assert made.rounding == Decimal("0.6")


def test_a_credit_note_says_what_its_refund_says() -> None:
    refund = Refund(
        external_id="9",
        order=Ref(Kind.ORDER, "7"),
        number="1007-R1",
        order_number="1007",
        at=NOW,
        currency="EUR",
        total=Decimal("5.00"),
        total_tax=Decimal(0),
        lines=(line("5.00"),),
        paid_back=Decimal("5.00"),
        reason="Broken",
    )
    made = books.credit_note_of(refund)
    assert made.kind == Kind.CREDIT_NOTE
    assert (made.number, made.order, made.total) == (
        "1007-R1",
        refund.order,
        refund.total,
    )
    assert (made.paid_back, made.reason) == (Decimal("5.00"), "Broken")


def test_what_is_of_the_kind_already_stays_itself() -> None:
    sold = order("10.00", line("10.00"))
    assert books.made_of(Kind.ORDER, sold) is sold
    assert books.made_of(Kind.INVOICE, sold).kind == Kind.INVOICE
