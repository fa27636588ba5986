"""Places inside a row: what a path finds, and what it must never find."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.canonical.catalog import Variant
from integration.contract import paths

ROW: dict[str, Any] = {
    "id": 7,
    "vendor": {"name": "Ann", "none": None},
    "prices": [{"key": "rrp", "value": "9.90"}, {"key": 5, "value": "5"}],
    "tags": ["a", "b"],
    "empty": [],
}

FOUND: list[tuple[str, Any]] = [
    ("id", 7),
    ("vendor.name", "Ann"),
    ("prices[key=rrp].value", "9.90"),
    ("prices[key=5].value", "5"),
    ("prices[0].key", "rrp"),
    ("tags[1]", "b"),
    ("tags", ["a", "b"]),
]
MISSING = [
    "nowhere",
    "vendor.none.deeper",
    "vendor.name.deeper",
    "prices[key=other].value",
    "prices[9].value",
    "empty[0]",
    "tags[0].count",
    "tags.count",
    "vendor.name.title",
    "id.real",
]


@pytest.mark.parametrize(("path", "value"), FOUND)
def test_a_path_finds_what_is_there(path: str, value: Any) -> None:
    assert paths.read(ROW, path) == value


@pytest.mark.parametrize("path", MISSING)
def test_a_path_to_nothing_is_nothing(path: str) -> None:
    assert paths.read(ROW, path) is None


@pytest.mark.parametrize("path", ["a..b", "a[b", "a]b", "[", "a[x]", "a."])
def test_a_path_that_cannot_be_read_is_refused_when_it_is_written(path: str) -> None:
    with pytest.raises(ValueError, match=r"path|literal"):
        paths.steps(path)


def test_a_path_reads_records_as_well() -> None:
    variant = Variant(external_id="1", sku="A-1", options=(("size", "L"),))
    assert paths.read(variant, "sku") == "A-1"
    assert paths.read(variant, "options[0][1]") == "L"
    assert paths.read(variant, "nowhere") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abcde"), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON, st.sampled_from(["a", "a.b", "a.b.c", "a[0]", "a[0].b", "a[b=1].c"]))
def test_no_json_makes_a_good_path_fail_but_as_unreadable(row: Any, path: str) -> None:
    try:
        found = paths.read(row, path)
    except (TypeError, LookupError, ValueError):
        return
    assert not callable(found)
