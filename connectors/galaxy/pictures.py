"""Fetches a picture, and tells by its bytes what it is: Galaxy does not say."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import NamedTuple

from connectors.galaxy.client import Client, NotThere
from connectors.galaxy.rows import guid
from integration.errors import BadRecord
from integration.http.body import parse

KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


class Picture(NamedTuple):
    """A picture's bytes and their content type, "" for one that is not known."""

    data: bytes
    type: str


def picture(client: Client, external_id: str) -> Picture:
    """One picture. BadRecord where Galaxy gives something else in its place."""
    row = client.picture(external_id)
    text = row.get("Image") if isinstance(row, dict) else None
    try:
        data = b64decode(text or "", validate=True)
    except (binascii.Error, ValueError, TypeError):
        data = b""
    if not data:
        raise BadRecord("Image", "Galaxy gives no picture here.", code="image_empty")
    return Picture(data, kind_of(data))


def kind_of(data: bytes) -> str:
    """The content type a picture begins like."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for begin, kind in KINDS if data.startswith(begin)), "")


def sample(client: Client) -> str:
    """What the first picture of the installation is, in words."""
    rows = client.rows("itemimages")
    try:
        body = next(rows, None)
    except NotThere:
        return "There is no list of pictures."
    if body is None:
        return "There are no pictures."
    found = picture(client, guid(parse(body).get("ID")))
    kind = found.type or "of an unknown kind"
    return f"A first picture is {kind} and has {len(found.data)} bytes."
