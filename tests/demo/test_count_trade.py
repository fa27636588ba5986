"""What is counted is what the platforms hold, each thing against its own order."""

from __future__ import annotations

from typing import Any

from integration.demo import count_trade
from integration.demo.buyers import Buyers
from integration.demo.trade import Trade


def shelve(trade: Trade, **other: Any) -> str:
    """Put Galaxy's first plain item into the shop by hand; its SKU."""
    item = next(
        row
        for row in trade.galaxy.rows("items")
        if not row["ItemDimensionCombinations"]
    )
    there = sum(
        row["Balance"]
        for row in trade.galaxy.rows("itembalances")
        if row["ItemID"].lower() == item["ID"].lower()
    )
    row = {
        "sku": item["Code"],
        "name": item["Description"],
        "regular_price": str(item["ItemPrice"]),
        "manage_stock": True,
        "stock_quantity": max(0, int(there)),
    }
    trade.sandbox.ask("woocommerce", "seed", {"products": [{**row, **other}]})
    return str(item["Code"]).lower()


def test_an_empty_shop_has_nothing_in_step(trade: Trade) -> None:
    found = count_trade.items(trade.galaxy, trade.shop, {}, trade.tenant)
    assert (found.source, found.in_step, found.refused) == (52, 0, 0)
    assert len(found.astray) == found.source


def test_an_item_shown_as_it_is_counts(trade: Trade) -> None:
    shelve(trade)
    assert count_trade.items(trade.galaxy, trade.shop, {}, trade.tenant).in_step == 1


def test_an_item_shown_otherwise_is_astray_with_the_reason(trade: Trade) -> None:
    sku = shelve(trade, regular_price="0.01")
    found = count_trade.items(trade.galaxy, trade.shop, {}, trade.tenant)
    assert found.in_step == 0
    [reason] = [line for line in found.astray if "price is" in line]
    assert sku in reason.lower()


def test_what_was_sold_since_is_missed_from_the_shelf(trade: Trade) -> None:
    sku = shelve(trade)
    sold = count_trade.items(trade.galaxy, trade.shop, {sku: 1}, trade.tenant)
    assert sold.in_step == 0
    assert any("stock is" in line for line in sold.astray)


def test_an_order_nobody_booked_is_astray_everywhere(trade: Trade) -> None:
    buyers = Buyers(trade.shop)
    stock = {"manage_stock": True, "stock_quantity": 90, "regular_price": "9.00"}
    goods = [{"name": f"Mug {n}", "sku": f"MUG-{n}", **stock} for n in range(3)]
    trade.sandbox.ask("woocommerce", "seed", {"products": goods})
    buyers.come()
    [number] = buyers.buy(1)
    assert sum(buyers.sold().values()) > 0
    for found in (
        count_trade.invoices(trade.xero, buyers.placed),
        count_trade.payments(trade.xero, buyers.placed),
        count_trade.entries(trade.galaxy, buyers.placed),
    ):
        assert (found.posted, found.duplicated) == (0, 0)
        assert number in found.astray[0]


def test_two_contacts_of_one_e_mail_are_one_too_many(trade: Trade) -> None:
    assert count_trade.doubles(trade.xero) == (0, 0)
    for name, email in (("Ann Ek", "ann@example.com"), ("A. Ek", "ANN@example.com")):
        contact = {"Name": name, "EmailAddress": email}
        organisation = {"organisation": trade.xero.organisation}
        trade.sandbox.ask("xero", "add_contact", {**organisation, **contact})
    assert count_trade.doubles(trade.xero) == (1, 0)
