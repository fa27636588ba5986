"""Reads an organisation's lists: what changed by time, lookups whole, items at once.

https://developer.xero.com/documentation/api/accounting/requests-and-responses
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from connectors.xero import dates
from connectors.xero.client import Client, any_of, fields
from connectors.xero.facts import facts
from integration.contract.connector import TIME_MARK
from integration.contract.messages import Page, Raw
from integration.http.client import Value

# Read again each time: marks are to the second, and whether the second itself belongs
# to an answer is not published.
OVERLAP = timedelta(seconds=120)
SECOND = timedelta(seconds=1)
# How far behind ours Xero's clock is allowed for. Without it the last burst of changes
# would be read again at every look until something newer changes.
BEHIND = timedelta(hours=1)
# Ids in one address: more would make it longer than servers take.
AT_ONCE = 40
GONE = frozenset({"DELETED", "VOIDED", "ARCHIVED", "GDPRREQUEST"})


class Lookup(NamedTuple):
    """A list of words: its resource, and what a row is known by."""

    resource: str
    key: str


class Listing(NamedTuple):
    """A list in pages: its resource, what a row is known by and where it stands, what
    every call on it says, and whether it can be asked for ids."""

    resource: str
    key: str
    state: str
    always: dict[str, Value]
    by_ids: bool = True


LOOKUPS = {
    "accounts": Lookup("Accounts", "AccountID"),
    "tax_rates": Lookup("TaxRates", "TaxType"),
    "tracking_categories": Lookup("TrackingCategories", "TrackingCategoryID"),
    "currencies": Lookup("Currencies", "Code"),
    "branding_themes": Lookup("BrandingThemes", "BrandingThemeID"),
}
LISTS = {
    "contacts": Listing(
        "Contacts", "ContactID", "ContactStatus", {"includeArchived": True}
    ),
    # What others enter by hand is no concern of ours.
    "invoices": Listing(
        "Invoices",
        "InvoiceID",
        "Status",
        {"where": 'Type=="ACCREC"', "createdByMyApp": True},
    ),
    "credit_notes": Listing(
        "CreditNotes",
        "CreditNoteID",
        "Status",
        {"where": 'Type=="ACCRECCREDIT"'},
        by_ids=False,
    ),
}


class Place(msgspec.Struct, omit_defaults=True):
    """Where a read goes on: the page of what changed after `after`, or the items behind
    the id `last`. `begun` is when the read began, `mark` what was newest then."""

    begun: str
    after: str = ""
    page: int = 1
    last: str = ""
    mark: str = ""

    def text(self) -> str:
        """As kept between pages."""
        return msgspec.json.encode(self).decode()


class Reader:
    """Pages of complete rows; what a list leaves out is not asked for in pieces."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(
        self, stream: str, since: str | None, resume: str | None
    ) -> Iterator[Page]:
        """See the contract. A mark is Xero's own time, to the second."""
        place = msgspec.json.decode(resume, type=Place) if resume else None
        if stream in LISTS:
            yield from self._pages(LISTS[stream], place or _start(since))
        elif stream == "items":
            yield from self._items(place or _start(since))
        else:
            yield Page(list(self._words(stream)), None)

    def fetch(self, stream: str, ids: Sequence[str]) -> Iterator[Raw]:
        """Rows by id. Items come all at once: one call, whoever is asked for."""
        if stream == "items":
            yield from self._all_items()
        elif stream in LISTS:
            listing = LISTS[stream]
            for begin in range(0, len(ids), AT_ONCE):
                yield from self._these(listing, ids[begin : begin + AT_ONCE])
        else:
            yield from (raw for raw in self._words(stream) if raw.external_id in ids)

    def ids(self, stream: str, since: datetime) -> Iterator[str]:
        """Ids of what changed since then, what came to be among it."""
        if stream not in LISTS and stream != "items":
            return
        for page in self.read(stream, _written(since), None):
            yield from (raw.external_id for raw in page.items)

    def _pages(self, listing: Listing, place: Place) -> Iterator[Page]:
        """What changed, oldest change first.

        Each page begins anew at the last second seen: a row that changes meanwhile
        leaves its place, and a page by number would skip another.
        """
        size = self._client.page_size
        while True:
            query = {"page": place.page, "pageSize": size, **listing.always}
            query["order"] = "UpdatedDateUTC ASC"
            found = self._client.rows(listing.resource, place.after, query)
            raws = [raw(listing, row) for row in found]
            last = max((each.version for each in raws), default="")
            place.mark = max(place.mark, last[: len(place.begun)])
            if len(found) < size:
                yield Page(raws, None, _mark(place))
                return
            place = _next(place, last)
            yield Page(raws, place.text(), min(place.mark, place.begun) or None)

    def _these(self, listing: Listing, ids: Sequence[str]) -> Iterator[Raw]:
        query = {"page": 1, "pageSize": max(len(ids), 1), **listing.always}
        if listing.by_ids:
            query["IDs"] = ",".join(ids)
        else:
            query["where"] = any_of([f'{listing.key}==Guid("{one}")' for one in ids])
        found = self._client.rows(listing.resource, "", query)
        yield from (raw(listing, row) for row in found)

    def _items(self, place: Place) -> Iterator[Page]:
        """Items in the order of their ids, one call; Xero has no pages of them."""
        size = self._client.page_size
        found = sorted(self._all_items(place.after), key=lambda each: each.external_id)
        newest = max((each.version for each in found), default="")
        place.mark = place.mark or newest[: len(place.begun)]
        left = [each for each in found if each.external_id > place.last]
        while len(left) > size:
            page, left = left[:size], left[size:]
            place.last = page[-1].external_id
            yield Page(page, place.text())
        yield Page(left, None, _mark(place))

    def _all_items(self, since: str = "") -> Iterator[Raw]:
        for row in self._client.rows("Items", since):
            key, changed = fields(row, "ItemID", "UpdatedDateUTC")
            yield Raw(str(key), row, version=dates.version(changed))

    def _words(self, stream: str) -> Iterator[Raw]:
        if stream == "organisation":
            for name, value in facts(self._client).items():
                yield Raw(name, msgspec.json.encode({"id": name, "value": value}))
            return
        lookup = LOOKUPS[stream]
        for row in self._client.rows(lookup.resource):
            yield Raw(str(fields(row, lookup.key)[0]), row)


def raw(listing: Listing, row: bytes) -> Raw:
    """A row of a list in pages: archived, voided and deleted ones are gone."""
    key, state, changed, moved = fields(
        row, listing.key, listing.state, "UpdatedDateUTC", "MergedToContactID"
    )
    return Raw(
        str(key),
        row,
        version=dates.version(changed),
        gone=state in GONE,
        moved_to=str(moved or ""),
    )


def _start(since: str | None) -> Place:
    begun = _written(datetime.now(UTC))
    if not since:
        return Place(begun)
    return Place(begun, after=_written(dates.moment(since) - OVERLAP), mark=since[:19])


def _mark(place: Place) -> str:
    """Up to where everything was brought, when a list has ended."""
    settled = _written(dates.moment(place.begun) - BEHIND)
    return max(min(place.mark, place.begun), settled)


def _next(place: Place, last: str) -> Place:
    """The page after a full one whose newest change was at `last`."""
    after = _written(dates.moment(last) - SECOND) if last else ""
    if after > place.after:
        return msgspec.structs.replace(place, after=after, page=1)
    # More than a page changed within one second: only its number tells pages apart.
    return msgspec.structs.replace(place, page=place.page + 1)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(TIME_MARK)
