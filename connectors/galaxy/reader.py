"""Reads Galaxy's lists: what has a higher revision number, or all there is.

Lists come whole, in no promised order, and hold active rows only: what was switched off
is simply absent. http://webshop-host.northeurope.cloudapp.azure.com/sync-service
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from connectors.galaxy.client import Client, NotThere
from connectors.galaxy.facts import facts
from connectors.galaxy.rows import Naming, mark_of
from integration.contract.messages import Page, Raw

logger = logging.getLogger(__name__)

SETTINGS = "settings"
# Lists that are read by number, and those that a first read asks for "above 0": of the
# others some installations give 0 in every row, and nothing is above that.
NUMBERED = frozenset(
    {"items", "customers", "customersites", "itembalances", "itemimages"}
    | {"itemaltercodes", "itemprices"}
)
FROM_ZERO = frozenset({"items", "customers", "customersites"})
# No public page names these: an installation without them is none the worse.
OPTIONAL = frozenset({"itemaltercodes", "itemprices", "itemimages"})
# Ids in one call; each takes 37 characters of its address.
IDS_AT_ONCE = 50


class Place(NamedTuple):
    """How far a read has come: rows handed on, the sum that tells them, their mark."""

    rows: int = 0
    sum: int = 0
    highest: int = 0


class Moved(Exception):
    """The list begins otherwise than before: what was handed on is not known."""


class Unnumbered(Exception):
    """A list that was asked for changes bears no numbers."""


class Reader:
    """The lists of one installation, under one scenario."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def read(
        self, stream: str, since: str | None, resume: str | None
    ) -> Iterator[Page]:
        """Pages as they arrive. The mark is the highest number of all rows, and comes
        with the last page alone; `since` is such a mark.

        A read that goes on asks for the list anew and passes over what was handed on,
        unless the list begins otherwise by now: then all of it is handed on again.
        """
        if stream == SETTINGS:
            yield Page(list(self._settings()), None)
            return
        after = self._after(stream, since)
        place = msgspec.json.decode(resume, type=Place) if resume else Place()
        while True:
            try:
                yield from self._pages(stream, after, place)
                return
            except Moved:
                place = Place()
            except Unnumbered:
                after, place = None, Place()

    def fetch(self, stream: str, ids: Sequence[str]) -> Iterator[Raw]:
        """These customers by their ids; of any other list, out of the whole of it."""
        if stream == SETTINGS:
            yield from (raw for raw in self._settings() if raw.external_id in ids)
            return
        if stream == "customers":
            for begin in range(0, len(ids), IDS_AT_ONCE):
                asked = [each for each in ids[begin : begin + IDS_AT_ONCE] if each]
                naming = Naming(stream)
                for body in self.client.rows(stream, ids=asked):
                    yield naming.raw(body)[0]
            return
        wanted = set(ids)
        for raw, _ in self._rows(stream, None):
            if raw.external_id in wanted:
                yield raw

    def ids(self, stream: str, since: datetime) -> Iterator[str]:
        """Nothing: no list tells when a row came to be, and the mark misses none."""
        return iter(())

    def _after(self, stream: str, since: str | None) -> int | None:
        if stream not in NUMBERED:
            return None
        if not since or not int(since):
            return 0 if stream in FROM_ZERO else None
        return max(int(since) - int(self.client.settings.get("overlap") or 0), 0)

    def _pages(self, stream: str, after: int | None, place: Place) -> Iterator[Page]:
        """Full pages, then the last one with the mark."""
        held: list[Raw] = []
        passed, naming, goes_on = Place(), Naming(stream), ""
        for raw, number in self._rows(stream, after, naming):
            if number is None and after and stream in NUMBERED:
                raise Unnumbered
            passed = _further(passed, raw, number)
            if passed.rows <= place.rows:
                if passed.rows == place.rows and passed.sum != place.sum:
                    raise Moved
                continue
            if len(held) == self.client.rows_at_once:
                yield Page(held, goes_on)
                held = []
            held.append(raw)
            goes_on = msgspec.json.encode(passed).decode()
        if passed.rows < place.rows:
            raise Moved
        yield Page(held, None, _mark(passed, naming) if stream in NUMBERED else None)

    def _rows(
        self, stream: str, after: int | None, naming: Naming | None = None
    ) -> Iterator[tuple[Raw, int | None]]:
        named = naming or Naming(stream)
        try:
            yield from map(named.raw, self.client.rows(stream, after))
        except NotThere:
            if stream not in OPTIONAL:
                raise

    def _settings(self) -> Iterator[Raw]:
        for name, value in facts(self.client).items():
            yield Raw(name, msgspec.json.encode({"id": name, "value": value}))


def _mark(passed: Place, naming: Naming) -> str | None:
    """The highest number; back to the beginning where only the whole list will do."""
    if naming.unclear:
        logger.info("Galaxy gives several rows of “%s” for one thing.", naming.stream)
        return mark_of(0)
    return mark_of(passed.highest) if passed.highest else None


def _further(place: Place, raw: Raw, number: int | None) -> Place:
    """One row on. The sum is that of the rows alone, whatever their order."""
    name = f"{raw.external_id} {number}".encode()
    told = int.from_bytes(blake2b(name, digest_size=8).digest(), "big")
    return Place(
        place.rows + 1, (place.sum + told) % 2**63, max(place.highest, number or 0)
    )
