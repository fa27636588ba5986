"""Reads Crystal's products page by page, trusting nothing its pages leave open.

https://help.getcrystal.com/en/articles/8243277-crystal-e-commerce-integration-sync-flow
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from connectors.crystal.client import Client
from integration.canonical.codec import digest
from integration.contract.messages import Page, Raw
from integration.errors import BadConfig
from integration.http.body import Unreadable, peek

# How far back a read reaches: whether "since" is inclusive is not published.
OVERLAP = 300
# A row without an id still counts, so it is given a name made of its content.
NAMELESS = "row-without-id-"


class Place(NamedTuple):
    """Where a read goes on: the next page, the last id seen, the mark of its start."""

    page: int
    last: str
    mark: str


class Reader:
    """The products of one organisation; the only stream Crystal has for us."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def read(
        self, stream: str, since: str | None, resume: str | None
    ) -> Iterator[Page]:
        """Pages until an empty one, or one that ends as the page before it did.

        Order and paging are not published, so the mark, Crystal's time at the start of
        the read, comes with the last page; `since` is also applied here.
        """
        start = moment(since)
        asked = start - timedelta(seconds=OVERLAP) if start else None
        place = _resumed(resume)
        while True:
            listing = self.client.products(place.page, _seconds(asked))
            rows = [_raw(body) for body in listing.rows]
            mark = place.mark or _seconds(listing.asked_at)
            # A server that knows no pages gives the same list again.
            if not rows or rows[-1].external_id == place.last:
                yield Page((), None, mark)
                return
            place = Place(place.page + 1, rows[-1].external_id, mark)
            kept = [row for row in rows if _changed(row, asked)]
            yield Page(kept, msgspec.json.encode(place).decode())

    def fetch(self, stream: str, ids: Sequence[str]) -> Iterator[Raw]:
        """These products: one by one where Crystal can, else out of the whole list.

        "Not there" is believed of the list alone: the single address may not exist.
        """
        wanted = dict.fromkeys(ids)
        for external_id in list(wanted) if self.client.single_product else ():
            row = self._single(external_id)
            if row is not None:
                del wanted[external_id]
                yield row
        pages = self.read(stream, None, None)
        while wanted and (page := next(pages, None)):
            for row in page.items:
                if row.external_id in wanted:
                    del wanted[row.external_id]
                    yield row

    def ids(self, stream: str, since: datetime) -> Iterator[str]:
        """Ids of what changed since then, what came to be among it."""
        for page in self.read(stream, _seconds(since), None):
            for row in page.items:
                yield row.external_id

    def _single(self, external_id: str) -> Raw | None:
        if external_id.startswith(NAMELESS):
            return None
        body = self.client.product(external_id)
        row = _raw(body) if body is not None else None
        if row is not None and row.external_id != external_id:
            raise BadConfig(
                "single_product",
                "Crystal answered with something else than the product asked for.",
                hint="Switch this setting off; Weft then looks through the list.",
            )
        return row


def moment(text: object) -> datetime | None:
    """A time in ISO 8601, taken as UTC where it names no offset; None: unreadable."""
    try:
        found = datetime.fromisoformat(str(text or ""))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _raw(body: bytes) -> Raw:
    try:
        external_id, updated = peek(body, "id", "last_updated")
    except Unreadable:
        external_id, updated = None, None
    named = isinstance(external_id, str | int) and not isinstance(external_id, bool)
    name = str(external_id) if named else ""
    return Raw(
        name or NAMELESS + digest(body).hex(), body, version=_version(moment(updated))
    )


def _version(updated: datetime | None) -> str:
    """Sortable text, however many digits Crystal gives."""
    return updated.isoformat(timespec="microseconds") if updated else ""


def _changed(row: Raw, asked: datetime | None) -> bool:
    """Whether a row is new enough; one that tells no time is never left out."""
    return asked is None or not row.version or row.version >= _version(asked)


def _seconds(when: datetime | None) -> str:
    """As Crystal writes times; "" for none."""
    text = when.astimezone(UTC).isoformat(timespec="seconds") if when else ""
    return text.replace("+00:00", "Z")


def _resumed(resume: str | None) -> Place:
    return msgspec.json.decode(resume, type=Place) if resume else Place(1, "", "")
