"""What a picture is told by its bytes, whatever its platform says."""

from __future__ import annotations

import pytest

from integration.contract.pictures import kind_of


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"BM\x00", "image/bmp"),
    ],
)
def test_a_picture_is_known_by_how_it_begins(body: bytes, kind: str) -> None:
    assert kind_of(body) == kind


@pytest.mark.parametrize(
    "body",
    [b"", b"<svg/>", b"<html>", b"RIFF\x10\x00\x00\x00WAVE", b"GIF8", b"\x89PNG"],
)
def test_what_begins_like_no_picture_is_none(body: bytes) -> None:
    assert kind_of(body) == ""
