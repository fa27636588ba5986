"""Weft's side of the Crystal tests: a client on the sandbox, and its controls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from connectors.crystal import CONNECTOR
from connectors.crystal.client import Client
from connectors.crystal.reader import Reader
from connectors.crystal.sandbox import PLATFORM
from connectors.crystal.writer import Writer
from integration.canonical.kinds import Kind
from integration.canonical.record import Record
from integration.canonical.sales import Order
from integration.contract.mapping import Context
from integration.contract.messages import Raw
from integration.http.body import parse
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.rules import HttpRules
from integration.sandbox.server import SandboxServer

FIXTURES = Path(__file__).parent / "fixtures"
HALO = "0b6f7d54-2a51-4a3e-9a5d-6c1a6f0a8c11"
IN_KRONOR = Context(settings={"currency": "SEK"})
LINKED = replace(IN_KRONOR, ids={("variant", "10"): HALO})


class Crystal:
    """A sandboxed Crystal and a connection to it."""

    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.root = f"{server.url}/crystal"
        self.controls = f"{server.url}/_control/crystal"
        self.control("settings", limit=0)

    def client(
        self, secret: str = PLATFORM.credentials["secret"], **given: Any
    ) -> Client:
        settings = {"base_url": self.root, "currency": "SEK", **given}
        secrets = {"key": PLATFORM.credentials["key"], "secret": secret}
        http = Http(
            base_url=CONNECTOR.base_url(settings),
            auth=CONNECTOR.auth(settings, secrets),
            meter=FreeMeter(),
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
        answer.raise_for_status()
        return answer.json()

    def fault(self, path: str, status: int, body: str = "", **more: Any) -> None:
        kind = {"kind": "status", "path": path, "status": status, "body": body}
        self.control("faults", **{**kind, **more})

    def ledger(self) -> Any:
        return requests.get(f"{self.controls}/ledger", timeout=60).json()

    def calls(self, path: str) -> list[dict[str, Any]]:
        """The calls made on a path, in order."""
        made = requests.get(f"{self.controls}/calls", timeout=60).json()["calls"]
        return [call for call in made if call["path"] == path]


def records(row: Any, context: Context = IN_KRONOR) -> list[Record]:
    """All that a product row becomes; `row` is its JSON, or what JSON would hold."""
    row = parse(row) if isinstance(row, bytes) else row
    maps = CONNECTOR.stream("products").maps
    return [record for each in maps for record in each.records(row, context)]


def payload(order: Order, context: Context = LINKED) -> Any:
    """What Crystal would be sent, but for our mark."""
    return CONNECTOR.writes[Kind.ORDER].map(order, context)


def everything(reader: Reader, since: str | None = None) -> list[Raw]:
    """The rows of all pages."""
    pages = reader.read("products", since, None)
    return [raw for page in pages for raw in page.items]
