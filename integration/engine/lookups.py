"""Lookups: a connection's closed vocabularies, kept as tables instead of as records.

Field maps and pairs choose from them. A list of entries is read when its account is
connected, when somebody asks, and once more where a row names an id it does not hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.utils import timezone

from integration.canonical.codec import plain
from integration.canonical.kinds import Kind
from integration.canonical.shop import Entry
from integration.contract import registry
from integration.contract.context import Table
from integration.contract.messages import Everything
from integration.engine.selection import ask, ask_again
from integration.errors import BadRecord
from integration.models import Connection, Cursor, Lookup, Priority, Run
from synclog import journal

if TYPE_CHECKING:
    from integration.engine.detect import Bundle
    from integration.engine.intake import Intake

# The cause of reads asked for here: what they cannot mend asks for no other.
UNKNOWN = "unknown_entry"
# That of a map that changed: nothing new came, so only an empty table is worth a read.
MAPPING = "mapping_changed"
CHANGING = ("code", "label", "parent", "active", "data", "seen_at")
# As long as the columns that keep them.
LONGEST_CODE = 200
LONGEST_LABEL = 300
# Entries written by one statement.
AT_ONCE = 100


def tables(connection: Connection, names: Collection[str]) -> dict[str, Table]:
    """These tables of a connection as stored, always in the same order; one statement,
    none where nothing is named."""
    if not names:
        return {}
    stored = Lookup.everywhere.filter(connection=connection, table__in=names)
    entries: dict[str, list[Entry]] = defaultdict(list)
    for row in stored.order_by("table", "external_id"):
        entries[row.table].append(
            Entry(
                external_id=row.external_id,
                table=row.table,
                code=row.code,
                name=row.label,
                parent=row.parent,
                active=row.active,
                data=row.data,
            )
        )
    return {name: Table.of(entries[name]) for name in sorted(names)}


def learn(intake: Intake, bundles: Sequence[Bundle]) -> None:
    """Keep the entries of a page in their tables instead of as records."""
    told: dict[tuple[str, str], Entry] = {}
    for bundle in bundles:
        for thing in bundle.things:
            if isinstance(thing, Entry):
                told[(thing.table, thing.external_id)] = thing
        bundle.things = [t for t in bundle.things if t.kind != Kind.LOOKUP]
    Lookup.everywhere.bulk_create(
        [_row(intake, entry) for entry in told.values()],
        update_conflicts=True,
        unique_fields=("connection", "table", "external_id"),
        update_fields=CHANGING,
        batch_size=AT_ONCE,
    )


def _row(intake: Intake, entry: Entry) -> Lookup:
    return Lookup(
        tenant_id=intake.connection.tenant_id,
        connection=intake.connection,
        table=entry.table,
        external_id=entry.external_id,
        code=entry.code[:LONGEST_CODE],
        label=entry.name[:LONGEST_LABEL],
        parent=entry.parent[:LONGEST_CODE],
        active=entry.active,
        data=plain(entry)["data"],
        seen_at=intake.now,
    )


def retire(intake: Intake, rows: Mapping[str, bytes]) -> None:
    """Mark the entries of vanished rows (their bodies by id) as no longer in use.

    They stay, since things and pairs may still name them.
    """
    if not intake.stream.lookup:
        return
    lost: dict[str, set[str]] = defaultdict(set)
    for external_id, body in rows.items():
        try:
            things = intake.reading.records(body)
        except BadRecord:
            lost[intake.stream.lookup].add(external_id)
        else:
            for thing in things:
                if isinstance(thing, Entry):
                    lost[thing.table].add(thing.external_id)
    for table, ids in lost.items():
        Lookup.everywhere.filter(
            connection=intake.connection, table=table, external_id__among=ids
        ).update(active=False)


def first_read(connection: Connection) -> list[Run]:
    """A full read of every list of entries that was never asked for."""
    runs = []
    for stream in registry.connector(connection.platform).tables().values():
        cursor, _ = Cursor.everywhere.get_or_create(
            tenant_id=connection.tenant_id, connection=connection, stream=stream.key
        )
        if cursor.full_asked_at is None:
            now = timezone.now()
            Cursor.everywhere.filter(pk=cursor.pk).update(
                asked_at=now, full_asked_at=now
            )
            runs.append(ask(connection, stream.key, Everything(), cause="install")[0])
    return runs


def read_again(connection: Connection, user: User | None = None) -> list[Run]:
    """A person wants to choose from what is there now: every list of entries anew."""
    streams = registry.connector(connection.platform).tables().values()
    journal.audit(connection.tenant_id, "read_lists", str(connection), user=user)
    return [
        ask(
            connection,
            stream.key,
            Everything(),
            cause="manual",
            priority=Priority.MANUAL,
        )[0]
        for stream in streams
    ]


def look_up(run: Run, unknown: Mapping[str, Sequence[str]]) -> None:
    """Read anew the tables that lacked an id (rows by table); then map the rows again.

    A table is read at most once for a run. What fails again after that stays an open
    error, so that nothing goes round in a circle.
    """
    lists = registry.connector(run.connection.platform).tables()
    again: dict[str, None] = {}
    for table, rows in unknown.items():
        if run.cause == UNKNOWN or table not in lists:
            continue
        if run.cause == MAPPING and _filled(run.connection, table):
            continue
        _read_once(run, lists[table].key)
        again.update(dict.fromkeys(rows))
    ask_again(
        run.connection,
        run.stream,
        list(again),
        cause=UNKNOWN,
        priority=run.priority,
        parent=run,
    )


def _filled(connection: Connection, table: str) -> bool:
    return Lookup.everywhere.filter(connection=connection, table=table).exists()


def _read_once(run: Run, stream: str) -> None:
    since_it_began = Run.everywhere.filter(
        connection=run.connection,
        stream=stream,
        cause=UNKNOWN,
        created_at__gte=run.started_at or run.created_at,
    )
    if not since_it_began.exists():
        ask(
            run.connection,
            stream,
            Everything(),
            cause=UNKNOWN,
            priority=run.priority,
        )
