"""Reads the shop's lists: what changed by time, everything by id, some by their ids.

https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-products
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from connectors.woocommerce.client import PAGE, Client, fields
from connectors.woocommerce.facts import facts
from connectors.woocommerce.money import REFUNDS
from connectors.woocommerce.place import (
    OVERLAP,
    SECOND,
    STEP,
    Place,
    following,
    mark,
    read,
    start,
    written,
)
from integration.contract.messages import Page, Raw
from integration.http.client import Value


class Listing(NamedTuple):
    """A list of the shop: its path, what every call on it says, whether it can be asked
    for changes, and whether it is read as a whole every day besides.

    `parts` is the field that tells of a row's parts and the list that holds them;
    `inside` is where they are put into the row.
    """

    path: str
    always: dict[str, Value]
    changes: bool = True
    reread: bool = False
    parts: str = ""
    inside: str = ""


LISTS = {
    # As written, not as shown to buyers: like the answer to a write, so that reading
    # what we wrote shows no change.
    "products": Listing(
        "products",
        {"context": "edit"},
        reread=True,
        parts="variations",
        inside="variations",
    ),
    # Six decimals: two would lose cents of tax over a few lines.
    "orders": Listing("orders", {"dp": 6}, parts="refunds", inside=REFUNDS),
    # Without a role only customers would come, not who buys under another. It cannot be
    # asked for changes: an unknown filter is ignored and everything answered.
    "customers": Listing("customers", {"role": "all"}, changes=False),
}
# A basket on its way to becoming an order.
UNFINISHED = ("checkout-draft", "auto-draft")


class Reader:
    """Pages of complete rows: a variable product carries its variations inside, an
    order its refunds."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(
        self, stream: str, since: str | None, resume: str | None
    ) -> Iterator[Page]:
        """See the contract. A mark is the shop's own GMT time, to the second."""
        if stream == "settings":
            yield Page(list(self._settings()), None)
            return
        listing = LISTS[stream]
        place = msgspec.json.decode(resume, type=Place) if resume else None
        if since and listing.changes:
            yield from self._changed(listing, place or start(since))
        else:
            yield from self._whole(listing, place or self._first(listing))

    def fetch(self, stream: str, ids: Sequence[str]) -> Iterator[Raw]:
        """Rows by id; trashed ones are not given and so count as gone.

        A guest's id is none of the shop's, and asking for it would be refused.
        """
        if stream == "settings":
            yield from (raw for raw in self._settings() if raw.external_id in ids)
            return
        listing = LISTS[stream]
        there = [number for number in ids if number.isdecimal()]
        for begin in range(0, len(there), PAGE):
            asked = ",".join(there[begin : begin + PAGE])
            found = self._client.get(
                listing.path, include=asked, per_page=PAGE, **listing.always
            )
            yield from self._raws(listing, found.slices())

    def ids(self, stream: str, since: datetime) -> Iterator[str]:
        """Ids of what was made since then, newest first where the list cannot tell."""
        if stream == "settings":
            return
        listing = LISTS[stream]
        begin = written(since - SECOND)
        query: dict[str, Value] = {"after": begin, "dates_are_gmt": True}
        query |= {"orderby": "id", "order": "asc"}
        if not listing.changes:
            query = {"orderby": "registered_date", "order": "desc"}
        query |= {"_fields": "id,status,date_created_gmt", **listing.always}
        for row in self._client.rows(listing.path, **query):
            found, status, created = fields(row, "id", "status", "date_created_gmt")
            if not listing.changes and (created or "") <= begin:
                return
            if status not in UNFINISHED:
                yield str(found)

    def _changed(self, listing: Listing, place: Place) -> Iterator[Page]:
        """What changed, oldest change first.

        Each page begins anew at the last second seen: rows that change meanwhile leave
        their place in the list, and a page by number would skip as many others.
        """
        begun = read(place.begun)
        while True:
            reply = self._client.get(
                listing.path,
                orderby="modified",
                order="asc",
                # Naive and flagged as GMT: with a Z behind it the shop would shift it
                # by its own offset and lose rows. The comparison is exclusive.
                modified_after=place.after,
                modified_before=written(begun + OVERLAP),
                dates_are_gmt=True,
                per_page=PAGE,
                offset=place.offset,
                **listing.always,
            )
            rows = reply.slices()
            raws = self._raws(listing, rows)
            last = raws[-1].version if raws else ""
            if len(rows) < PAGE:
                yield Page(raws, None, mark(place, last, listing.reread) or None)
                return
            place = following(place, last)
            yield Page(raws, place.text(), min(last, place.begun))

    def _whole(self, listing: Listing, place: Place) -> Iterator[Page]:
        """Everything, by id: an order that no change disturbs."""
        while True:
            rows = self._client.get(
                listing.path,
                orderby="id",
                order="asc",
                per_page=PAGE,
                offset=place.offset,
                **listing.always,
            ).slices()
            raws = self._raws(listing, rows)
            if len(rows) < PAGE:
                yield Page(raws, None, place.mark or None)
                return
            place = msgspec.structs.replace(place, offset=place.offset + STEP)
            yield Page(raws, place.text())

    def _first(self, listing: Listing) -> Place:
        """Where a whole read begins, and the newest change there was before it."""
        begun = written(datetime.now(UTC))
        if not listing.changes:
            return Place(begun)
        newest = self._client.get(
            listing.path,
            orderby="modified",
            order="desc",
            per_page=1,
            _fields="id,date_modified_gmt",
        ).slices()
        seen = fields(newest[0], "date_modified_gmt")[0] if newest else ""
        return Place(begun, mark=min(seen or "", begun))

    def _raws(self, listing: Listing, rows: Sequence[bytes]) -> list[Raw]:
        found = []
        for row in rows:
            number, version, status, parts = fields(
                row, "id", "date_modified_gmt", "status", listing.parts
            )
            if status in UNFINISHED:
                continue
            body = self._completed(listing, row, str(number)) if parts else row
            found.append(
                Raw(str(number), body, version=version or "", gone=status == "trash")
            )
        return found

    def _completed(self, listing: Listing, row: bytes, number: str) -> bytes:
        """A row with its parts themselves: it has their ids or their sums alone."""
        parts = self._client.rows(
            f"{listing.path}/{number}/{listing.parts}",
            orderby="id",
            order="asc",
            **listing.always,
        )
        whole = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
        whole[listing.inside] = msgspec.Raw(b"[" + b",".join(parts) + b"]")
        return msgspec.json.encode(whole)

    def _settings(self) -> Iterator[Raw]:
        for name, value in facts(self._client).items():
            yield Raw(name, msgspec.json.encode({"id": name, "value": value}))
