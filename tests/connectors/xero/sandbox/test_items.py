"""Items: codes, prices of two or four places, and no trace of what is removed."""

import pytest

from tests.connectors.xero.sandbox.caller import Caller


def test_an_item_is_made_found_changed_and_removed(xero: Caller) -> None:
    made = xero.made("Items", {"Code": "CUP", "Name": "Cup"})
    path = f"Items/{made['ItemID']}"
    assert xero.row("Items/CUP")["ItemID"] == made["ItemID"]
    xero.rows_of(xero.post("Items", {"Code": "CUP", "Name": "Big cup"}))
    assert xero.row(path)["Name"] == "Big cup"
    xero.rows_of(xero.call("POST", path, {"Description": "A cup"}))
    assert xero.row(path)["Description"] == "A cup"
    gone = xero.call("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert xero.get(path).status_code == 404
    assert "CUP" not in {row["Code"] for row in xero.rows("Items")}


@pytest.mark.parametrize(
    "element",
    [
        {"Name": "no code"},
        {"Code": "x" * 31},
        {"Code": "MUG-BLU"},
        {"Code": "A", "Name": "x" * 51},
        {"Code": "A", "Description": "x" * 4001},
        {"Code": "A", "SalesDetails": {"UnitPrice": "dear"}},
        {"Code": "A", "SalesDetails": {"AccountCode": "999"}},
        {"Code": "A", "SalesDetails": {"AccountCode": "201"}},
        {"Code": "A", "SalesDetails": {"TaxType": "TAX999"}},
    ],
)
def test_an_item_that_breaks_a_rule_is_refused(xero: Caller, element: object) -> None:
    assert len(xero.faults("Items", element)) == 1


def test_prices_lose_their_third_place_without_unitdp(xero: Caller) -> None:
    details = {"SalesDetails": {"UnitPrice": 1.2345}}
    xero.made("Items", {"Code": "TWO", **details})
    xero.made("Items", {"Code": "FOUR", **details}, unitdp=4)
    prices = {
        row["Code"]: row["SalesDetails"].get("UnitPrice")
        for row in xero.rows("Items", unitdp=4)
    }
    assert (prices["TWO"], prices["FOUR"]) == (1.23, 1.2345)
    assert xero.row("Items/FOUR")["SalesDetails"]["UnitPrice"] == 1.23


def test_stock_cannot_be_set(xero: Caller) -> None:
    made = xero.made("Items", {"Code": "CUP", "QuantityOnHand": 5})
    assert "QuantityOnHand" not in made


def test_an_item_can_be_edited_and_removed_from_outside(xero: Caller) -> None:
    xero.control("edit_item", Code="MUG-BLU", Name="Mug, blue")
    assert xero.row("Items/MUG-BLU")["Name"] == "Mug, blue"
    xero.control("remove_item", Code="MUG-BLU")
    assert xero.get("Items/MUG-BLU").status_code == 404
