"""JSON from outside: exact numbers, and refusals for what no platform would send."""

from __future__ import annotations

from decimal import Decimal

import pytest

from integration.http.body import Unreadable, parse, peek, slices


def test_numbers_keep_every_digit() -> None:
    body = b'{"a": 0.10, "b": 12345678901234567890.123, "c": 9007199254740993}'
    found = parse(body)
    assert found["a"] == Decimal("0.10")
    assert str(found["b"]) == "12345678901234567890.123"
    assert found["c"] == 9007199254740993


HOSTILE = {
    "a million opening brackets": (b"[" * 1_000_000, {"too_deep", "not_json"}),
    "deep, and closed": (b"[" * 500_000 + b"]" * 500_000, {"too_deep"}),
    "deeper than any data": (b"[" * 80 + b"]" * 80, {"too_deep"}),
    "deep objects": (b'{"a":' * 80 + b"1" + b"}" * 80, {"too_deep"}),
    "a million digits": (b"[" + b"9" * 1_000_000 + b"]", {"not_json"}),
    "fifty digits": (b"[" + b"9" * 50 + b"]", {"too_large", "not_json"}),
    "a long fraction": (b"[0." + b"1" * 5000 + b"]", {"not_json"}),
    "a monstrous exponent": (b"[1e999999999]", {"not_json"}),
    "two million values": (b"[" + b"1," * 2_000_000 + b"1]", {"too_large"}),
    "a byte-order mark": (b"\xef\xbb\xbf{}", {"not_json"}),
    "a warning before it": (b"<br />\nWarning: x on line 3\n{}", {"not_json"}),
    "nothing": (b"", {"not_json"}),
    "broken text": (b'{"a": "\xff"}', {"not_json"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_json_is_refused(name: str) -> None:
    body, codes = HOSTILE[name]
    with pytest.raises(Unreadable) as refused:
        parse(body)
    assert refused.value.code in codes


def test_many_commas_inside_texts_are_not_many_values() -> None:
    text = b"," * 1_200_000 + b'\\"[' * 10
    assert len(parse(b'{"html": "' + text + b'"}')["html"]) == 1_200_020


def test_sixty_levels_are_still_data() -> None:
    assert parse(b"[" * 60 + b"]" * 60)


def test_a_page_is_cut_into_the_exact_bytes_of_its_rows() -> None:
    rows = [b'{"id": 1, "n": [1, {"a": "],"}]}', b"2.50", b'"x"']
    page = b"[" + b" , ".join(rows) + b"]"
    assert slices(page) == rows
    assert slices(b'{"data": {"items": ' + page + b"}}", "data", "items") == rows


def test_a_page_that_is_none_is_refused() -> None:
    for page, path in (
        (b'{"items": 1}', ("items",)),
        (b"{}", ("items",)),
        (b"{}", ()),
        (b"[" * 100_000, ()),
        (b"<html>", ()),
    ):
        with pytest.raises(Unreadable):
            slices(page, *path)


def test_single_fields_are_read_without_the_rest() -> None:
    element = b'{"id": 7, "price": 1.10, "meta": [1, 2], "none": null}'
    assert peek(element, "id", "price", "none", "absent") == (
        7,
        Decimal("1.10"),
        None,
        None,
    )
    with pytest.raises(Unreadable):
        peek(b"[1]", "id")
