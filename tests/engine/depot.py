"""A back office of lists: goods, their notes and counts, and the colours they name.

Notes name their good by its id, counts by its code. A test holds the rows itself and
hands them over by the contract, without HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integration.canonical.catalog import Level, Product, Stock, Variant
from integration.canonical.kinds import Kind
from integration.canonical.shop import Entry
from integration.contract.connector import Connector, CursorType, Stream
from integration.contract.mapping import (
    FieldMap,
    at,
    const,
    derive,
    each,
    looked_up,
    ref,
)
from integration.contract.messages import Page, Raw
from integration.http.auth import NoAuth
from integration.sandbox.platform import json_response

if TYPE_CHECKING:
    from integration.models import Connection, Tenant

Row = dict[str, Any]


def itself(source: Row) -> list[Row]:
    """A good is its own only variant."""
    return [source]


def notes(source: Row) -> str:
    """What its notes say, in their order."""
    return " ".join(note["text"] for note in source["notes"])


def counted(source: Row) -> tuple[Level, ...]:
    """All its counts together."""
    return (Level(available=Decimal(sum(row["pieces"] for row in source["counts"]))),)


VARIANT = FieldMap(Variant, external_id=at("row.id"), sku=at("row.code"))
PRODUCT = FieldMap(
    Product,
    lookups=("colour",),
    external_id=at("row.id"),
    title=at("row.name"),
    summary=derive(notes),
    tags=looked_up("colour", "row.colour", lambda entry: (entry.label,), ()),
    variants=each(itself, VARIANT),
)
STOCK = FieldMap(
    Stock,
    external_id=at("row.id"),
    variant=ref(Kind.VARIANT, "row.id"),
    levels=derive(counted),
)
COLOUR = FieldMap(
    Entry, external_id=at("id"), table=const("colour"), name=at("name", default="")
)
STREAMS = (
    Stream(
        key="goods",
        maps=(PRODUCT, STOCK),
        cursor=CursorType.REVISION,
        parts=("notes", "counts"),
        after=("colours",),
        called=("name",),
    ),
    Stream(key="notes", cursor=CursorType.REVISION),
    Stream(key="counts", cursor=CursorType.NONE, fetchable=False),
    Stream(key="colours", maps=(COLOUR,), lookup="colour", cursor=CursorType.NONE),
)


@dataclass
class Depot:
    """The lists, and which of them were asked for (list, since)."""

    page: int = 100
    lists: dict[str, dict[str, Row]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    revision: int = 0

    def put(self, stream: str, external_id: str, **fields: Any) -> None:
        """A new row, or a changed one."""
        self.revision += 1
        rows = self.lists.setdefault(stream, {})
        before = rows.get(external_id, {})
        rows[external_id] = {
            **before,
            "id": external_id,
            **fields,
            "revision": self.revision,
        }

    def stock(self, goods: int) -> None:
        """So many goods, each with a note and a count, all of them red."""
        self.put("colours", "r", name="Red")
        for number in range(goods):
            self.put("notes", f"n{number}", of=f"{number}", text=f"note {number}")
            self.put("counts", f"c{number}", of=f"code-{number}", pieces=number)
            self.put(
                "goods",
                f"{number}",
                code=f"code-{number}",
                name=f"Good {number}",
                colour="r",
            )

    def drop(self, stream: str, external_id: str) -> None:
        """A row that is no longer listed."""
        del self.lists[stream][external_id]

    def merge(self, old: str, new: str) -> None:
        """A good that became part of another, as its list tells it."""
        self.moved[old] = new
        self.put("goods", old)

    # --- the contract ---

    def read(
        self, stream: str, since: str | None, resume: str | None
    ) -> Iterator[Page]:
        """Pages of what came after a revision, the mark on the last."""
        self.asked.append((stream, since))
        rows = [
            row
            for row in self.lists.get(stream, {}).values()
            if row["revision"] > int(since or 0)
        ]
        start = int(resume or 0)
        # A list that is always read whole has no mark.
        whole = stream in ("counts", "colours")
        for begin in range(start, max(len(rows), 1), self.page):
            more = begin + self.page < len(rows)
            yield Page(
                [self._raw(stream, row) for row in rows[begin : begin + self.page]],
                str(begin + self.page) if more else None,
                mark=None if more or whole else str(self.revision),
            )

    def fetch(self, stream: str, ids: Sequence[str]) -> Iterator[Raw]:
        """These rows."""
        self.asked.append((stream, ",".join(ids)))
        rows = self.lists.get(stream, {})
        return (self._raw(stream, rows[each]) for each in ids if each in rows)

    def ids(self, stream: str, since: datetime) -> Iterator[str]:
        """All of them: nothing here has a date."""
        return iter(list(self.lists.get(stream, {})))

    def _raw(self, stream: str, row: Row) -> Raw:
        moved_to = self.moved.get(row["id"], "") if stream == "goods" else ""
        return Raw(
            row["id"],
            json_response(row).get_data(),
            owner=row["code"] if stream == "goods" else row.get("of", ""),
            version=f"{row['revision']:012}",
            gone=bool(moved_to),
            moved_to=moved_to,
        )

    def connector(self) -> Connector:
        """The depot as a platform."""
        return Connector(
            key="depot",
            label="Depot",
            fields=(),
            account=lambda settings: "depot",
            base_url=lambda settings: "http://127.0.0.1/depot",
            auth=lambda settings, secrets: NoAuth(),
            client=lambda settings, http: self,
            probe=lambda client: iter(()),
            streams=STREAMS,
            reader=lambda client: self,
        )

    def connect(self, tenant: Tenant) -> Connection:
        """An account of a merchant here."""
        from integration.engine import connect

        return connect.connect(tenant, "depot", "Depot", {}, {}, {})
