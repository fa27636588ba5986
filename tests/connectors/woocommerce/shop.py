"""A sandboxed shop with our connector's client on it, for the tests about both."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from connectors.woocommerce import CONNECTOR
from connectors.woocommerce.client import Client
from connectors.woocommerce.reader import Reader
from connectors.woocommerce.sandbox import PLATFORM
from connectors.woocommerce.writer import Writer
from integration.canonical.kinds import Kind
from integration.contract.mapping import Context
from integration.contract.messages import Action, Outcome, Outgoing, Raw
from integration.http.body import parse
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.rules import HttpRules
from integration.sandbox.server import SandboxServer

FACTS = {
    "currency": "USD",
    "price_num_decimals": "2",
    "prices_include_tax": "no",
    "calc_taxes": "yes",
    "weight_unit": "kg",
}


class Shop:
    """The shop from both sides: as our connector sees it, and as its owner does."""

    def __init__(self, server: SandboxServer) -> None:
        self.url = f"{server.url}/woocommerce"
        self.controls = f"{server.url}/_control/woocommerce"
        self.settings: dict[str, Any] = {"url": self.url}

    def client(
        self, secrets: Mapping[str, str] = PLATFORM.credentials, **rules: Any
    ) -> Client:
        """Our client, over the one HTTP door."""
        door = Http(
            base_url=CONNECTOR.base_url(self.settings),
            auth=CONNECTOR.auth(self.settings, dict(secrets)),
            meter=FreeMeter(),
            rules=HttpRules(allow_loopback=True, **rules),
        )
        client: Client = CONNECTOR.client(self.settings, door)
        return client

    @property
    def reader(self) -> Reader:
        return Reader(self.client())

    @property
    def writer(self) -> Writer:
        return Writer(self.client())

    def control(self, action: str, **body: Any) -> Any:
        answer = requests.post(f"{self.controls}/{action}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def fault(self, **fault: Any) -> None:
        """One misbehaviour of the shop's host; see the sandbox's faults."""
        self.control("faults", **fault)

    def ledger(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = requests.get(
            f"{self.controls}/ledger", timeout=60
        ).json()[name]
        return rows

    def forget_calls(self) -> None:
        requests.delete(f"{self.controls}/calls", timeout=60).raise_for_status()

    def seen(self) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = requests.get(
            f"{self.controls}/calls", timeout=60
        ).json()["calls"]
        return calls

    def product(self, sku: str) -> dict[str, Any]:
        """What the shop holds under a SKU."""
        rows = [row for row in self.ledger("products") if row["sku"] == sku]
        assert len(rows) == 1, f"{len(rows)} products have the SKU {sku}"
        return rows[0]


def creating(
    sku: str, uid: str = "", handles: Mapping[str, str] | None = None, **payload: Any
) -> Outgoing:
    """A product to be made."""
    uid = uid or f"uid-{sku}"
    whole = {"sku": sku, "type": "simple", "name": sku, "status": "publish", **payload}
    return Outgoing(uid, Action.CREATE, None, whole, f"key-{sku}", handles or {})


def updating(
    external_id: str, handles: Mapping[str, str] | None = None, **payload: Any
) -> Outgoing:
    """A change of what is there."""
    uid = f"uid-{external_id}"
    return Outgoing(
        uid, Action.UPDATE, external_id, payload, f"key-{external_id}", handles or {}
    )


def by_uid(outcomes: Iterator[Outcome]) -> dict[str, Outcome]:
    """Outcomes by the record they are about; each has exactly one."""
    found: dict[str, Outcome] = {}
    for outcome in outcomes:
        assert outcome.uid not in found
        found[outcome.uid] = outcome
    return found


def context(**changes: Any) -> Context:
    """What a map is told of a shop, with these facts changed."""
    return Context(facts={**FACTS, **changes})


def moment(seconds: int = 0) -> str:
    """Seconds before now, as the shop writes its GMT dates."""
    at = datetime.now(UTC) - timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def product_row(number: int, changed: str, **fields: Any) -> dict[str, Any]:
    dates = {"date_created_gmt": changed, "date_modified_gmt": changed}
    row = {"id": number, "name": f"P{number}", "sku": f"S{number}", **dates}
    return {**row, "regular_price": "1.00", **fields}


def records(stream: str, raw: Raw, told: Context | None = None) -> dict[Kind, Any]:
    """What a row becomes, the first of each kind."""
    found: dict[Kind, Any] = {}
    for fieldmap in CONNECTOR.stream(stream).maps:
        for record in fieldmap.records(parse(raw.body or b""), told or context()):
            found.setdefault(record.kind, record)
    return found


class _Pictures(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(b"x")

    def log_message(self, *details: object) -> None:
        return None


@contextmanager
def pictures() -> Iterator[tuple[str, list[str]]]:
    """A server of pictures: its address and the paths it was asked for."""
    asked: list[str] = []
    handler = type("Handler", (_Pictures,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
