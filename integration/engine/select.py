"""Turns a selection into pages of rows a connector's reader can give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from integration.contract.connector import Reader, Stream
from integration.contract.messages import (
    Again,
    Changed,
    Everything,
    Missing,
    Oldest,
    Page,
    Raw,
    Selection,
    These,
)
from integration.engine.intake import body_of
from integration.models import Connection, Run, Sighting

# Ids that one run asks for, and stored rows mapped anew in one transaction.
AT_ONCE = 100
# Absences in a row after which the oldest rows are no longer asked for.
IN_VAIN = 3


def pages(
    connection: Connection,
    stream: Stream,
    selection: Selection,
    run: Run,
    reader: Reader | None,
    mapped_with: bytes = b"",
) -> Iterator[Page]:
    """The pages of a run from where it stands; `reader` None: only what is stored. Of
    stored rows named by id, only those not mapped with the digest `mapped_with`."""
    resume = run.resume or None
    if isinstance(selection, Again) or reader is None:
        ids = selection.ids if isinstance(selection, Again) else ()
        stored = Sighting.everywhere.filter(
            connection=connection, stream=stream.key, gone_at=None
        )
        if ids:
            stored = stored.filter(external_id__among=ids)
            stored = stored.exclude(map_digest=mapped_with)
        return _stored(stored, resume)
    match selection:
        case Changed():
            return reader.read(stream.key, run.since or None, resume)
        case Everything():
            return reader.read(stream.key, None, resume)
        case These(ids):
            return _these(reader, stream, ids, resume)
        case Oldest(n):
            return _these(reader, stream, oldest(connection, stream, n), resume)
        case Missing(since):
            listed = list(reader.ids(stream.key, since))
            return iter([_unknown(connection, stream, listed)])


def _these(
    reader: Reader, stream: Stream, ids: Sequence[str], resume: str | None
) -> Iterator[Page]:
    """Some ids at a time; one that is not answered is gone."""
    start, at_once = int(resume or 0), stream.at_once
    for begin in range(start, len(ids), at_once):
        asked = ids[begin : begin + at_once]
        rows = list(reader.fetch(stream.key, asked))
        given = {raw.external_id for raw in rows}
        rows += [Raw(lost, None, gone=True) for lost in asked if lost not in given]
        more = begin + at_once < len(ids)
        yield Page(rows, str(begin + at_once) if more else None)


def _unknown(connection: Connection, stream: Stream, listed: Sequence[str]) -> Page:
    """Stubs of the listed ids that were never seen: each is fetched by a child run."""
    known = set(
        Sighting.everywhere.filter(
            connection=connection, stream=stream.key, external_id__in=listed
        ).values_list("external_id", flat=True)
    )
    missed = [
        Raw(external_id, None) for external_id in listed if external_id not in known
    ]
    return Page(missed, None)


def _stored(stored: QuerySet[Sighting], resume: str | None) -> Iterator[Page]:
    """These rows as stored, in the order they were first seen."""
    last = int(resume or 0)
    while True:
        rows = list(stored.filter(pk__gt=last).order_by("pk")[:AT_ONCE])
        items = [
            Raw(row.external_id, body_of(row), owner=row.owner, version=row.version)
            for row in rows
        ]
        more = len(rows) == AT_ONCE
        last = rows[-1].pk if rows else last
        yield Page(items, str(last) if more else None)
        if not more:
            return


def oldest(connection: Connection, stream: Stream, n: int) -> list[str]:
    """Ids of the `n` rows not seen for longest.

    What was asked for often in vain and may not be called gone would stand first for
    ever: it is left out.
    """
    return list(
        Sighting.everywhere.filter(
            connection=connection,
            stream=stream.key,
            gone_at=None,
            missed__lt=max(IN_VAIN, stream.gone_after),
        )
        .order_by("seen_at")
        .values_list("external_id", flat=True)[:n]
    )
