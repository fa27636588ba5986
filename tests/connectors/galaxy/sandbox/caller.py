"""Speaks to the Galaxy sandbox as any outsider would, for the tests about it."""

from __future__ import annotations

from typing import Any

import requests

from connectors.galaxy.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer

KNOWN = PLATFORM.credentials
SYNC = "/services/sync"


class Caller:
    """A client without any cleverness: one login, plain calls, plain controls."""

    def __init__(self, server: SandboxServer) -> None:
        self.root = f"{server.url}/galaxy"
        self.controls = f"{server.url}/_control/galaxy"
        self.session = requests.Session()
        self.session.headers["Accept"] = "application/json"

    def login(self, **changes: str) -> requests.Response:
        body = {name: KNOWN[name] for name in ("username", "password")}
        return self.post("/auth", {**body, **changes})

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.session.get(self.root + path, params=params, timeout=60)

    def post(self, path: str, body: Any, **params: Any) -> requests.Response:
        address = self.root + path
        return self.session.post(address, json=body, params=params, timeout=60)

    def rows(self, name: str, **params: Any) -> list[Any]:
        answer = self.get(f"{SYNC}/{name}", **params)
        answer.raise_for_status()
        rows: list[Any] = answer.json()
        return rows

    def row(self, name: str, **fields: Any) -> Any:
        """The one row of a list with these fields."""
        found = [row for row in self.rows(name) if fields.items() <= row.items()]
        assert len(found) == 1, f"{len(found)} of {name} have {fields}"
        return found[0]

    def control(self, action: str, **body: Any) -> Any:
        answer = requests.post(f"{self.controls}/{action}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def refused(self, action: str, **body: Any) -> int:
        """The status of a control that is not done."""
        answer = requests.post(f"{self.controls}/{action}", json=body, timeout=60)
        return answer.status_code

    def ledger(self) -> Any:
        return requests.get(f"{self.controls}/ledger", timeout=60).json()


def error(answer: requests.Response) -> Any:
    """What stands in an answer about what went wrong."""
    return answer.json()["ResponseStatus"]


def newest(rows: list[Any]) -> int:
    """The highest number of a list."""
    return max(int(row["RevisionNumber"]) for row in rows)
