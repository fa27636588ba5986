"""How an order stands, what it comes to, and what was sent, asked without a page."""

from __future__ import annotations

import zlib
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from integration.insight import payload, sale, standing, stepper, totals
from integration.models import Connection, Delivery, DeliveryState, Link, Record
from tests.admin.rows import CANARY, Rows
from tests.dashboard.sales import Sales, an_invoice, an_order

SHOP, BOOKS = Connection(label="shop"), Connection(label="books")


@pytest.fixture
def sales(db: None) -> Sales:
    return Sales(Rows())


def compared(order: Any, invoice: Any) -> totals.Comparison:
    source, target = totals.sums(SHOP, order), totals.sums(BOOKS, invoice)
    assert source is not None
    assert target is not None
    return totals.compare(source, [target])


def test_counts_and_single_deliveries_say_the_same(sales: Sales) -> None:
    waits, tried = ("", "retry", "held", "budget"), (0, 2)
    kinds = list(product(DeliveryState.values, waits, tried))
    for number, (state, wait, attempts) in enumerate(kinds):
        order = sales.order(f"{number}")
        sales.owed(order, state, wait_reason=wait, attempts=attempts, ended_at=None)
    for owed in Delivery.everywhere.all():
        fits = [
            name
            for name, condition in standing.CONDITIONS.items()
            if Delivery.everywhere.filter(condition, pk=owed.pk).exists()
        ]
        said = standing.state_of(owed, None)
        assert fits == ([said] if said != standing.CLOSED else [])


def test_a_cent_too_much_is_marked_and_lines_not_told_apart_are_not() -> None:
    found = compared(an_order("1"), an_invoice("1", total=Decimal("124.01")))
    differing = {
        row.name: row.targets[0].by for row in found.rows if row.targets[0].differs
    }
    assert differing == {
        "Lines without tax, with rounding": Decimal("0.01"),
        "Total": Decimal("0.01"),
    }
    assert not found.equal
    shipping = next(row for row in found.rows if "shipping" in row.name)
    assert shipping.source.amount == Decimal("20.00")
    assert shipping.targets[0].amount is None


def test_a_fraction_of_a_cent_is_no_difference_and_another_currency_is_one() -> None:
    assert compared(an_order("1", total=Decimal("124.004")), an_invoice("1")).equal
    assert not compared(an_order("1"), an_invoice("1", currency="EUR")).equal
    odd = compared(an_order("1", currency="JPY"), an_invoice("1", currency="JPY"))
    assert odd.equal


def test_what_was_sent_is_shown_masked_with_every_digit() -> None:
    body = b'{"Total":124.10,"api_token":"%s"}' % CANARY.encode()
    shown = payload.shown(Delivery(payload=zlib.compress(body)))
    assert '"Total": 124.10' in shown
    assert CANARY not in shown
    assert payload.shown(Delivery()) == ""


def test_retrying_is_called_safe_only_where_it_is(sales: Sales) -> None:
    order = sales.order("1")
    owed = sales.owed(order, "refused")
    there = Link(external_id="8841")
    assert "already has id 8841" in standing.safety(owed, there)
    assert "first looks whether" in standing.safety(owed, None)
    owed.code = "may_already_exist"
    assert "Look in books" in standing.safety(owed, None)


def test_the_steps_follow_the_order_to_its_payment(sales: Sales) -> None:
    sales.way("payment")  # type: ignore[arg-type]
    order = sales.order("1042")
    sales.paid(order)
    sales.owed(order, "refused", message="No tax code.")
    found = sale.gather(sales.tenant, order.uid)
    assert found is not None
    steps = stepper.steps(sales.tenant, found)
    assert [step.state for step in steps] == [
        "over",
        "ahead",
        "ahead",
        "failed",
        "ahead",
    ]
    assert steps[3].note == "No tax code."
    link = sales.invoiced(order, "INV-88")
    Delivery.everywhere.update(state="done", ended_at=timezone.now())
    bought = Record.everywhere.create(tenant=sales.tenant, kind="variant")
    for place, name in ((sales.shop, "v1"), (sales.books, "item")):
        Link.everywhere.create(
            tenant=sales.tenant,
            connection=place,
            kind="variant",
            external_id=name,
            record=bought,
        )
    found = sale.gather(sales.tenant, order.uid)
    assert found is not None
    steps = stepper.steps(sales.tenant, found)
    assert [step.state for step in steps] == ["over", "over", "over", "over", "ahead"]
    assert steps[2].note == "1 of 1 item linked"
    assert steps[3].at == link.sent_at
