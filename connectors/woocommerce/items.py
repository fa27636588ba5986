"""One product on its way into the shop, and what is done about each refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.woocommerce import images
from connectors.woocommerce.client import Client, fields
from connectors.woocommerce.refusals import (
    IMAGE_ID_UNKNOWN,
    IMAGE_NOT_FETCHED,
    NOT_CREATED,
    SKU_TAKEN,
    Refusal,
)
from integration.contract.messages import Action, Outgoing, Raw
from integration.errors import BadRecord

# Our mark, so that people see in the shop where a product comes from. The shop cannot
# be searched by it; the SKU is what a product is found by.
MARK = "_weft_ref"
# What a product is made with, and what adopting one that exists must not touch.
_ONLY_NEW = ("type", "slug")


@dataclass(frozen=True, slots=True)
class Item:
    """A write in the making: `id` there (None: to be made), fields, pictures.

    `handles` are the pictures' ids there; `problem` is told beside a success.
    """

    outgoing: Outgoing
    id: int | None
    fields: Mapping[str, Any]
    pictures: tuple[images.Picture, ...] | None
    handles: Mapping[str, str]
    problem: BadRecord | None = None

    @property
    def brings_files(self) -> bool:
        """Whether the shop will download for it: doing that twice leaves copies."""
        return any(item["key"] not in self.handles for item in self.pictures or ())

    def body(self) -> dict[str, Any]:
        """What the shop is sent."""
        found = dict(self.fields)
        if self.id is not None:
            found["id"] = self.id
        if self.pictures is not None:
            found["images"] = images.sendable(self.pictures, self.handles)
        return found


def item(outgoing: Outgoing) -> Item:
    """The write as frozen, put into the shop's words; empty fields stay out."""
    fields = {
        name: value for name, value in outgoing.payload.items() if value is not None
    }
    pictures = fields.pop("images", None)
    meta = dict(fields.pop("meta_data", None) or {})
    if outgoing.action == Action.CREATE:
        meta[MARK] = outgoing.uid
    if meta:
        fields["meta_data"] = [
            {"key": name, "value": value} for name, value in meta.items()
        ]
    return Item(
        outgoing,
        int(outgoing.external_id) if outgoing.external_id else None,
        fields,
        tuple(pictures) if pictures is not None else None,
        outgoing.handles,
    )


def mended(client: Client, item: Item, refusal: Refusal) -> Item | None:
    """The item as it may be taken after this refusal; None: it is final."""
    if refusal.code == SKU_TAKEN and item.id is None:
        holder = refusal.data.get("resource_id")
        return _adopting(item, int(holder)) if holder else None
    if refusal.code == NOT_CREATED and item.id is None:
        trashed = _in_trash(client, str(item.fields.get("sku", "")))
        return _adopting(item, trashed) if trashed else None
    if refusal.code.endswith(IMAGE_NOT_FETCHED) and item.pictures:
        return _without(item, refusal.message)
    if refusal.code == IMAGE_ID_UNKNOWN and item.handles:
        return replace(item, handles={})
    return None


def untaken(item: Item, answer: Mapping[str, Any]) -> BadRecord | None:
    """What the shop accepted and did not do: it drops much without a word."""
    if answer.get("status") == "trash" and item.fields.get("status") is None:
        return BadRecord(
            "",
            "It lies in the shop's trash.",
            code="gone_on_target",
            hint="Restore it there, or delete it for good.",
        )
    for name, value in item.fields.items():
        told = answer.get(name)
        if name in _COMPARED and not _COMPARED[name](value, told):
            return BadRecord(
                name,
                f"The shop was sent {value!r} and kept {told!r}.",
                code="not_taken",
                hint="Something in the shop, perhaps a plugin, changed it.",
            )
    return None


def row(body: bytes) -> Raw | None:
    """The answer as a row of the products list; None where it lacks the variations."""
    number, version, kind = fields(body, "id", "date_modified_gmt", "type")
    if kind in ("variable", "variation"):
        return None
    return Raw(str(number), body, version=version or "")


def _adopting(item: Item, holder: int) -> Item:
    """The same as a change of the product that has the SKU already."""
    kept = {name: value for name, value in item.fields.items() if name not in _ONLY_NEW}
    return replace(item, id=holder, fields=kept)


def _in_trash(client: Client, sku: str) -> int | None:
    """The trashed product that still holds the SKU; the refusal does not name it."""
    for found in client.rows("products", status="trash", sku=sku, _fields="id,sku"):
        number, there = fields(found, "id", "sku")
        if str(there).casefold() == sku.casefold():
            return int(number)
    return None


def _without(item: Item, message: str) -> Item:
    """The item without the pictures that could not be had, and the problem to tell.

    The second time all new ones are left out: each try downloads the good ones anew.
    """
    pictures = item.pictures or ()
    lost = images.blamed(pictures, item.handles, message)
    if item.problem is not None:
        pictures = tuple(item.outgoing.payload["images"])
        lost = [one for one in pictures if one["key"] not in item.handles]
    kept = tuple(one for one in pictures if one not in lost)
    problem = BadRecord(
        "images",
        f"The shop could not fetch {', '.join(one['src'] for one in lost)}: {message}",
        code="image_unfetchable",
        hint="Open the picture's address in a browser; the product is there without.",
    )
    # An empty list would take away the pictures that are there.
    return replace(item, pictures=kept or None, problem=problem)


def _same_number(ours: Any, theirs: Any) -> bool:
    try:
        return Decimal(str(ours)) == Decimal(str(theirs))
    except InvalidOperation:
        return str(ours) == str(theirs or "")


def _same_text(ours: Any, theirs: Any) -> bool:
    return str(ours).strip() == str(theirs).strip()


def _holds_all(ours: Any, theirs: Any) -> bool:
    wanted = {entry["id"] for entry in ours}
    return wanted <= {entry.get("id") for entry in theirs or ()}


_COMPARED = {
    "sku": _same_text,
    "regular_price": _same_number,
    "stock_quantity": _same_number,
    "categories": _holds_all,
}
