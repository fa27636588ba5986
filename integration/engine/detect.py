"""What really changed: canonical fingerprints against what the links last showed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from integration.canonical.codec import encode, fingerprint
from integration.canonical.record import Record as Canonical
from integration.contract.messages import Raw
from integration.engine import revisions
from integration.engine.identity import Identities, Name, New, name_of
from integration.models import Connection, Link, Record, bulk


@dataclass(slots=True)
class Bundle:
    """One row and all it became; `changed` names the records that differ."""

    raw: Raw
    things: list[Canonical]
    changed: set[str] = field(default_factory=set)

    def of_kind(self, kind: str) -> Canonical | None:
        """The row's first record of a kind."""
        return next((thing for thing in self.things if thing.kind == kind), None)


def detect(bundles: Sequence[Bundle], found: Identities) -> dict[int, Record | New]:
    """Mark in each bundle what differs from before; the records concerned, by id."""
    touched: dict[int, Record | New] = {}
    for bundle in bundles:
        for thing in bundle.things:
            link = found.links.get(name_of(thing))
            if link is None or link.gone_at or _digest(link) != fingerprint(thing):
                bundle.changed.add(str(thing.kind))
                record = found.records[name_of(thing)]
                touched[record.pk] = record
    return touched


def _digest(link: Link) -> bytes:
    return bytes(link.digest or b"")


def stamp(tenant_id: int, touched: dict[int, Record], labels: dict[int, str]) -> None:
    """Give every touched record its new revision, and its label where it has one."""
    revisions.number(tenant_id, touched.values())
    for record in touched.values():
        record.label = labels.get(record.pk, record.label)[:300]
        record.gone_at = None
    # All of them are there already: this is one UPDATE for many, at an INSERT's price.
    Record.everywhere.bulk_create(
        touched.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["revision", "label", "gone_at"],
    )


def write_links(
    connection: Connection, bundles: Iterable[Bundle], found: Identities, now: datetime
) -> None:
    """Store what the connection shows of everything that changed, and new identities.

    A link that moved to another record keeps the record it had.
    """
    shown: dict[Name, tuple[bytes | None, bytes | None]] = {}
    for bundle in bundles:
        for thing in bundle.things:
            if str(thing.kind) in bundle.changed:
                shown[name_of(thing)] = (encode(thing), fingerprint(thing))
            for part in thing.parts():
                known = found.links.get(name_of(part))
                if known is None or known.gone_at:
                    shown[name_of(part)] = (None, None)
    columns = ("kind", "external_id", "record_id", "data", "digest")
    rows = [(*name, found.records[name].pk, *each) for name, each in shown.items()]
    whose = {"tenant_id": connection.tenant_id, "connection_id": connection.pk}
    bulk.insert(Link, columns, [r for r in rows if r[:2] not in found.links], **whose)
    Link.everywhere.bulk_create(
        [
            Link(**dict(zip(columns, row, strict=True)), **whose)
            for row in rows
            if row[:2] in found.links
        ],
        update_conflicts=True,
        unique_fields=["connection", "kind", "external_id"],
        update_fields=["data", "digest", "gone_at"],
    )
