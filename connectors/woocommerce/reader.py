"""Reads the shop's lists: what changed by time, everything by id, some by their ids.

https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-products
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from connectors.woocommerce.client import PAGE, Client, fields
from connectors.woocommerce.facts import facts
from integration.contract.connector import TIME_MARK
from integration.contract.messages import Page, Raw
from integration.http.client import Value

# Read again each time: what committed late, and clocks that differ.
OVERLAP = timedelta(minutes=5)
# How far behind ours a shop's clock is allowed for where a daily full read brings what
# an even slower one hid. Without it the last burst of changes, a whole import perhaps,
# would be read again at every look until something newer changes.
BEHIND = timedelta(hours=1)
# Pages by number overlap by five rows, so that deletions in between skip none.
STEP = PAGE - 5
SECOND = timedelta(seconds=1)


class Listing(NamedTuple):
    """A list of the shop: its path, what every call on it says, whether it can be asked
    for changes, and whether it is read as a whole every day besides."""

    path: str
    always: dict[str, Value]
    changes: bool = True
    reread: bool = False


LISTS = {
    # As written, not as shown to buyers: like the answer to a write, so that reading
    # what we wrote shows no change.
    "products": Listing("products", {"context": "edit"}, reread=True),
    # Six decimals: two would lose cents of tax over a few lines.
    "orders": Listing("orders", {"dp": 6}),
    # Without a role only customers would come, not who buys under another. It cannot be
    # asked for changes: an unknown filter is ignored and everything answered.
    "customers": Listing("customers", {"role": "all"}, changes=False),
}
# A basket on its way to becoming an order.
UNFINISHED = ("checkout-draft", "auto-draft")


class Place(msgspec.Struct, omit_defaults=True):
    """Where a read goes on: rows to skip among those changed after `after`.

    `begun` is when the read began, `mark` what a whole read will have brought.
    """

    begun: str
    offset: int = 0
    after: str = ""
    mark: str = ""

    def text(self) -> str:
        """As kept between pages."""
        return msgspec.json.encode(self).decode()


class Reader:
    """Pages of complete rows; a variable product carries its variations inside."""

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
            yield from self._changed(listing, place or _start(since))
        else:
            yield from self._whole(listing, place or self._first(listing))

    def fetch(self, stream: str, ids: Sequence[str]) -> Iterator[Raw]:
        """Rows by id; trashed ones are not given and so count as gone."""
        if stream == "settings":
            yield from (raw for raw in self._settings() if raw.external_id in ids)
            return
        listing = LISTS[stream]
        for begin in range(0, len(ids), PAGE):
            asked = ",".join(ids[begin : begin + PAGE])
            found = self._client.get(
                listing.path, include=asked, per_page=PAGE, **listing.always
            )
            yield from self._raws(listing, found.slices())

    def ids(self, stream: str, since: datetime) -> Iterator[str]:
        """Ids of what was made since then, newest first where the list cannot tell."""
        if stream == "settings":
            return
        listing = LISTS[stream]
        begin = _written(since - SECOND)
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
        begun = _read(place.begun)
        while True:
            reply = self._client.get(
                listing.path,
                orderby="modified",
                order="asc",
                # Naive and flagged as GMT: with a Z behind it the shop would shift it
                # by its own offset and lose rows. The comparison is exclusive.
                modified_after=place.after,
                modified_before=_written(begun + OVERLAP),
                dates_are_gmt=True,
                per_page=PAGE,
                offset=place.offset,
                **listing.always,
            )
            rows = reply.slices()
            raws = self._raws(listing, rows)
            last = raws[-1].version if raws else ""
            if len(rows) < PAGE:
                yield Page(raws, None, _mark(listing, place, last) or None)
                return
            place = _next(place, last)
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
        begun = _written(datetime.now(UTC))
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
                row, "id", "date_modified_gmt", "status", "variations"
            )
            if status in UNFINISHED:
                continue
            body = self._family(row, str(number)) if parts else row
            found.append(
                Raw(str(number), body, version=version or "", gone=status == "trash")
            )
        return found

    def _family(self, row: bytes, number: str) -> bytes:
        """A variable product with its variations themselves in place of their ids."""
        parts = self._client.rows(
            f"products/{number}/variations",
            orderby="id",
            order="asc",
            **LISTS["products"].always,
        )
        whole = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
        whole["variations"] = msgspec.Raw(b"[" + b",".join(parts) + b"]")
        return msgspec.json.encode(whole)

    def _settings(self) -> Iterator[Raw]:
        for name, value in facts(self._client).items():
            yield Raw(name, msgspec.json.encode({"id": name, "value": value}))


def _start(since: str) -> Place:
    """Where a read of changes begins."""
    begun = _written(datetime.now(UTC))
    return Place(begun, after=_written(_read(since) - OVERLAP))


def _mark(listing: Listing, place: Place, last: str) -> str:
    """Up to where everything was brought, when a list of changes has ended."""
    seen = min(last, place.begun)
    if not listing.reread:
        return seen
    return max(seen, _written(_read(place.begun) - BEHIND))


def _next(place: Place, last: str) -> Place:
    """The page after a full one that ended with a change at `last`."""
    after = _written(_read(last) - SECOND) if last else ""
    if after > place.after:
        return msgspec.structs.replace(place, after=after, offset=0)
    # More than a page changed within one second: only its number tells pages apart.
    return msgspec.structs.replace(place, offset=place.offset + STEP)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(TIME_MARK)


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
