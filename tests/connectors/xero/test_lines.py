"""Lines of a sale: to the cent the shop's, whatever the shop reckons in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.xero import lines
from connectors.xero.documents import booked_on, held_currency
from integration.canonical.kinds import Kind
from integration.canonical.sales import LineType
from integration.canonical.values import Ref
from integration.contract.mapping import Context
from integration.errors import BadConfig, BadRecord, MissingLink, Unpaired
from tests.connectors.xero.books import line, sale
from tests.connectors.xero.subject import FACTS, MUG, PAIRS, account, tables

ROUNDING = account(
    "860", "Rounding", "CURRLIAB", SystemAccount="ROUNDING", TaxType="BASEXCLUDED"
)
AMOUNTS = st.decimals(Decimal("-50"), Decimal("500"), places=6)
TAXES = st.decimals(Decimal(0), Decimal("90"), places=6)


def context(**settings: Any) -> Context:
    """What the maps are told; the mug is linked."""
    return Context(
        settings=settings,
        facts=FACTS,
        ids={("variant", "10"): MUG, ("customer", "77"): "c"},
        lookups=tables(),
        pairs=PAIRS,
    )


def items(*sold: Any, told: Context | None = None, **more: Any) -> list[Any]:
    return lines.line_items(sale(*sold, **more), told or context())


@given(
    st.lists(st.tuples(AMOUNTS, TAXES), min_size=1, max_size=12),
    st.sampled_from(["exclusive", "inclusive"]),
)
def test_lines_always_come_to_the_shops_total_and_nearly_to_its_tax(
    parts: list[tuple[Decimal, Decimal]], amounts: str
) -> None:
    sold = [line(str(net), str(tax), tax_code="standard") for net, tax in parts]
    exact = sum((net + tax for net, tax in parts), Decimal(0))
    total = lines.cents(exact)
    told = context(amounts=amounts)
    found = items(*sold, told=told, total=total)
    types = lines.line_amount_types(None, told)
    assert lines.total_of(found, types) == total
    taxed = sum((row["TaxAmount"] for row in found), Decimal(0))
    assert taxed == lines.cents(sum((tax for _, tax in parts), Decimal(0)))
    for row in found:
        assert lines.cents(row["Quantity"] * row["UnitAmount"]) == row["LineAmount"]
        assert row["UnitAmount"] == row["UnitAmount"].quantize(Decimal("0.0001"))


def test_a_price_that_does_not_multiply_out_is_sent_as_one_of_the_whole() -> None:
    [row] = items(line("10.00", quantity=Decimal(7000), unit_price=Decimal("0.001428")))
    assert (row["Quantity"], row["UnitAmount"]) == (1, Decimal("10.00"))
    assert "7000 pieces" in row["Description"]


def test_a_price_before_a_discount_gives_way_to_what_was_paid() -> None:
    sold = line("9.00", quantity=Decimal(2), unit_price=Decimal("5.00"))
    [row] = items(lines.OrderLine(**_values(sold) | {"discount": Decimal("1.00")}))
    assert (row["Quantity"], row["UnitAmount"]) == (2, Decimal("4.5000"))
    assert row["Description"] == "Mug (less 1.00)"


def _values(sold: Any) -> dict[str, Any]:
    return {name: getattr(sold, name) for name in sold.__slots__}


def test_shipping_fees_and_discounts_have_accounts_of_their_own() -> None:
    told = Context(
        facts=FACTS,
        lookups=tables(),
        pairs={"tax": {"*": "NONE"}, "account": {"shipping": "260", "*": "200"}},
    )
    sold = [line("5.00", type=each) for each in LineType]
    found = {
        row["Description"] + str(place): row["AccountCode"]
        for place, row in enumerate(items(*sold, told=told))
    }
    assert list(found.values()) == ["200", "260", "200", "200"]


def test_a_word_nobody_paired_is_for_the_merchant_and_says_what_to_choose() -> None:
    with pytest.raises(Unpaired) as caught:
        items(line("5.00", "1.00", tax_code="books"), told=context(sales_account="200"))
    assert caught.value.field == "tax.books"
    bare = Context(facts=FACTS, lookups=tables(), pairs={"tax": {"*": "NONE"}})
    with pytest.raises(Unpaired) as caught:
        items(line("5.00"), told=bare)
    assert caught.value.field == "account.goods"
    assert "goods" in caught.value.message


def test_the_setting_serves_every_kind_of_line_without_a_pair() -> None:
    bare = Context(
        settings={"sales_account": "200"},
        facts=FACTS,
        lookups=tables(),
        pairs={"tax": {"*": "NONE"}},
    )
    [row] = items(line("5.00", type=LineType.FEE), told=bare)
    assert row["AccountCode"] == "200"


def test_tax_without_a_word_is_not_taken_for_untaxed() -> None:
    with pytest.raises(Unpaired) as caught:
        items(line("5.00", "1.00", tax_code=""))
    assert caught.value.field == "tax.taxed"
    [row] = items(line("5.00"))
    assert row["TaxType"] == "NONE"


def test_an_account_archived_when_the_list_was_read_is_asked_for_all_the_same() -> None:
    told = Context(
        facts=FACTS,
        lookups=tables(),
        pairs={"tax": {"*": "NONE"}, "account": {"*": "201"}},
    )
    [row] = items(line("5.00"), told=told)
    assert row["AccountCode"] == "201"


def test_rounding_without_an_account_for_it_is_a_setting_that_is_missing() -> None:
    told = Context(facts=FACTS, pairs=PAIRS, lookups=tables(accounts=()))
    with pytest.raises(BadConfig) as caught:
        items(line("5.00"), told=told, total=Decimal("5.01"))
    assert caught.value.field == "rounding_account"
    chosen = Context(
        settings={"rounding_account": "861"}, facts=FACTS, pairs=PAIRS, lookups={}
    )
    found = items(line("5.00"), told=chosen, total=Decimal("5.01"))
    assert found[-1]["AccountCode"] == "861"


def test_a_total_that_lines_do_not_explain_is_refused() -> None:
    with pytest.raises(BadRecord) as caught:
        items(line("5.00"), total=Decimal("9.00"))
    assert caught.value.code == "total_differs"


def test_a_product_that_is_not_there_yet_is_brought_first() -> None:
    sold = line("5.00", sku="NEW", variant=Ref(Kind.VARIANT, "99"))
    with pytest.raises(MissingLink):
        items(sold)
    [row] = items(sold, told=context(use_items=False))
    assert "Item" not in row


def test_every_line_is_filed_under_the_tracking_option() -> None:
    told = context(tracking_category="Channel", tracking_option="Web shop")
    found = items(line("5.00"), told=told, total=Decimal("5.01"))
    assert [row["Tracking"] for row in found] == [
        [{"Name": "Channel", "Option": "Web shop"}]
    ] * 2
    with pytest.raises(BadConfig):
        items(line("5.00"), told=context(tracking_category="Channel"))


def test_a_currency_the_organisation_does_not_keep_is_for_the_merchant() -> None:
    assert held_currency(sale(currency="AUD"), context()) == "AUD"
    with pytest.raises(BadConfig) as caught:
        held_currency(sale(currency="EUR"), context())
    assert caught.value.code == "currency_unknown"


def test_without_a_time_zone_no_day_is_guessed() -> None:
    with pytest.raises(BadConfig) as caught:
        booked_on(sale(), Context(facts={"time_zone": ""}))
    assert caught.value.field == "time_zone"


def test_rounding_bears_no_tax_even_where_one_pair_serves_every_tax() -> None:
    for pairs, lookups, tax in (
        ({"*": "OUTPUT2"}, tables(), "NONE"),
        ({"*": "OUTPUT2", "untaxed": "ZERORATED"}, tables(), "ZERORATED"),
        ({"*": "OUTPUT"}, tables(accounts=(ROUNDING,)), "BASEXCLUDED"),
    ):
        told = Context(
            settings={"sales_account": "200"},
            facts=FACTS,
            pairs={"tax": pairs},
            lookups=lookups,
        )
        found = items(line("5.00"), told=told, total=Decimal("5.01"))
        assert (found[-1]["TaxType"], found[-1]["TaxAmount"]) == (tax, 0)
