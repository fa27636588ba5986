"""What a route's filters let through."""

from __future__ import annotations

from typing import Any

import pytest

from integration.canonical.catalog import Product, Variant
from integration.contract.messages import Raw
from integration.engine import filters
from integration.engine.detect import Bundle
from integration.models import Route

MUG = Product(
    external_id="1",
    title="Mug",
    tags=("red", "small"),
    variants=(Variant(external_id="1", sku="M"),),
    attributes={"season": "autumn", "grade": 3},
)


@pytest.mark.parametrize(
    ("given", "passes"),
    [
        ({}, True),
        ({"product.title": ["Mug"]}, True),
        ({"product.title": ["Cup", "Mug"]}, True),
        ({"product.title": ["mug"]}, False),
        ({"product.title": []}, False),
        ({"product.tags[1]": ["small"]}, True),
        ({"product.attributes.season": ["autumn"]}, True),
        ({"product.attributes.grade": ["3"]}, True),
        ({"product.attributes.colour": ["red"]}, False),
        ({"product.title": ["Mug"], "product.tags[0]": ["blue"]}, False),
        ({"order.number": ["1"]}, False),
        # What cannot be taken apart like that holds nothing that fits.
        ({"product.variants[0].sku[1]": ["M"]}, False),
        ({"product.variants[sku=M].position[0]": ["1"]}, False),
        ({"product.title[a=b]": ["Mug"]}, False),
    ],
)
def test_a_row_passes_where_every_filter_has_one_of_its_words(
    given: dict[str, Any], passes: bool
) -> None:
    bundle = Bundle(Raw("1", b"{}"), [MUG])
    assert filters.fits(Route(filters=given), bundle) is passes
