"""What the rows of a page are, by their digests alone: new, changed, same, stale, gone.

One SELECT per page, before anything is parsed.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from integration.canonical.codec import digest
from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.contract.connector import Stream
from integration.contract.messages import Raw
from integration.engine.maps import Reading
from integration.models import Connection, Route, Run, Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Under which terms rows are taken in.

    `routes` are those that may owe something for them, `inbound` those that write to
    this connection and so may find their work changed by others. The routes `owed_all`
    (their ids) are owed unchanged rows too, which `resend` writes though they are
    believed to be there; those `lacking`, unchanged rows their target does not have.
    `stored`: these are rows as kept, nobody has just seen them. `fresh_for` is how old
    a sighting may grow before an unchanged row refreshes it.
    """

    connection: Connection
    stream: Stream
    reading: Reading
    routes: Sequence[Route]
    run: Run | None
    cause: str
    priority: int
    now: datetime
    inbound: Sequence[Route] = ()
    owed_all: Collection[int] = ()
    lacking: Collection[int] = ()
    resend: bool = False
    stored: bool = False
    fresh_for: timedelta = timedelta(0)

    @property
    def whole(self) -> Stream | None:
        """The list whose rows these are parts of; None where they are nobody's."""
        return whole_of(self.connection, self.stream)

    @property
    def thorough(self) -> bool:
        """Whether rows that are as before have to be looked at."""
        return bool(self.owed_all or self.lacking)

    def filed(self, external_id: str) -> str:
        """What a row goes by among its connection's problems: its id, after the name
        of a list that makes no things of its own, since ids of such lists meet."""
        if self.stream.main != Kind.LOOKUP:
            return external_id
        return f"{self.stream.key} {external_id}"


class Seen(NamedTuple):
    """What is stored of a row, without its body."""

    external_id: str
    pk: int
    raw_digest: bytes
    map_digest: bytes | None
    version: str
    seen_at: datetime
    gone_at: datetime | None
    owner: str
    missed: int


@dataclass(slots=True)
class Sorted:
    """The rows of one page by what must be done with them."""

    fresh: list[Raw] = field(default_factory=list)
    same: list[Seen] = field(default_factory=list)
    stubs: list[Raw] = field(default_factory=list)
    gone: list[Seen] = field(default_factory=list)
    absent: list[Seen] = field(default_factory=list)
    known: dict[str, Seen] = field(default_factory=dict)
    never_seen: list[str] = field(default_factory=list)
    # Of those gone: the id of what they became part of.
    moved: dict[str, str] = field(default_factory=dict)
    # The ids of rows that could not be mapped, by the table that lacked an entry.
    unknown: dict[str, list[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


def sort(intake: Intake, rows: Sequence[Raw]) -> Sorted:
    """Tell the rows of a page apart; counts what needs no further look."""
    latest = {raw.external_id: raw for raw in rows}
    found = Sorted(known=known(intake, latest))
    found.counts["read"] = len(rows)
    # Listed twice on one page: the later one stands for both.
    found.counts["skipped"] = len(rows) - len(latest)
    for raw in latest.values():
        _place(intake, found, raw)
    return found


def _place(intake: Intake, found: Sorted, raw: Raw) -> None:
    before = found.known.get(raw.external_id)
    if raw.gone:
        _place_gone(intake, found, raw, before)
    elif raw.body is None:
        found.counts["passed_on"] += 1
        found.stubs.append(raw)
    elif before is not None and _stale(intake, before, raw):
        found.counts["skipped"] += 1
    elif before is not None and not intake.thorough and _same(intake, before, raw):
        found.counts["unchanged"] += 1
        found.same.append(before)
    else:
        found.fresh.append(raw)


def _same(intake: Intake, before: Seen, raw: Raw) -> bool:
    return (
        before.gone_at is None
        and before.map_digest is not None
        and bytes(before.map_digest) == intake.reading.digest
        and before.owner == raw.owner
        and not differs(before, raw)
    )


def differs(before: Seen, raw: Raw) -> bool:
    """Whether a row says something else than what is stored of it."""
    return bytes(before.raw_digest) != digest(raw.body or b"")


def _place_gone(intake: Intake, found: Sorted, raw: Raw, before: Seen | None) -> None:
    """A row its platform calls removed, or did not answer when asked for it by id.

    Silence is proof only where one absence is enough; else it is one of those that are
    counted (see `absent`).
    """
    silent = raw.body is None and not raw.version and not raw.moved_to
    if before is None:
        found.never_seen.append(raw.external_id)
    if before is None or before.gone_at:
        found.counts["skipped"] += 1
    elif silent and intake.stream.gone_after != 1:
        found.absent.append(before)
    else:
        found.counts["updated"] += 1
        found.gone.append(before)
        if raw.moved_to:
            found.moved[raw.external_id] = raw.moved_to


def _stale(intake: Intake, before: Seen, raw: Raw) -> bool:
    """Older than what is stored; a full read is believed all the same."""
    if intake.run is not None and intake.run.everything:
        return False
    return bool(raw.version and before.version and raw.version < before.version)


def known(intake: Intake, ids: Iterable[str]) -> dict[str, Seen]:
    """What is stored of these rows."""
    stored = Sighting.everywhere.filter(
        connection=intake.connection,
        stream=intake.stream.key,
        external_id__among=list(ids),
    )
    return {row[0]: Seen._make(row) for row in stored.values_list(*Seen._fields)}


def refresh(intake: Intake, same: Sequence[Seen]) -> None:
    """Note that unchanged rows were seen, where the last note has grown old."""
    if intake.stored:
        return
    limit = intake.now - intake.fresh_for
    old = [seen.pk for seen in same if seen.seen_at < limit]
    if old:
        Sighting.everywhere.filter(pk__among=old).update(seen_at=intake.now, missed=0)


def whole_of(connection: Connection, stream: Stream) -> Stream | None:
    """The list whose rows a list of parts completes; None for every other."""
    if stream.maps:
        return None
    return registry.connector(connection.platform).whole_of(stream)


def body_of(sighting: Sighting) -> bytes:
    """The JSON a sighting keeps; empty where none was kept."""
    return zlib.decompress(bytes(sighting.body)) if sighting.body else b""
