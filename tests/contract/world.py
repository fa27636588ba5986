"""A platform's sandbox and a connection to it, for the promises that take calls."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from integration.canonical.kinds import FACETS, Kind
from integration.canonical.record import Record
from integration.contract.connector import Connector, Reader, Writer
from integration.contract.mapping import Context
from integration.contract.messages import Action, Outcome, Outgoing
from integration.errors import SyncFailure
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.rules import HttpRules
from integration.sandbox.server import SandboxServer
from tests.contract.cases import written
from tests.contract.subject import subject

# A slow machine is no failure: only an answer that is held back counts as none.
RULES = HttpRules(allow_loopback=True, read_timeout=60, total_timeout=120)
IMPATIENT = HttpRules(allow_loopback=True, read_timeout=1, total_timeout=120)
# Seconds for which an answer is held back: longer than anybody waits.
HELD = 60


class World:
    """One sandboxed platform from both sides."""

    def __init__(self, connector: Connector, server: SandboxServer) -> None:
        self.connector = connector
        self.subject = subject(connector.key)
        self.root = f"{server.url}/{connector.key}"
        given = dict(server.platform(connector.key).credentials)
        named = self.subject.credentials
        self.credentials = given | {ours: given[its] for ours, its in named.items()}
        self._controls = f"{server.url}/_control/{connector.key}"

    def do(self, action: str, **body: Any) -> Any:
        """One of the platform's own controls."""
        answer = requests.post(f"{self._controls}/{action}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def ledger(self) -> Any:
        """All the platform holds; the tokens it gave out are none of its things."""
        held = requests.get(f"{self._controls}/ledger", timeout=60).json()
        return {name: rows for name, rows in held.items() if name != "tokens"}

    def fault(self, kind: str, **more: Any) -> None:
        """The platform's API misbehaves from now on."""
        self.do("faults", kind=kind, path=self.subject.path, **{"times": -1, **more})

    def refuse(self, status: int) -> None:
        """Every call is answered with a status, in the platform's own words."""
        body = self.subject.refusals.get(status, "")
        self.fault("status", status=status, body=body)

    def settings(self, **given: Any) -> dict[str, Any]:
        """Those of the connection, with some put in place of its own."""
        return {**self.subject.settings(self.root), **given}

    def client(
        self,
        credentials: Mapping[str, str] | None = None,
        rules: HttpRules = RULES,
        **given: Any,
    ) -> Any:
        """The connector's own client, over the one HTTP door."""
        settings = self.settings(**given)
        secrets = dict(self.credentials if credentials is None else credentials)
        door = Http(
            base_url=self.connector.base_url(settings),
            auth=self.connector.auth(settings, secrets),
            meter=FreeMeter(),
            rules=rules,
        )
        return self.connector.client(settings, door)

    def impatient(self) -> Any:
        """A client that soon gives up, signed in before: what it is about to ask for
        is the first it may wait for in vain."""
        list(self.connector.probe(self.client()))
        return self.client(rules=IMPATIENT, **self.subject.hurry)

    def reader(self, client: Any = None) -> Reader:
        """Reads over `client`, by default one of its own."""
        assert self.connector.reader is not None
        return self.connector.reader(self.client() if client is None else client)

    def writer(self, client: Any = None) -> Writer:
        """Writes over `client`, by default one of its own."""
        assert self.connector.writer is not None
        return self.connector.writer(self.client() if client is None else client)

    def outgoing(self, kind: Kind, uid: str = "uid-1") -> tuple[Record, Outgoing]:
        """The sample of a kind, as the engine would send it the first time."""
        sample = self.subject.samples[kind]
        ids = sample.ready(self)
        case = f"{kind}__{sample.case}.canonical.json"
        [write] = [one for one in written(self.connector) if one.path.name == case]
        context = Context(
            settings=self.settings(),
            facts=self.subject.facts,
            ids=dict(ids),
            lookups=self.subject.lookups,
            pairs=self.subject.pairs,
        )
        record = write.record()
        owner = sample.owner(self) if sample.owner else None
        action = Action.UPDATE if kind in FACETS else Action.CREATE
        payload = write.writes.map(record, context)
        return record, Outgoing(uid, action, owner, payload, f"key-of-{uid}")

    def count(self, kind: Kind) -> int:
        """How many things of a kind the platform holds."""
        return self.subject.samples[kind].count(self.ledger())

    def shown(self, kind: Kind, outcome: Outcome) -> Outcome:
        """The outcome once the platform shows what it took."""
        writer: Any = self.writer()
        until = time.monotonic() + HELD
        while outcome.pending and time.monotonic() < until:
            outcome = next(iter(writer.poll(kind, [outcome])), outcome)
            time.sleep(0.1)
        return outcome


def attempt(
    writer: Writer, kind: Kind, batch: Sequence[Outgoing]
) -> tuple[list[Outcome], SyncFailure | None]:
    """What a write gives and what it raises."""
    outcomes: list[Outcome] = []
    try:
        outcomes.extend(writer.write(kind, batch))
    except SyncFailure as failure:
        return outcomes, failure
    return outcomes, next((one.error for one in outcomes if one.error), None)
