"""What no database can hold is refused as one bad record, before it meets one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from integration.canonical.record import Record as Canonical
from integration.canonical.record import refs
from integration.contract.messages import Raw
from integration.errors import BadRecord

# As long as the columns that keep them.
LONGEST_ID = 200
LONGEST_VERSION = 64
NOTHING = "\x00"


def split(rows: Iterable[Raw]) -> tuple[list[Raw], list[tuple[Raw, BadRecord]]]:
    """Rows that can be stored, and those whose id cannot, each with its refusal."""
    fit: list[Raw] = []
    unfit: list[tuple[Raw, BadRecord]] = []
    for raw in rows:
        try:
            _check(raw.external_id, "id")
        except BadRecord as error:
            unfit.append((raw, error))
        else:
            version = raw.version.replace(NOTHING, "")[:LONGEST_VERSION]
            owner = raw.owner.replace(NOTHING, "")[:LONGEST_ID]
            fit.append(raw._replace(version=version, owner=owner))
    return fit, unfit


def check(things: Sequence[Canonical]) -> None:
    """Raise BadRecord where an id of a thing, its parts or its pointers is unfit."""
    for thing in things:
        _check(thing.external_id, f"{thing.kind}.external_id")
        for part in thing.parts():
            _check(part.external_id, f"{part.kind}.external_id")
        for pointer in refs(thing):
            if pointer.external_id:
                _check(pointer.external_id, f"{pointer.kind}.external_id")


def _check(external_id: str, field: str) -> None:
    if not external_id:
        raise BadRecord(field, "It has no id.", code="id_missing")
    if NOTHING in external_id:
        raise BadRecord(field, "Its id holds a zero byte.", code="id_unreadable")
    if len(external_id) > LONGEST_ID:
        raise BadRecord(
            field,
            f"Its id has {len(external_id)} characters; "
            f"there is room for {LONGEST_ID}.",
            code="id_too_long",
        )
