"""A stock that Galaxy splits over several rows is one stock."""

from decimal import Decimal

import pytest

from tests.depot_and_shop import Depot


@pytest.mark.parametrize(
    "shape",
    [
        {"balances_have_ids": True},
        {"balances_have_ids": False},
        {"balances_name_items": False, "balances_revised": False},
    ],
)
def test_the_rows_of_one_item_are_added_up(
    pantry: Depot, shape: dict[str, bool]
) -> None:
    pantry.galaxy.do("set_settings", **shape)
    merchant = pantry.in_step()
    item = next(
        item for item in pantry.plain() if len(pantry.parts("itembalances", item)) == 3
    )

    def summed() -> int:
        rows = pantry.parts("itembalances", item)
        return int(sum((Decimal(str(row["Balance"])) for row in rows), Decimal(0)))

    assert pantry.product(item)["stock_quantity"] == summed()
    before = summed()
    pantry.galaxy.do("change_balance", id=item["ID"], row=1, balance=40)
    pantry.wait(hours=2)
    assert summed() > before
    assert pantry.product(item)["stock_quantity"] == summed()
    assert len(pantry.shop_front.writes()) == 1
    assert merchant.errors() == []


def test_below_zero_is_none_in_the_shop_and_true_in_weft(pantry: Depot) -> None:
    merchant = pantry.in_step()
    item = next(
        item for item in pantry.plain() if len(pantry.parts("itembalances", item)) == 1
    )
    pantry.galaxy.do("change_balance", id=item["ID"], balance=-3.5)
    pantry.wait(hours=2)
    assert pantry.product(item)["stock_quantity"] == 0
    held = pantry.held(merchant.crystal, "stock")
    assert held[item["ID"]].available == Decimal("-3.5")
