"""Loopback: the benchmark's platform. Its products read like a WooCommerce shop's.

What is measured is Weft, so everything around the field maps is as little as possible:
pages by revision, writes in batches of 100, no limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from connectors.woocommerce import mapping
from integration.canonical.kinds import Kind
from integration.contract.connector import Connector, CursorType, Field, Stream, Writes
from integration.contract.mapping import FieldMap, at
from integration.contract.messages import (
    Finding,
    Found,
    Outcome,
    Outgoing,
    Page,
    Raw,
    Wanted,
)
from integration.http.auth import NoAuth
from integration.http.client import Http

# As wide as the largest number there could be, so that marks order as text.
MARK = "{:012d}"
BATCH = 100


class Head(msgspec.Struct):
    """What of a row is looked at before it is known to be new."""

    id: int
    revision: int


class Listing(msgspec.Struct):
    """A page as it is answered."""

    items: list[msgspec.Raw]
    next: int | None


class Reader:
    """Pages of products in the order of their revisions."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def read(
        self, stream: str, since: str | None, resume: str | None
    ) -> Iterator[Page]:
        """See the contract."""
        after = int(resume or since or 0)
        while True:
            body = self._http.get("products", params={"after": after}).body
            listing = msgspec.json.decode(body, type=Listing)
            raws, last = _raws(listing.items)
            resume = None if listing.next is None else str(listing.next)
            yield Page(raws, resume, MARK.format(last) if raws else None)
            if listing.next is None:
                return
            after = listing.next

    def fetch(self, stream: str, ids: Sequence[str]) -> Iterator[Raw]:
        """Each by a call of its own: the page that begins with it."""
        for each in ids:
            body = self._http.get("products", params={"after": int(each) - 1}).body
            raws, _ = _raws(msgspec.json.decode(body, type=Listing).items)
            yield from raws

    def ids(self, stream: str, since: datetime) -> Iterator[str]:
        """Nothing is ever missed."""
        return iter(())


class Writer:
    """Products in batches; each gets an id."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def find(self, kind: Kind, wanted: Sequence[Wanted]) -> Iterator[Found]:
        """Nothing is there yet that Weft does not know."""
        return iter(())

    def write(self, kind: Kind, batch: Sequence[Outgoing]) -> Iterator[Outcome]:
        """One call for the whole batch."""
        rows = [{"id": each.external_id, **each.payload} for each in batch]
        reply = self._http.post("products/batch", json={"items": rows})
        ids = msgspec.json.decode(reply.body)["ids"]
        for outgoing, given in zip(batch, ids, strict=True):
            yield Outcome(outgoing.uid, external_id=str(given))


def _raws(items: Sequence[msgspec.Raw]) -> tuple[list[Raw], int]:
    raws, last = [], 0
    for item in items:
        head = msgspec.json.decode(item, type=Head)
        last = head.revision
        raws.append(Raw(str(head.id), bytes(item), version=MARK.format(last)))
    return raws, last


PRODUCT_OUT: FieldMap[dict[str, object]] = FieldMap(
    dict,
    name=at("title"),
    slug=at("slug"),
    description=at("description_html", default=""),
    short_description=at("summary", default=""),
    tags=at("tags"),
)

CONNECTOR = Connector(
    key="loopback",
    label="Loopback",
    fields=(Field(name="url", label="Address", type="url"),),
    account=lambda settings: str(settings["url"]),
    base_url=lambda settings: str(settings["url"]),
    auth=lambda settings, secrets: NoAuth(),
    client=lambda settings, http: http,
    probe=lambda client: iter([Finding("reached", ok=True, message="It answers.")]),
    streams=(
        Stream(
            key="products",
            maps=(mapping.PRODUCT, mapping.STOCK, mapping.PRICE),
            cursor=CursorType.REVISION,
            ascending=True,
            overlap=0,
        ),
    ),
    writes={Kind.PRODUCT: Writes(map=PRODUCT_OUT, batch=BATCH)},
    reader=Reader,
    writer=Writer,
)
