"""Items of Galaxy arrive in the shop with all that belongs to them."""

from decimal import Decimal
from html import unescape

from tests.depot_and_shop import Depot, combinations
from tests.road import Row


def shelves(depot: Depot, item: Row) -> set[str]:
    """The names of the categories an item stands below, to the top."""
    rows = {row["ID"]: row for row in depot.rows("itemcategories")}
    found: set[str] = set()
    for link in item["ItemCategories"]:
        if link["CategoryRootID"] in depot.shown:
            place = link["CategoryLeafID"]
            while place:
                found.add(rows[place]["Description"])
                place = rows[place]["ParentNodeID"]
    return found


def balance(depot: Depot, item: Row) -> Decimal:
    """What Galaxy has of an item, all places together."""
    rows = depot.parts("itembalances", item)
    return sum((Decimal(str(row["Balance"])) for row in rows), Decimal(0))


def test_every_item_is_there_with_text_price_stock_and_shelves(depot: Depot) -> None:
    depot.in_step()
    plain = depot.plain()
    assert depot.road.shelf().keys() == {item["Code"] for item in plain}
    assert len(plain) == 44
    for item in plain:
        there = depot.product(item)
        assert unescape(there["name"]) == item["Description"]
        assert unescape(there["description"]) == (item["ExtDescription"] or "")
        assert Decimal(there["regular_price"]) == Decimal(str(item["ItemPrice"]))
        assert there["stock_quantity"] == max(0, int(balance(depot, item)))
        names = {unescape(category["name"]) for category in there["categories"]}
        assert names == shelves(depot, item)


def test_the_tree_of_categories_is_there_as_it_stands_in_galaxy(depot: Depot) -> None:
    depot.in_step()
    rows = {row["ID"]: row for row in depot.rows("itemcategories")}
    terms = {
        row["id"]: row
        for row in depot.shop_front.ledger("terms")
        if row["slug"] != "uncategorized"
    }
    above = {
        unescape(term["name"]): unescape(terms[term["parent"]]["name"])
        for term in terms.values()
        if term["parent"]
    }
    for item in depot.plain():
        for name in shelves(depot, item):
            [row] = [row for row in rows.values() if row["Description"] == name]
            parent = rows.get(row["ParentNodeID"] or "")
            assert above.get(name) == (parent["Description"] if parent else None)
    assert len(above) >= 10


def test_items_with_combinations_are_held_in_every_form(depot: Depot) -> None:
    merchant = depot.in_step()
    varied = [item for item in depot.items() if combinations(item)]
    held = depot.held(merchant.crystal, "product")
    for item in varied:
        forms = held[item["ID"]].variants
        assert [each.sku for each in forms] == [
            each["Code"] for each in combinations(item)
        ]
        assert forms[0].options == (("Μέγεθος", "Μικρό"), ("Χρώμα", "Κόκκινο"))
    # The shop takes products of one form; each other one is one open error.
    assert [error.code for error in merchant.errors()] == ["several_variants"] * 8
    assert {error.external_id for error in merchant.errors()} == {
        item["ID"] for item in varied
    }


def test_barcodes_and_attributes_go_where_the_merchant_says(depot: Depot) -> None:
    depot.show_only("Υπόδηση")
    merchant = depot.merchant()
    merchant.point(merchant.shop, "global_unique_id", "variants[0].barcode")
    merchant.point(merchant.shop, "meta_data.care", "attributes.Οδηγίες φροντίδας")
    depot.start(merchant)
    told: set[str] = set()
    for item in depot.plain():
        there = depot.product(item)
        [code] = depot.parts("itemaltercodes", item)
        assert there["global_unique_id"] == code["Code"]
        told |= {row["value"] for row in there["meta_data"] if row["key"] == "care"}
    assert told == {"Πλύσιμο στους 30°"}


def test_pictures_are_fetched_where_they_have_a_public_address(depot: Depot) -> None:
    depot.show_only("Τρόφιμα")
    merchant = depot.in_step()
    count = {item["Code"]: depot.parts("itemimages", item) for item in depot.plain()}
    assert {len(rows) for rows in count.values()} == {0, 1, 2}
    for code, rows in count.items():
        assert len(depot.road.shelf()[code]["images"]) == len(rows)
    assert merchant.errors() == []
