"""A merchant's own rows of a map: attributes, re-pointed fields, payload fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from integration.canonical.catalog import Product, Variant
from integration.canonical.codec import decode, encode
from integration.contract.mapping import Context, FieldMap, at, derive
from integration.contract.overrides import FUNCTIONS, Row, read_map, write_map
from integration.errors import BadRecord


def own_code(row: Any) -> dict[str, str]:
    return {"code": row["code"]}


PRODUCT = FieldMap(
    Product,
    external_id=at("id", str),
    title=at("name"),
    attributes=derive(own_code),
)
ROW: dict[str, Any] = {
    "id": 1,
    "code": "C-1",
    "name": "Mug",
    "maker": {"name": " Ann ", "tags": ["a", "b"]},
    "number": 77,
    "weight": Decimal("12.50"),
    "hot": "yes",
    "labels": "red, blue",
}


def read(*rows: Row, source: dict[str, Any] | None = None) -> Product:
    product = read_map(PRODUCT, rows)(source or ROW, Context())
    # Whatever it holds must survive being stored.
    assert decode(product.kind, encode(product)) == product
    return product


def test_an_unknown_field_becomes_an_attribute_beside_the_map_s_own() -> None:
    found = read(Row("maker", "maker.name", "strip"), Row("size", "number")).attributes
    assert found == {"code": "C-1", "maker": "Ann", "size": 77}


def test_a_number_with_a_fraction_is_kept_as_text() -> None:
    assert read(Row("weight", "weight")).attributes["weight"] == "12.50"


def test_an_attribute_that_is_nowhere_is_none() -> None:
    assert read(Row("nowhere", "not.there")).attributes["nowhere"] is None


def test_a_list_or_an_object_has_no_place_in_an_attribute() -> None:
    for path in ("maker", "maker.tags"):
        with pytest.raises(BadRecord) as caught:
            read(Row("made", path))
        assert caught.value.field == "attributes.made"


def test_a_known_field_is_re_pointed_and_keeps_its_type() -> None:
    assert read(Row("title", "maker.name", "upper")).title == " ANN "
    assert read(Row("title", "number")).title == "77"
    assert read(Row("tags", "labels", "list")).tags == ("red", "blue")
    assert read(Row("tags", "maker.tags")).tags == ("a", "b")


def test_a_re_pointed_field_without_a_value_has_its_default_or_is_a_bad_record() -> (
    None
):
    assert read(Row("summary", "nowhere")).summary == ""
    assert read(Row("tags", "nowhere")).tags == ()
    with pytest.raises(BadRecord) as caught:
        read(Row("title", "nowhere"))
    assert caught.value.field == "title"


@pytest.mark.parametrize(
    "row",
    [
        Row("title", "maker"),
        Row("published", "labels"),
        Row("variants", "maker"),
        Row("images", "labels", "list"),
        Row("status", "labels"),
    ],
)
def test_what_does_not_fit_a_field_is_a_bad_record_that_names_it(row: Row) -> None:
    with pytest.raises(BadRecord) as caught:
        read(row)
    assert caught.value.field.startswith(row.field)


def test_truth_may_be_written_as_platforms_write_it() -> None:
    assert (
        read(Row("published", "off"), source={**ROW, "off": "false"}).published is False
    )


def test_a_payload_gets_fields_of_its_own_nested_where_dotted() -> None:
    payload: FieldMap[dict[str, Any]] = FieldMap(dict, name=at("title"))
    product = Product(external_id="1", title="Mug", attributes={"maker": "Ann"})
    rows = [
        Row("meta_data.maker", "attributes.maker", "upper"),
        Row("meta_data.sku", "variants[0].sku"),
    ]
    assert write_map(payload, rows)(product, Context()) == {
        "name": "Mug",
        "meta_data": {"maker": "ANN", "sku": None},
    }


@pytest.mark.parametrize("make", [read_map, write_map])
def test_a_row_that_cannot_be_read_is_refused_when_it_is_written(make: Any) -> None:
    with pytest.raises(ValueError, match="path"):
        make(PRODUCT, [Row("a", "b..c")])
    with pytest.raises(ValueError, match="strip"):
        make(PRODUCT, [Row("a", "b", "os.system")])


def test_every_named_function_takes_text_and_numbers() -> None:
    for name, function in FUNCTIONS.items():
        for value in ("12", 12, Decimal("1.5")):
            assert function(value) is not None, name


def test_no_rows_leave_the_map_alone() -> None:
    assert read_map(PRODUCT, []) is PRODUCT
    assert write_map(PRODUCT, []) is PRODUCT


def test_every_row_changes_the_digest_and_the_printed_table() -> None:
    maps = [
        PRODUCT,
        read_map(PRODUCT, [Row("maker", "maker.name")]),
        read_map(PRODUCT, [Row("maker", "maker.other")]),
        read_map(PRODUCT, [Row("maker", "maker.name", "upper")]),
        read_map(PRODUCT, [Row("title", "code")]),
        read_map(PRODUCT, [Row("title", "code", "lower")]),
    ]
    assert len({each.digest(Context()) for each in maps}) == len(maps)
    assert len({str(each.describe()) for each in maps}) == len(maps)


def test_a_variant_has_attributes_too() -> None:
    variant = FieldMap(Variant, external_id=at("id", str))
    found = read_map(variant, [Row("hot", "hot")])(ROW, Context())
    assert found.attributes == {"hot": "yes"}
