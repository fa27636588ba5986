"""What hangs on an item: codes, balances, pictures and prices."""

from __future__ import annotations

import base64
from collections import Counter

from tests.connectors.galaxy.sandbox.caller import Caller, newest


def test_balances_are_split_fractional_and_negative(galaxy: Caller) -> None:
    rows = galaxy.rows("itembalances")
    plain = Counter(row["Code"] for row in rows if "DimensionCode" not in row)
    assert {1, 3} == set(plain.values())
    assert any(row["Balance"] % 1 for row in rows)
    assert any(row["Balance"] < 0 for row in rows)
    plain_row = next(row for row in rows if "DimensionCode" not in row)
    assert set(plain_row) == {"Code", "ItemID", "Balance", "RevisionNumber"}


def test_balances_may_come_without_item_or_number(galaxy: Caller) -> None:
    galaxy.control("set_settings", balances_name_items=False, balances_revised=False)
    rows = galaxy.rows("itembalances", RevisionNumber=10**9)
    assert rows == galaxy.rows("itembalances")
    assert not any({"ItemID", "RevisionNumber"} & row.keys() for row in rows)
    galaxy.control("set_settings", balances_have_ids=True)
    assert len({row["ID"] for row in galaxy.rows("itembalances")}) == len(rows)


def test_barcodes_end_in_the_right_digit(galaxy: Caller) -> None:
    for row in galaxy.rows("itemaltercodes"):
        digits = [int(digit) for digit in row["Code"]]
        assert len(digits) == 13
        assert (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def test_a_picture_is_base64_and_changes_with_its_row(galaxy: Caller) -> None:
    rows = galaxy.rows("itemimages")
    path = f"/api/glx/entities/itemimage/{rows[0]['ID']}"
    before = galaxy.get(path).json()["Image"]
    assert base64.b64decode(before)[:8] == b"\x89PNG\r\n\x1a\n"
    galaxy.control("change_image", id=rows[0]["ID"])
    (changed,) = galaxy.rows("itemimages", RevisionNumber=newest(rows))
    assert changed["ID"] == rows[0]["ID"]
    assert galaxy.get(path).json()["Image"] != before
    assert galaxy.get("/api/glx/entities/itemimage/none").status_code == 404


def test_a_picture_can_be_added(galaxy: Caller) -> None:
    rows = galaxy.rows("itemimages")
    galaxy.control("add_image", code="SH-0001")
    (added,) = galaxy.rows("itemimages", RevisionNumber=newest(rows))
    assert added["ItemID"].lower() == galaxy.row("items", Code="SH-0001")["ID"]


def test_a_price_may_change_in_a_price_list(galaxy: Caller) -> None:
    rows = galaxy.rows("itemprices")
    item = galaxy.row("items", Code="SH-0001")["ID"]
    held = next(row for row in rows if row["ItemID"] == item)
    galaxy.control(
        "change_price", code="SH-0001", price=1.5, pricelist=held["PricelistID"]
    )
    (changed,) = galaxy.rows("itemprices", RevisionNumber=newest(rows))
    assert (changed["ID"], changed["Price"]) == (held["ID"], 1.5)
    assert len(galaxy.rows("itemprices")) == len(rows)


def test_a_combination_s_balance_is_changed_by_its_code(galaxy: Caller) -> None:
    rows = galaxy.rows("itembalances")
    code = "SH-0001-S-KOK"
    galaxy.control("change_balance", code="SH-0001", dimension=code, balance=99)
    (changed,) = galaxy.rows("itembalances", RevisionNumber=newest(rows))
    assert (changed["DimensionCode"], changed["Balance"]) == (code, 99)
    assert galaxy.refused("change_balance", code="SH-0001", balance=1) == 400


def test_one_row_of_a_split_balance_changes_alone(galaxy: Caller) -> None:
    rows = galaxy.rows("itembalances")
    galaxy.control("change_balance", code="SH-0009", row=2, balance=8)
    (changed,) = galaxy.rows("itembalances", RevisionNumber=newest(rows))
    assert changed["Code"] == "SH-0009"
    held = [each for each in galaxy.rows("itembalances") if each["Code"] == "SH-0009"]
    assert len(held) == 3


def test_balances_follow_a_new_code_of_their_item(galaxy: Caller) -> None:
    galaxy.control("change_item", code="SH-0009", Code="SH-9999")
    codes = [row["Code"] for row in galaxy.rows("itembalances")]
    assert (codes.count("SH-9999"), codes.count("SH-0009")) == (3, 0)
