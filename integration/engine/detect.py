"""What really changed: canonical fingerprints against what the links last showed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from integration.canonical.codec import fingerprint
from integration.canonical.record import Record as Canonical
from integration.contract.messages import Raw
from integration.engine import revisions
from integration.engine.identity import Identities, New, name_of
from integration.models import Link, Record


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
