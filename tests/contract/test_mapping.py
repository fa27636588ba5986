"""Field maps: what they make of a row, how they fail, and what changes their digest."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from integration.canonical.catalog import Product, Status, Variant
from integration.canonical.kinds import Kind
from integration.canonical.values import Ref
from integration.contract.mapping import (
    Context,
    FieldMap,
    at,
    choice,
    const,
    derive,
    each,
    joined,
    linked,
    number,
    ref,
)
from integration.errors import BadRecord, MissingLink


def loud(row: Any) -> str:
    return str(row["name"]).upper()


def with_currency(row: Any, context: Context) -> str:
    return f"{row['price']} {context.setting('currency')}"


def explode(row: Any) -> str:
    raise KeyError("deep inside")


VARIANT = FieldMap(Variant, external_id=at("id", str), sku=at("sku", default=""))
PRODUCT = FieldMap(
    Product,
    uses=("currency",),
    external_id=at("id", str),
    title=derive(loud),
    reference=derive(with_currency),
    status=at("state", choice({"on": Status.LIVE, "off": Status.HIDDEN})),
    variants=each("sizes", VARIANT),
)
ROW = {
    "id": 1,
    "name": "mug",
    "price": Decimal("9.90"),
    "state": "on",
    "sizes": [{"id": 2, "sku": "A"}, {"id": 3}],
}
CONTEXT = Context(settings={"currency": "EUR"})


def refused(row: dict[str, Any]) -> BadRecord:
    with pytest.raises(BadRecord) as caught:
        PRODUCT(row, CONTEXT)
    return caught.value


def test_a_row_becomes_a_record() -> None:
    product = PRODUCT(ROW, CONTEXT)
    assert (product.external_id, product.title) == ("1", "MUG")
    assert product.reference == "9.90 EUR"
    assert [variant.sku for variant in product.variants] == ["A", ""]


def test_an_empty_field_without_a_default_names_the_field() -> None:
    assert refused({**ROW, "id": None}).field == "external_id"
    assert refused({**ROW, "id": ""}).code == "field_empty"


def test_an_unknown_word_names_the_words_there_are() -> None:
    error = refused({**ROW, "state": "maybe"})
    assert (error.field, error.code) == ("status", "unknown_word")
    assert "on, off" in error.message


def test_a_bad_element_names_its_place() -> None:
    error = refused({**ROW, "sizes": [{"id": 2}, {"id": None}]})
    assert error.field == "variants[1].external_id"


@pytest.mark.parametrize("sizes", [7, True, {"a": 1}, "no", [1, 2], [None]])
def test_something_else_where_a_list_should_be_names_the_field(sizes: Any) -> None:
    assert refused({**ROW, "sizes": sizes}).field.startswith("variants")


def test_a_function_that_stumbles_names_its_field_and_itself() -> None:
    stumbling = FieldMap(Variant, external_id=derive(explode))
    with pytest.raises(BadRecord) as caught:
        stumbling(ROW, CONTEXT)
    assert (caught.value.field, caught.value.code) == (
        "external_id",
        "field_unreadable",
    )
    assert "explode" in caught.value.message


def test_a_map_is_shown_only_the_settings_it_names() -> None:
    blind = FieldMap(Variant, external_id=derive(with_currency))
    assert blind(ROW, CONTEXT).external_id == "9.90 None"


def test_one_row_may_become_several_records() -> None:
    sizes = FieldMap(Variant, over=lambda row: row["sizes"], external_id=at("id", str))
    assert [v.external_id for v in sizes.records(ROW, CONTEXT)] == ["2", "3"]


def test_a_row_may_be_taken_apart_by_what_the_connection_knows() -> None:
    def chosen(row: Any, context: Context) -> Any:
        return [each for each in row["sizes"] if each["id"] == context.setting("size")]

    sizes = FieldMap(Variant, over=chosen, uses=("size",), external_id=at("id", str))
    context = Context(settings={"size": 3, "other": 1})
    assert [v.external_id for v in sizes.records(ROW, context)] == ["3"]
    with pytest.raises(BadRecord, match="chosen cannot be read") as caught:
        sizes.records({"sizes": [{}]}, context)
    assert caught.value.code == "field_unreadable"


def test_several_lists_are_joined_in_order() -> None:
    both = joined(each("a", VARIANT), each("b", VARIANT))
    found = both({"a": [{"id": 1}], "b": [{"id": 2}]}, CONTEXT)
    assert [variant.external_id for variant in found] == ["1", "2"]


def test_a_pointer_needs_an_id_or_a_key() -> None:
    rule = ref(Kind.VARIANT, "id", sku="sku")
    assert rule({"id": 5, "sku": "A"}, CONTEXT) == Ref(Kind.VARIANT, "5", {"sku": "A"})
    assert rule({"sku": "A"}, CONTEXT) == Ref(Kind.VARIANT, "", {"sku": "A"})
    assert rule({}, CONTEXT) is None


def test_a_pointer_to_what_is_not_linked_asks_for_it() -> None:
    known = Context(ids={("category", "c1"): "77"})
    thing = {"one": Ref(Kind.CATEGORY, "c1"), "other": Ref(Kind.CATEGORY, "c2")}
    assert linked("one")(thing, known) == "77"
    with pytest.raises(MissingLink) as caught:
        linked("other")(thing, known)
    assert caught.value.external_id == "c2"


def test_dotted_fields_of_a_payload_nest() -> None:
    payload: FieldMap[dict[str, Any]] = FieldMap(dict).extended(
        {"a.b": const(1), "a.c": const(2), "d": at("name")}
    )
    assert payload(ROW, CONTEXT) == {"a": {"b": 1, "c": 2}, "d": "mug"}


@pytest.mark.parametrize(
    ("value", "exact"),
    [("1.10", "1.10"), (5, "5"), (Decimal("0.005"), "0.005"), (" 7 ", "7")],
)
def test_numbers_are_exact(value: Any, exact: str) -> None:
    assert str(number(value)) == exact


@pytest.mark.parametrize("value", [True, None, "", "x", "NaN", "Infinity", 1.5, [1]])
def test_what_is_no_number_is_none(value: Any) -> None:
    with pytest.raises(ValueError, match="not a number"):
        number(value)


def digest(fieldmap: FieldMap[Any], **settings: str) -> bytes:
    return fieldmap.digest(Context(settings=settings))


def test_a_digest_covers_rules_functions_settings_and_version() -> None:
    plain = digest(PRODUCT, currency="EUR")
    assert digest(PRODUCT, currency="EUR", unused="x") == plain
    others = [
        digest(PRODUCT, currency="SEK"),
        digest(PRODUCT.extended({"title": at("name")}), currency="EUR"),
        digest(PRODUCT.extended({"summary": const("new")}), currency="EUR"),
        digest(
            FieldMap(Product, uses=("currency",), version=2, **PRODUCT.rules),
            currency="EUR",
        ),
        digest(
            PRODUCT.extended(
                {
                    "variants": each(
                        "sizes", VARIANT.extended({"sku": at("code", default="")})
                    )
                }
            ),
            currency="EUR",
        ),
        digest(
            PRODUCT.extended({"status": at("state", choice({"on": Status.HIDDEN}))}),
            currency="EUR",
        ),
    ]
    assert len({plain, *others}) == 1 + len(others)


def test_a_map_prints_as_a_table() -> None:
    rows = dict(PRODUCT.describe())
    assert rows["title"] == "loud"
    assert rows["external_id"] == "id as text"
    assert rows["status"].startswith("state as one of on→live")
    assert rows["variants"] == "each of sizes"
