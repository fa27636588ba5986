"""Cutting a list that comes in parts: every element whole, whatever it holds."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.http.body import Unreadable
from integration.http.elements import Elements
from integration.http.rules import HttpRules

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


def cut(body: bytes, size: int = 7, **rules: int) -> list[bytes]:
    """The elements of a list that arrives so many bytes at a time."""
    elements = Elements(HttpRules(**rules))  # type: ignore[arg-type]
    found: list[bytes] = []
    for begin in range(0, len(body), size):
        found.extend(elements.feed(body[begin : begin + size]))
    elements.end()
    return found


@given(st.lists(JSON, max_size=6), st.integers(1, 40), st.booleans(), st.booleans())
def test_elements_are_those_of_the_list_however_it_arrives(
    listed: list[object], size: int, spaced: bool, escaped: bool
) -> None:
    body = json.dumps(listed, indent=2 if spaced else None, ensure_ascii=escaped)
    data = body.encode("utf-8", "replace")
    expected = [bytes(raw) for raw in msgspec.json.decode(data, type=list[msgspec.Raw])]
    assert [json.loads(each) for each in cut(data, size)] == [
        json.loads(each) for each in expected
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_what_looks_like_shape_inside_a_text_is_text(size: int) -> None:
    texts = ['"],[{', "\\", 'a\\"', "]}", ",,", "\\\\", "Ωμέγα"]
    body = json.dumps([{"t": text} for text in texts], ensure_ascii=False).encode()
    assert [json.loads(each)["t"] for each in cut(body, size)] == texts


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize("body", [b"[]", b" [ ] \n", b"[{}]", b'[1, "a" ,[2]]\r\n'])
def test_small_lists_end_well(body: bytes, size: int) -> None:
    assert [json.loads(each) for each in cut(body, size)] == json.loads(body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{}", "not_json"),
        (b"<html>", "not_json"),
        (b"", "truncated"),
        (b"[", "truncated"),
        (b'[{"a": 1}', "truncated"),
        (b'[{"a": "1', "truncated"),
        (b"[1,]", "not_json"),
        (b"[,1]", "not_json"),
        (b"[1][2]", "not_json"),
        (b"[1] x", "not_json"),
    ],
)
@pytest.mark.parametrize("size", [1, 100])
def test_what_is_no_whole_list_is_refused(body: bytes, code: str, size: int) -> None:
    with pytest.raises(Unreadable) as caught:
        cut(body, size)
    assert caught.value.code == code


def test_an_element_is_bounded_in_size_and_depth() -> None:
    large = b'["' + b"x" * 5_000 + b'"]'
    with pytest.raises(Unreadable) as caught:
        cut(large, 100, max_bytes=1_000)
    assert caught.value.code == "too_large"
    with pytest.raises(Unreadable) as caught:
        cut(b"[" * 30 + b"]" * 30, max_depth=20)
    assert caught.value.code == "too_deep"


def test_half_a_character_is_shown_as_unknown() -> None:
    assert cut(b'[{"a": "\\ud83d"}]') == [b'{"a": "\\ufffd"}']
