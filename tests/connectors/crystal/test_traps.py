"""Crystal's traps, one test for each, by the number they are known by."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.crystal import CONNECTOR
from integration.canonical.catalog import Category, Product
from integration.canonical.codec import fingerprint
from integration.canonical.kinds import Kind
from integration.errors import BadRecord
from tests.connectors.crystal.connected import Crystal, records


def product(row: Any) -> Product:
    [found] = [record for record in records(row) if isinstance(record, Product)]
    return found


def category(row: Any) -> Category:
    [found] = [record for record in records(row) if isinstance(record, Category)]
    return found


def test_trap_5_a_product_number_is_a_label_and_never_a_key(row: Any) -> None:
    twin = {**row, "id": "00000000-0000-4000-8000-000000000002"}
    assert product(row).reference == product(twin).reference == "RNG-1042"
    assert product(row).keys() == {"sku": row["id"]}
    assert product(row).keys() != product(twin).keys()


def test_trap_7_a_nameless_product_is_called_by_its_number(row: Any) -> None:
    for name in (None, "", "  "):
        assert product({**row, "name": name}).title == "RNG-1042"
    with pytest.raises(BadRecord) as caught:
        product({**row, "name": None, "product_number": None})
    assert caught.value.field == "name"


def test_trap_8_what_is_edited_in_a_shop_never_comes_back_and_that_is_said(
    connected: Crystal,
) -> None:
    assert set(CONNECTOR.writes) == {Kind.ORDER}
    findings = {
        finding.stage: finding for finding in CONNECTOR.probe(connected.client())
    }
    assert "edited in the shop is overwritten" in findings["products"].hint


def test_trap_9_the_sku_is_the_uuid_whatever_else_changes(row: Any) -> None:
    changed = {**row, "product_number": "NEW-1", "name": "Renamed"}
    for found in (product(row), product(changed)):
        [variant] = found.variants
        assert variant.sku == variant.external_id == found.external_id == row["id"]


def test_trap_12_a_renewed_signature_makes_no_new_image(row: Any) -> None:
    address = "https://files.example.test/a/1.jpg?signature="
    first, second = (product({**row, "images": [address + end]}) for end in "ab")
    moved = product({**row, "images": ["https://files.example.test/b/1.jpg"]})
    assert first.images[0].url != second.images[0].url
    assert fingerprint(first) == fingerprint(second) != fingerprint(moved)


def test_trap_13_two_item_types_of_one_name_stay_two_categories(row: Any) -> None:
    other = {**row, "item_type": {"id": "99cd", "name": "Rings"}}
    assert category(row).name == category(other).name
    assert category(row).external_id != category(other).external_id
    for each in (row, other):
        [pointer] = product(each).categories
        assert pointer.external_id == category(each).external_id


def test_trap_14_a_run_outlives_its_token(connected: Crystal) -> None:
    connected.control("catalogue", size=50)
    connected.control("revoke")
    connected.control("settings", token_calls=1)
    pages = list(connected.reader(page_size=10).read("products", None, None))
    assert sum(len(page.items) for page in pages) == 50
    assert len(connected.calls("/token")) >= len(pages) - 1


def test_trap_15_no_weight_is_unknown_and_not_zero(row: Any) -> None:
    [variant] = product(row).variants
    assert variant.weight_g is None
