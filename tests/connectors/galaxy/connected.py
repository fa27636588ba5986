"""Weft's side of the Galaxy tests: a client on the sandbox, its controls, a copy.

The copy does what the engine does with parts and tables, in a few lines: it keeps rows
by id and owner, and maps a main row together with its parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from connectors.galaxy import CONNECTOR
from connectors.galaxy.client import Client
from connectors.galaxy.facts import facts
from connectors.galaxy.reader import Reader
from connectors.galaxy.sandbox import PLATFORM
from connectors.galaxy.writer import Writer
from integration.canonical.record import Record
from integration.canonical.shop import Entry
from integration.contract.connector import Stream
from integration.contract.context import Table
from integration.contract.mapping import Context
from integration.contract.messages import Page, Raw
from integration.http.body import parse
from integration.http.client import Http
from integration.http.limits import FreeMeter, Meter
from integration.http.rules import HttpRules
from integration.sandbox.server import SandboxServer

FIXTURES = Path(__file__).parent / "fixtures"
SECOND = PLATFORM.credentials["second_web_scenario"]
Kept = dict[str, dict[str, Raw]]


class Galaxy:
    """A sandboxed Galaxy and a connection to it."""

    def __init__(self, server: SandboxServer) -> None:
        self.root = f"{server.url}/galaxy"
        self.controls = f"{server.url}/_control/galaxy"

    def settings(self, **given: Any) -> dict[str, Any]:
        user = PLATFORM.credentials["username"]
        return {"base_url": self.root, "username": user, "currency": "EUR", **given}

    def client(
        self,
        password: str = PLATFORM.credentials["password"],
        meter: Meter | None = None,
        **given: Any,
    ) -> Client:
        settings = self.settings(**given)
        http = Http(
            base_url=CONNECTOR.base_url(settings),
            auth=CONNECTOR.auth(settings, {"password": password}),
            meter=meter or FreeMeter(),
            rules=HttpRules(allow_loopback=True),
        )
        client: Client = CONNECTOR.client(settings, http)
        return client

    def reader(self, **given: Any) -> Reader:
        return Reader(self.client(**given))

    def writer(self, **given: Any) -> Writer:
        return Writer(self.client(**given))

    def control(self, action: str, **body: Any) -> Any:
        answer = requests.post(f"{self.controls}/{action}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def fault(self, kind: str, path: str, **more: Any) -> None:
        self.control("faults", **{"kind": kind, "path": path, "times": -1, **more})

    def ledger(self) -> Any:
        return requests.get(f"{self.controls}/ledger", timeout=60).json()

    def calls(self, path: str = "/services") -> list[dict[str, Any]]:
        """The calls made below a path, in order."""
        made = requests.get(f"{self.controls}/calls", timeout=60).json()["calls"]
        return [call for call in made if call["path"].startswith(path)]

    def context(self, **given: Any) -> Context:
        """All tables, settings and facts, as the engine would hold them."""
        client = self.client(**given)
        return Context(
            settings=self.settings(**given),
            facts=facts(client),
            lookups=tables(Reader(client)),
        )


def rows(pages: Any) -> list[Raw]:
    """All rows of a read."""
    return [raw for page in pages for raw in page.items]


def tables(reader: Reader) -> Mapping[str, Table]:
    """Every table, read anew."""
    found = {}
    for table, stream in CONNECTOR.tables().items():
        entries: list[Entry] = []
        for raw in rows(reader.read(stream.key, None, None)):
            for fieldmap in stream.maps:
                entries += fieldmap.records(parse(raw.body or b""), Context())
        found[table] = Table.of(entries)
    return found


class Copy:
    """What one connection has stored: rows by list, marks by list."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.rows: Kept = {}
        self.marks: dict[str, str] = {}

    def pull(self, stream: str, whole: bool = False) -> list[Page]:
        """Read what changed, or all there is, and keep it."""
        since = None if whole else self.marks.get(stream)
        pages = list(self.reader.read(stream, since, None))
        kept = self.rows.setdefault(stream, {})
        if whole:
            kept.clear()
        kept |= {raw.external_id: raw for raw in rows(iter(pages))}
        if pages[-1].mark:
            self.marks[stream] = pages[-1].mark
        return pages

    def source(self, stream: Stream, external_id: str) -> Any:
        """A main row together with its parts."""
        raw = self.rows[stream.key][external_id]
        names = {raw.external_id, raw.owner} - {""}
        parts = {
            part: [
                parse(each.body or b"")
                for each in self.rows.get(part, {}).values()
                if each.owner in names
            ]
            for part in stream.parts
        }
        return {"row": parse(raw.body or b""), **parts}

    def records(self, key: str, external_id: str, context: Context) -> list[Record]:
        """All that a main row becomes."""
        stream = CONNECTOR.stream(key)
        source = self.source(stream, external_id)
        return [
            record
            for fieldmap in stream.maps
            for record in fieldmap.records(source, context)
        ]
