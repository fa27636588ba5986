"""Pictures by the id they got in the shop, so that none is uploaded twice.

The shop downloads every `src` it is sent, even one it has, and keeps the old file too.
https://woocommerce.github.io/woocommerce-rest-api-docs/#product-images-properties
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from integration.contract.messages import Outgoing

Picture = Mapping[str, str]
"""key, src and alt, as the map made it; the key finds the id in the handles."""


def weigh(outgoing: Outgoing) -> int:
    """New pictures are downloaded while we wait: such a product counts twice."""
    pictures = outgoing.payload.get("images") or ()
    return 2 if any(item["key"] not in outgoing.handles for item in pictures) else 1


def sendable(
    pictures: Sequence[Picture], handles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """As the shop takes them: by id where it has them, else by address."""
    found: list[dict[str, Any]] = []
    for item in pictures:
        known = handles.get(item["key"])
        row: dict[str, Any] = {"id": int(known)} if known else {"src": item["src"]}
        found.append({**row, "alt": item["alt"]} if item.get("alt") else row)
    return found


def blamed(
    pictures: Sequence[Picture], handles: Mapping[str, str], message: str
) -> list[Picture]:
    """The pictures a refusal is about: those it names, else all that are new."""
    new = [item for item in pictures if item["key"] not in handles]
    text = unescape(message)
    return [item for item in new if unescape(item["src"]) in text] or new


def learned(
    pictures: Sequence[Picture], answered: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Key -> id there; the shop answers in the order sent.

    Where it answers another number of pictures, which is which is not known.
    """
    if len(pictures) != len(answered):
        return {}
    return {
        item["key"]: str(there["id"])
        for item, there in zip(pictures, answered, strict=True)
    }
