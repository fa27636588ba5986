"""Fetches a picture; what it is its bytes tell, for Galaxy does not say."""

from __future__ import annotations

import binascii
from base64 import b64decode

from connectors.galaxy.client import Client, NotThere
from connectors.galaxy.rows import guid
from integration.contract.messages import Picture
from integration.contract.pictures import kind_of
from integration.errors import BadRecord
from integration.http.body import parse


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
    return f"A first picture is {kind} and has {len(found.body)} bytes."
