"""The fixtures of a platform: rows with their records, records with their payloads.

`<kind>__<case>.raw.json` is a row, `.canonical.json` beside it all it becomes; a
`.canonical.json` without a row is a record that is written, `.payload.json` beside it
what is sent.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from integration.canonical.codec import decode, plain
from integration.canonical.kinds import Kind
from integration.canonical.record import Record
from integration.contract.connector import Connector, Stream, Writes
from integration.contract.mapping import Context
from integration.http.body import parse
from tests.contract.subject import fixtures, subject

_payload = msgspec.json.Encoder(decimal_format="number")
Json = Any


class Row(NamedTuple):
    """A row as the platform sends it, and the list it stands in."""

    connector: Connector
    stream: Stream
    path: Path

    @property
    def golden(self) -> Path:
        """Where all it becomes is kept."""
        return self.path.with_name(self.path.name.replace(".raw.", ".canonical."))

    def source(self) -> Json:
        """The row, parsed anew."""
        return parse(self.path.read_bytes())

    def records(self, context: Context, source: Json = None) -> list[Record]:
        """All that the list's maps make of it."""
        row = self.source() if source is None else source
        return [
            record
            for fieldmap in self.stream.maps
            for record in fieldmap.records(row, context)
        ]

    def shown(self) -> Json:
        """What the golden file should hold."""
        found = self.records(reading(self.connector))
        made = [{"kind": record.kind, **plain(record)} for record in found]
        return parse(msgspec.json.encode(made))


class Write(NamedTuple):
    """A record that is written."""

    connector: Connector
    kind: Kind
    path: Path

    @property
    def golden(self) -> Path:
        """Where what is sent is kept."""
        return self.path.with_name(self.path.name.replace(".canonical.", ".payload."))

    @property
    def writes(self) -> Writes:
        """How the platform takes it."""
        return self.connector.writes[self.kind]

    def record(self) -> Record:
        """The record, decoded anew."""
        return decode(self.kind, self.path.read_bytes())

    def shown(self) -> Json:
        """What the golden file should hold."""
        payload = self.writes.map(self.record(), writing(self.connector))
        return parse(_payload.encode(payload))


def rows(connector: Connector) -> list[Row]:
    """Every row among a platform's fixtures."""
    found = []
    for path in sorted(fixtures(connector.key).glob("*.raw.json")):
        kind = Kind(path.name.partition("__")[0])
        streams = [each for each in connector.streams if each.main == kind]
        assert streams, f"{path.name}: no list of {connector.label} is of {kind}"
        found.append(Row(connector, streams[0], path))
    return found


def written(connector: Connector) -> list[Write]:
    """Every record among a platform's fixtures that is written."""
    found = []
    for path in sorted(fixtures(connector.key).glob("*.canonical.json")):
        if not path.with_name(path.name.replace(".canonical.", ".raw.")).exists():
            kind = Kind(path.name.partition("__")[0])
            found.append(Write(connector, kind, path))
    return found


def reading(connector: Connector) -> Context:
    """What maps are told of the sample connection."""
    told = subject(connector.key)
    settings = told.settings("http://127.0.0.1/sample")
    return Context(settings=settings, facts=told.facts, lookups=told.lookups)


def writing(connector: Connector) -> Context:
    """The same with the target's ids and words for what the fixtures point to."""
    told = subject(connector.key)
    return replace(reading(connector), ids=told.ids, pairs=told.pairs)
