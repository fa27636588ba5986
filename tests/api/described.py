"""The API's own description, as a stranger gets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.test import Client

METHODS = ("get", "put", "post", "patch", "delete")


class Operation(NamedTuple):
    """One method of one address."""

    method: str
    path: str
    told: dict[str, Any]

    @property
    def name(self) -> str:
        """Method and address as one text."""
        return f"{self.method.upper()} {self.path}"


def schema() -> dict[str, Any]:
    """The whole of it."""
    answer = Client().get("/api/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def operations() -> Iterator[Operation]:
    """Everything that can be asked."""
    for path, methods in schema()["paths"].items():
        for method, told in methods.items():
            if method in METHODS:
                yield Operation(method, path, told)
