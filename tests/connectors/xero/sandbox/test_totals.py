"""Totals: tax per line, rounded half away from zero, then summed."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.xero.sandbox.totals import line_tax, rounded
from tests.connectors.xero.sandbox.caller import Caller, line


def test_halves_go_away_from_zero() -> None:
    pairs = {"0.125": "0.13", "0.135": "0.14", "-0.125": "-0.13", "0.1249": "0.12"}
    for raw, wanted in pairs.items():
        assert str(rounded(Decimal(raw))) == wanted


def test_tax_is_on_top_within_or_nothing() -> None:
    amount, percent = Decimal("14.38"), Decimal("15")
    assert line_tax(amount, percent, "Exclusive") == Decimal("2.16")
    assert line_tax(amount, percent, "Inclusive") == Decimal("1.88")
    assert line_tax(amount, percent, "NoTax") == 0


def made(xero: Caller, lines: list[Any], **more: Any) -> Any:
    params = more.pop("params", {})
    return xero.made("Invoices", xero.invoice(LineItems=lines, **more), **params)


def sums(row: Any) -> tuple[float, float, float]:
    return row["SubTotal"], row["TotalTax"], row["Total"]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        # Three times 0.70 with 15 %: 0.105 of tax a line, 0.11 when rounded.
        ("Exclusive", (2.10, 0.33, 2.43)),
        ("Inclusive", (1.83, 0.27, 2.10)),
        ("NoTax", (2.10, 0.0, 2.10)),
    ],
)
def test_each_line_rounds_its_own_tax(xero: Caller, kind: str, wanted: Any) -> None:
    lines = [line(UnitAmount=0.7)] * 3
    row = made(xero, lines, LineAmountTypes=kind)
    assert sums(row) == wanted
    types = {each["TaxType"] for each in row["LineItems"]}
    assert types == ({"NONE"} if kind == "NoTax" else {"OUTPUT2"})


def test_a_tax_amount_that_is_sent_stands(xero: Caller) -> None:
    row = made(xero, [line(TaxAmount=15.01)])
    assert sums(row) == (100, 15.01, 115.01)
    kept = xero.call("POST", f"Invoices/{row['InvoiceID']}", {"Reference": "x"})
    assert sums(xero.rows_of(kept)[0]) == (100, 15.01, 115.01)


def test_discounts_come_off_before_tax(xero: Caller) -> None:
    row = made(xero, [line(DiscountRate=12.5), line(DiscountAmount=0.01)])
    assert [each["LineAmount"] for each in row["LineItems"]] == [87.5, 99.99]
    assert row["TotalDiscount"] == 12.51
    assert sums(row) == (187.49, 28.13, 215.62)


def test_a_line_total_alone_makes_the_unit_amount(xero: Caller) -> None:
    row = made(xero, [line(UnitAmount=None, Quantity=3, LineAmount=10)])
    assert row["LineItems"][0]["LineAmount"] == 10
    assert row["SubTotal"] == 10


def test_unit_amounts_lose_their_third_place_without_unitdp(xero: Caller) -> None:
    lines = [line(UnitAmount=0.1234, Quantity=100)]
    assert made(xero, lines, number="A")["SubTotal"] == 12.0
    row = made(xero, lines, number="B", params={"unitdp": 4})
    assert (row["SubTotal"], row["LineItems"][0]["UnitAmount"]) == (12.34, 0.1234)
    assert xero.row("Invoices/B")["LineItems"][0]["UnitAmount"] == 0.12
    held = xero.row("Invoices/B", unitdp=4)
    assert held["LineItems"][0]["UnitAmount"] == 0.1234


def test_the_british_organisation_has_its_own_rate(xero: Caller) -> None:
    other = xero.ledger()["organisations"][1]["OrganisationID"]
    xero.session.headers["xero-tenant-id"] = other
    row = xero.made("Invoices", xero.invoice())
    assert (row["CurrencyCode"], row["TotalTax"]) == ("GBP", 20)


def test_a_custom_tax_type_counts_too(xero: Caller) -> None:
    assert made(xero, [line(TaxType="TAX001")])["TotalTax"] == 7.5
