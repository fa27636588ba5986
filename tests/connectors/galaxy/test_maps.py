"""Galaxy's maps: what items and customers become, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.galaxy import CONNECTOR
from integration.canonical.catalog import Category, Price, Product, Stock
from integration.canonical.parties import Customer
from integration.canonical.record import Record
from integration.canonical.shop import Entry
from integration.contract.context import Table
from integration.contract.mapping import Context
from integration.errors import BadConfig, BadRecord, UnknownEntry
from integration.http.body import parse
from tests.connectors.galaxy.connected import FIXTURES, Copy, Galaxy
from tests.connectors.galaxy.subject import entry, tables

CONTEXT = Context(lookups=tables(), settings={"zone": "Europe/Athens"})


def source(name: str) -> Any:
    return parse((FIXTURES / f"{name}.raw.json").read_bytes())


def records(source: Any, stream: str = "items", **given: Any) -> list[Record]:
    settings = {**CONTEXT.settings, **given}
    context = Context(lookups=CONTEXT.lookups, settings=settings)
    maps = CONNECTOR.stream(stream).maps
    return [record for each in maps for record in each.records(source, context)]


def product(source: Any, **given: Any) -> Product:
    [found] = [each for each in records(source, **given) if isinstance(each, Product)]
    return found


def of(kind: type[Any], source: Any, **given: Any) -> list[Any]:
    return [each for each in records(source, **given) if isinstance(each, kind)]


@pytest.fixture
def shoe() -> Any:
    return source("product__sheet")


@pytest.fixture
def tee() -> Any:
    return source("product__combined")


@pytest.fixture
def baker() -> Any:
    return source("customer__sheet")


def linked(shoe: Any, **fields: Any) -> Any:
    """The shoe with one attribute of these fields."""
    link = {"ID": "x", "AttrID": "at1…", "FldAttrValueID": None, **fields}
    return {**shoe, "row": {**shoe["row"], "ItemAttributes": [link]}}


def test_an_item_is_filed_under_its_leaf_and_all_above(shoe: Any) -> None:
    assert [each.name for each in of(Category, shoe)] == ["Υπόδηση", "Πάνινα"]
    leaf, root = product(shoe).categories
    assert (leaf.external_id, root.external_id) == ("l9…", "r1…")


def test_a_tree_of_any_depth_is_walked(shoe: Any) -> None:
    entries = [
        entry("itemcategories", f"n{n}", f"N {n}", parent=f"n{n - 1}" if n else "")
        for n in range(40)
    ]
    shoe["row"]["ItemCategories"] = [{"CategoryRootID": "n0", "CategoryLeafID": "N39"}]
    context = Context(lookups={**CONTEXT.lookups, "itemcategories": Table.of(entries)})
    category = CONNECTOR.stream("items").maps[0]
    names = [each.name for each in category.records(shoe, context)]
    assert names == [f"N {n}" for n in range(40)]


def test_a_tree_that_bites_its_tail_is_a_bad_record(shoe: Any) -> None:
    entries = [
        entry("itemcategories", "l9…", "A", parent="b"),
        entry("itemcategories", "b", "B", parent="l9…"),
    ]
    context = Context(lookups={**CONTEXT.lookups, "itemcategories": Table.of(entries)})
    with pytest.raises(BadRecord, match="above itself"):
        CONNECTOR.stream("items").maps[0].records(shoe, context)


def test_of_several_links_the_companys_comes_first_and_a_root_picks(shoe: Any) -> None:
    general = {"CategoryRootID": "size", "CategoryLeafID": "r1…", "IsPerCompany": 0}
    shoe["row"]["ItemCategories"] = [general, *shoe["row"]["ItemCategories"]]
    assert product(shoe).categories[0].external_id == "l9…"
    picked = product(shoe, category_root="SIZE").categories
    assert [each.external_id for each in picked] == ["r1…"]


def test_an_id_no_table_holds_asks_for_that_table(shoe: Any) -> None:
    shoe["row"]["ItemCategories"][0]["CategoryLeafID"] = "new"
    with pytest.raises(UnknownEntry) as caught:
        records(shoe)
    assert caught.value.table == "itemcategories"
    del shoe["row"]["ItemCategories"]
    shoe["row"]["ItemAttributes"][0]["FldAttrValueID"] = "new"
    with pytest.raises(UnknownEntry) as caught:
        records(shoe)
    assert caught.value.table == "itemattributes"


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"FldAttrValueID": "V2…", "FldString": "typed"}, "Μπλε"),
        ({"FldString": "typed"}, "typed"),
        ({"FldDecimal": Decimal("1.50")}, "1.50"),
        ({"FldBoolean": 1}, True),
        ({"FldBoolean": 0}, False),
        ({"FldDateTime": "2025-03-04T00:00:00"}, "2025-03-04"),
        ({"FldDateTime": "/Date(1741076100000)/"}, "2025-03-04T10:15:00+02:00"),
    ],
)
def test_an_attribute_is_its_listed_value_else_the_typed_one(
    shoe: Any, fields: Any, value: Any
) -> None:
    assert product(linked(shoe, **fields)).attributes["Χρώμα"] == value


@pytest.mark.parametrize("fields", [{}, {"FldDateTime": "0001-01-01T00:00:00"}])
def test_an_attribute_without_a_value_is_left_out(shoe: Any, fields: Any) -> None:
    assert "Χρώμα" not in product(linked(shoe, **fields)).attributes


def test_combinations_are_variants_with_their_own_code_price_and_stock(
    tee: Any,
) -> None:
    medium, large = product(tee).variants
    assert (medium.sku, large.sku) == ("TS-02-M", "TS-02-L")
    assert medium.options == (("Μέγεθος", "Μεσαίο"),)
    assert (medium.barcode, large.barcode) == ("", "5200000000002")
    prices = [each.money.amount for each in of(Price, tee)]
    assert prices == [Decimal(15), Decimal("17.5")]
    assert [each.available for each in of(Stock, tee)] == [3, 4]
    assert medium.external_id == "e2/c1"


def test_combinations_may_be_called_otherwise(tee: Any) -> None:
    row = tee["row"]
    row["Sizes"] = [
        {"Key": "C9", "ID": "C9", "Sku": "X", "Dims": [{"D": "SIZE", "V": "M"}]}
    ]
    fields = "Sizes, Dims, D, V, Sku"
    [variant] = product(tee, variant_fields=fields).variants
    assert (variant.sku, variant.options) == ("X", (("Μέγεθος", "Μεσαίο"),))
    with pytest.raises(BadConfig) as caught:
        product(tee, variant_fields="Sizes")
    assert caught.value.field == "variant_fields"


def test_rows_of_one_code_are_summed_fractions_and_debts_kept(shoe: Any) -> None:
    [stock] = of(Stock, shoe)
    assert stock.available == Decimal("5.5")
    shoe["itembalances"] = [{"Code": "SH-01", "Balance": Decimal("-3.25")}]
    assert of(Stock, shoe)[0].available == Decimal("-3.25")
    shoe["itembalances"] = []
    assert of(Stock, shoe)[0].available == 0


def test_the_sku_weight_and_tax_are_as_set(shoe: Any) -> None:
    shoe["row"]["LightCrmCode"] = "CRM-1"
    assert product(shoe).variants[0].sku == "SH-01"
    assert product(shoe, sku_field="LightCrmCode").variants[0].sku == "CRM-1"
    assert product(shoe).variants[0].weight_g == 800
    assert product(shoe, weight_unit="g").variants[0].weight_g == Decimal("0.8")
    assert of(Price, shoe)[0].tax_included is True
    assert of(Price, shoe, prices_include_tax=False)[0].tax_included is False
    assert of(Price, shoe, currency="SEK")[0].money.currency == "SEK"


def test_a_price_may_come_from_a_price_list(shoe: Any) -> None:
    shoe["itemprices"] = [
        {"ItemID": "E1…", "PricelistID": "P1", "Price": Decimal("31.10")},
        {"ItemID": "E1…", "PricelistID": "P2", "Price": Decimal("29.90")},
    ]
    assert of(Price, shoe, price_list="p2")[0].money.amount == Decimal("29.90")
    assert of(Price, shoe)[0].money.amount == Decimal("49.90")
    shoe["row"]["ItemPrice"] = Decimal(-1)
    with pytest.raises(BadRecord, match="below zero"):
        records(shoe)


def test_pictures_have_their_id_for_an_address_or_the_merchants_own(shoe: Any) -> None:
    plain = product(shoe, base_url="https://erp.example.test/g")
    assert [each.url for each in plain.images] == ["picture:p1"]
    public = product(shoe, image_base_url="https://cdn.example.test/p")
    assert [each.url for each in public.images] == ["https://cdn.example.test/p/p1"]
    assert [each.key for each in public.images] == [each.key for each in plain.images]
    shoe["itemimages"][0]["RevisionNumber"] = 10
    again = product(shoe, image_base_url="https://cdn.example.test/p")
    assert again.images[0].key != public.images[0].key


def customer(source: Any) -> Customer:
    [found] = records(source, "customers")
    assert isinstance(found, Customer)
    return found


def test_of_a_site_the_newest_state_counts_wherever_it_came(baker: Any) -> None:
    nested = baker["row"]["CustomerSites"][0]
    baker["customersites"] = [
        {**nested, "ID": "B7D1…", "Street": "New", "RevisionNumber": 9000}
    ]
    assert [each.line1 for each in customer(baker).addresses] == ["New 7"]
    baker["customersites"][0]["RevisionNumber"] = 1
    assert [each.line1 for each in customer(baker).addresses] == ["Harbour 7"]


def test_a_customer_may_have_any_number_of_sites(baker: Any) -> None:
    main = baker["row"]["CustomerSites"][0]
    bills = {**main, "ID": "s2", "IsPrimary": 0, "IsBilling": 1, "Street": "Office"}
    bills |= {"PricelistID": "PL", "DiscountPercent": Decimal("2.5")}
    baker["customersites"] = [
        bills,
        {**main, "ID": "s3", "IsPrimary": 0, "Street": "C"},
    ]
    found = customer(baker)
    assert found.billing is not None
    assert found.shipping is not None
    assert (found.billing.line1, found.shipping.line1) == ("Office 7", "Harbour 7")
    assert [each.key for each in found.addresses] == ["s2", "b7d1…", "s3"]
    assert (found.price_list, found.discount_percent) == ("pl", Decimal("2.5"))


@pytest.mark.parametrize(
    ("code", "iso"), [("EL", "GR"), ("GR", "GR"), ("uk", "GB"), ("GRC", ""), ("30", "")]
)
def test_a_country_is_iso_or_nothing(baker: Any, code: str, iso: str) -> None:
    known = entry("countries", "3b1f…", "Somewhere", code)
    tables = {**CONTEXT.lookups, "countries": Table.of([known])}
    [found] = (
        CONNECTOR.stream("customers").maps[0].records(baker, Context(lookups=tables))
    )
    assert found.billing.country == iso


def test_nobodys_id_is_no_id(baker: Any) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    baker["row"]["CustomerSites"][0] |= {"CityID": nobody, "CountryID": nobody}
    found = customer(baker)
    assert found.billing is not None
    assert (found.billing.city, found.billing.country) == ("", "")


def test_attributes_and_their_values_are_entries_of_one_table() -> None:
    row = {
        "ID": "AT1",
        "Code": "COL",
        "Description": "Χρώμα",
        "Kind": 7,
        "AttrValues": [
            {"ID": "V1", "Code": "R", "Description": "Κόκκινο", "Color": -1}
        ],
        "AttrLanguages": [{"ID": "L1"}],
        "RevisionNumber": 0,
    }
    for table in ("itemattributes", "itemdimensions"):
        [fieldmap] = CONNECTOR.stream(table).maps
        attribute, value = fieldmap.records(row, Context())
        assert isinstance(attribute, Entry)
        assert (attribute.external_id, attribute.data) == ("at1", {"Kind": 7})
        assert (value.external_id, value.parent) == ("at1/v1", "at1")
        assert (value.name, value.data["Color"]) == ("Κόκκινο", -1)


def test_a_place_names_the_one_it_lies_in() -> None:
    [cities] = CONNECTOR.stream("cities").maps
    [city] = cities.records({"ID": "C", "Code": "ATH", "PrefectureID": "P"}, Context())
    assert city.parent == "p"


def test_every_item_and_customer_of_an_installation_is_mapped(galaxy: Galaxy) -> None:
    copy, context = Copy(galaxy.reader()), galaxy.context()
    for stream in ("items", "customers"):
        for part in CONNECTOR.stream(stream).parts:
            copy.pull(part)
        copy.pull(stream)
        for external_id in copy.rows[stream]:
            assert copy.records(stream, external_id, context)
    split = next(raw for raw in copy.rows["items"].values() if raw.owner == "SH-0009")
    [stock] = [
        each
        for each in copy.records("items", split.external_id, context)
        if isinstance(each, Stock)
    ]
    assert stock.available == sum(
        Decimal(str(row["Balance"]))
        for row in galaxy.ledger()["itembalances"]
        if row["Code"] == "SH-0009"
    )
