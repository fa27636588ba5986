"""What the books want of an order: tax codes, payments, refunds; from a live sandbox,
from rows recorded, and made up."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.woocommerce import money, sales
from integration.canonical.accounts import Payment, Refund
from integration.canonical.kinds import Kind
from integration.canonical.sales import LineType
from integration.canonical.values import Money, Ref
from integration.contract.books import credit_note_of, invoice_of
from integration.errors import BadRecord
from integration.http.body import parse
from integration.sandbox.server import SandboxServer
from tests.connectors.woocommerce.shop import Shop, context, moment, product_row

CODES = {"1": "GR-VAT-1", "2": "CA-GST-1"}
PAID = {
    "id": 7,
    "number": "0007",
    "currency": "EUR",
    "total": "12.00",
    "date_paid_gmt": "2026-01-02T03:04:05",
    "payment_method": "stripe",
    "transaction_id": "ch_1",
}
LINE = {
    "id": 31,
    "name": "Mug",
    "product_id": 10,
    "variation_id": 0,
    "sku": "MUG",
    "quantity": -1,
    "subtotal": "-5.00",
    "total": "-5.00",
    "total_tax": "-1.20",
    "taxes": [{"id": 1, "total": "-1.20", "subtotal": "-1.20"}],
}
REFUND = {
    "id": 9,
    "date_created_gmt": "2026-01-03T00:00:00",
    "amount": "6.20",
    "reason": "Broken",
    "refunded_payment": False,
    "line_items": [LINE],
    "shipping_lines": [],
    "fee_lines": [],
}


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop(sandbox)


def payments(**changes: Any) -> list[Payment]:
    return sales.PAYMENT.records({**PAID, **changes}, context())


def refund(order: dict[str, Any] | None = None, **changes: Any) -> Refund:
    """The one refund of an order, as it is read."""
    row = {**PAID, **(order or {}), money.REFUNDS: [{**REFUND, **changes}]}
    [found] = sales.REFUND.records(row, context())
    return found


# --- Tax codes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taxes", "code"),
    [
        ([], ""),
        ([{"id": 1, "total": "7.2", "subtotal": "7.2"}], "GR-VAT-1"),
        ([{"id": 1, "total": "7.2"}, {"id": 2, "total": "1"}], "CA-GST-1+GR-VAT-1"),
        ([{"id": 1, "total": "", "subtotal": ""}, {"id": 2, "total": "1"}], "CA-GST-1"),
        ([{"id": 1, "total": "0.000000"}], "GR-VAT-1"),
        ([{"id": 1, "total": "", "subtotal": "7.2"}], ""),
        ([{"id": 77, "total": "1"}], "77"),
    ],
)
def test_a_lines_tax_code_names_the_rates_it_was_taxed_with(
    taxes: list[dict[str, Any]], code: str
) -> None:
    assert money.tax_code({"taxes": taxes}, CODES) == code


def test_a_rate_without_a_code_is_called_by_its_id() -> None:
    lines = [{"rate_id": 1, "rate_code": ""}, {"rate_id": 2, "rate_code": "B"}]
    assert money.rates({"tax_lines": lines}) == {"1": "1", "2": "B"}


def test_every_line_of_a_taxed_order_carries_the_shops_code(shop: Shop) -> None:
    shop.control("settings", tax_rate=24, country="GR:I", currency="EUR")
    product = product_row(10, moment(60), regular_price="9.99", tax_status="taxable")
    shop.control("seed", products=[product])
    order, *_ = bought(
        shop,
        line_items=[{"product_id": 10, "quantity": 3}],
        shipping_lines=[{"method_id": "flat_rate", "total": "5.00"}],
        fee_lines=[
            {"name": "Wrap", "total": "2.00"},
            {"name": "Tip", "total": "1.00", "tax_status": "none"},
        ],
    )
    codes = [line.tax_code for line in order.lines]
    assert codes == ["GR-VAT-1", "GR-VAT-1", "GR-VAT-1", ""]
    assert order.prices_include_tax is False
    assert invoice_of(order).tax_included is False


# --- Payments -------------------------------------------------------------------------


def test_a_paid_order_has_one_payment_of_its_total() -> None:
    [found] = payments()
    assert (found.external_id, found.order) == ("7:paid", Ref(Kind.ORDER, "7"))
    assert found.money == Money(Decimal("12.00"), "EUR")
    assert (found.method, found.transaction) == ("stripe", "ch_1")
    assert (found.at.isoformat(), found.order_number) == (
        "2026-01-02T03:04:05+00:00",
        "0007",
    )


@pytest.mark.parametrize(
    "changes", [{"date_paid_gmt": None}, {"date_paid_gmt": ""}, {"total": "0.000000"}]
)
def test_what_was_not_paid_or_cost_nothing_has_no_payment(
    changes: dict[str, Any],
) -> None:
    assert payments(**changes) == []


# --- Refunds --------------------------------------------------------------------------


def test_a_refunds_lines_are_read_without_their_minus() -> None:
    found = refund({"tax_lines": [{"rate_id": 1, "rate_code": "GR-VAT-1"}]})
    [line] = found.lines
    assert (line.quantity, line.unit_price) == (1, 5)
    assert (line.net, line.tax, line.discount) == (5, Decimal("1.2"), 0)
    assert (line.sku, line.tax_code) == ("MUG", "GR-VAT-1")
    assert line.variant == Ref(Kind.VARIANT, "10", {"sku": "MUG"})
    assert (found.total, found.total_tax) == (Decimal("6.20"), Decimal("1.20"))
    assert (found.number, found.order_number) == ("0007-R9", "0007")
    assert (found.external_id, found.order) == ("9", Ref(Kind.ORDER, "7"))
    assert (found.currency, found.method) == ("EUR", "stripe")
    assert credit_note_of(found).rounding == 0


def test_a_refund_without_lines_is_one_fee_named_after_its_reason() -> None:
    found = refund(line_items=[], amount="5.00")
    [line] = found.lines
    assert (line.type, line.name) == (LineType.FEE, "Broken")
    assert (line.quantity, line.unit_price, line.net, line.tax) == (1, 5, 5, 0)
    assert (found.total, found.total_tax, line.tax_code) == (5, 0, "")
    assert credit_note_of(found).rounding == 0
    [unnamed] = refund(line_items=[], reason=" ").lines
    assert unnamed.name == money.UNNAMED


def test_all_given_back_without_a_line_gives_back_the_order_s_own_lines() -> None:
    sold = {**LINE, "quantity": 2, "subtotal": "10.00", "total": "10.00"}
    sold |= {"total_tax": "2.40", "taxes": [{"id": 1, "total": "2.40"}]}
    found = refund(
        {"line_items": [sold], "total": "12.40"}, line_items=[], amount="12.40"
    )
    [line] = found.lines
    assert (line.quantity, line.net, line.tax) == (2, 10, Decimal("2.40"))
    assert (found.total, found.total_tax) == (Decimal("12.40"), Decimal("2.40"))
    assert credit_note_of(found).rounding == 0


def test_goods_taken_back_for_an_amount_of_no_line_keep_their_quantity() -> None:
    zeros = dict.fromkeys(("subtotal", "total", "total_tax"), "0.00")
    found = refund(line_items=[{**LINE, **zeros, "taxes": []}], amount="4.00")
    assert [(line.type, line.quantity, line.net) for line in found.lines] == [
        (LineType.GOODS, 1, 0),
        (LineType.FEE, 1, 4),
    ]
    assert credit_note_of(found).rounding == 0


def test_money_given_back_on_a_line_without_goods_counts_as_one() -> None:
    [line] = refund(line_items=[{**LINE, "quantity": 0}]).lines
    assert (line.quantity, line.unit_price, line.net) == (1, 5, 5)


def test_an_amount_that_no_line_explains_is_nobodys_credit_note() -> None:
    with pytest.raises(BadRecord) as caught:
        credit_note_of(refund(amount="9.00"))
    assert caught.value.code == "total_differs"


@pytest.mark.parametrize(
    ("order", "changes", "back"),
    [
        ({}, {}, "6.20"),
        ({"date_paid_gmt": None}, {}, "0"),
        ({"date_paid_gmt": None}, {"refunded_payment": True}, "6.20"),
    ],
)
def test_what_was_never_paid_is_not_paid_back(
    order: dict[str, Any], changes: dict[str, Any], back: str
) -> None:
    assert refund(order, **changes).paid_back == Decimal(back)


def test_a_refund_says_who_bought() -> None:
    billing = {"email": "Ann@example.com"}
    assert refund({"billing": billing}).customer == Ref(
        Kind.CUSTOMER, "guest:ann@example.com", {"email": "Ann@example.com"}
    )
    known = refund({"billing": billing, "customer_id": 4}).customer
    assert known == Ref(Kind.CUSTOMER, "4", {"email": "Ann@example.com"})


@pytest.mark.parametrize(
    "broken", [{"amount": "much"}, {"line_items": [{**LINE, "total": "x"}]}, {"id": ""}]
)
def test_a_refund_that_cannot_be_read_is_a_bad_record(broken: dict[str, Any]) -> None:
    with pytest.raises(BadRecord):
        refund(**broken)


def bought(shop: Shop, **body: Any) -> tuple[Any, ...]:
    """An order made in the shop, and what the books get of it."""
    made = shop.control("order", **body)
    return read(shop, made["id"])


def read(shop: Shop, number: int) -> tuple[Any, ...]:
    [raw] = shop.reader.fetch("orders", [str(number)])
    row = parse(raw.body or b"")
    maps = (sales.ORDER, sales.PAYMENT, sales.REFUND)
    return tuple(record for each in maps for record in each.records(row, context()))


def test_goods_shipping_and_fees_given_back_add_up(shop: Shop) -> None:
    shop.control("settings", tax_rate=24, country="GR:I", currency="EUR")
    product = product_row(10, moment(60), regular_price="9.99", tax_status="taxable")
    shop.control("seed", products=[product])
    made = shop.control(
        "order",
        set_paid=True,
        line_items=[{"product_id": 10, "quantity": 3}],
        shipping_lines=[
            {"method_id": "flat_rate", "method_title": "Post", "total": "5.00"}
        ],
        fee_lines=[{"name": "Wrap", "total": "2.00"}],
    )
    kinds = ("line_items", "shipping_lines", "fee_lines")
    goods, post, wrap = (made[kind][0]["id"] for kind in kinds)
    shop.control(
        "refund",
        id=made["id"],
        reason="Too small",
        line_items=[
            {"id": goods, "quantity": 2, **back("19.98", "4.7952")},
            {"id": post, **back("5.00", "1.20")},
            {"id": wrap, **back("2.00", "0.48")},
        ],
    )
    _, paid, found = read(shop, made["id"])
    assert paid.money == Money(Decimal("45.84"), "EUR")
    assert [(line.type, line.name, line.quantity) for line in found.lines] == [
        (LineType.GOODS, "P10", 2),
        (LineType.SHIPPING, "Post", 1),
        (LineType.FEE, "Wrap", 1),
    ]
    assert [line.net for line in found.lines] == [Decimal("19.98"), 5, 2]
    assert {line.tax_code for line in found.lines} == {"GR-VAT-1"}
    assert found.total_tax == Decimal("6.4752")
    assert found.paid_back == found.total == Decimal("33.4552")
    assert credit_note_of(found).rounding == 0


def back(net: str, tax: str) -> dict[str, Any]:
    return {"refund_total": net, "refund_tax": [{"id": 1, "refund_total": tax}]}


def test_two_refunds_of_an_order_are_two_whose_names_never_change(shop: Shop) -> None:
    shop.control("seed", products=[product_row(10, moment(60), regular_price="9.00")])
    lines = [{"product_id": 10, "quantity": 1}]
    made = shop.control("order", set_paid=True, line_items=lines)
    first = shop.control("refund", id=made["id"], amount="2.00", reason="Late")
    second = shop.control("refund", id=made["id"], amount="3.00", reason="Scratched")
    _, _, *found = read(shop, made["id"])
    assert [(one.number, one.total, one.reason) for one in found] == [
        (f"{made['id']}-R{first['id']}", 2, "Late"),
        (f"{made['id']}-R{second['id']}", 3, "Scratched"),
    ]


def test_the_recorded_refund_is_read(recorded_exchanges: Path) -> None:
    folder = recorded_exchanges / "woocommerce"
    order, row = (
        parse((folder / f"{name}.json").read_bytes())["response"]["body"]
        for name in ("order_after_refund", "order_refund")
    )
    [found] = sales.REFUND.records({**order, money.REFUNDS: [row]}, context())
    assert (found.number, found.total, found.currency) == ("94-R97", 5, "USD")
    assert [(line.type, line.name, line.net) for line in found.lines] == [
        (LineType.FEE, "damaged", 5)
    ]
    # Refunded by hand, and the order had been paid.
    assert found.paid_back == 5
    [paid] = sales.PAYMENT.records(order, context())
    assert paid.money == Money(Decimal("82.00"), "USD")
    assert credit_note_of(found).rounding == 0
