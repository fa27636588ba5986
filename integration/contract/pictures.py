"""Tells by its first bytes what a picture is; platforms tell it seldom or wrongly."""

from __future__ import annotations

BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)


def kind_of(body: bytes) -> str:
    """The content type a picture begins like; "" for one that is not known.

    https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern
    """
    if body[:4] == b"RIFF" and body[8:14] == b"WEBPVP":
        return "image/webp"
    return next((kind for begin, kind in BEGINNINGS if body.startswith(begin)), "")
