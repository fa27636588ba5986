"""A program that calls the API with a key, as any outside would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from integration.engine import api_keys
from integration.models import ApiKey, Scope, Tenant

V1 = "/api/v1"


@dataclass
class Program:
    """One client and its key; `text` is what it was shown once."""

    key: ApiKey
    text: str
    client: Client = field(default_factory=Client)

    @classmethod
    def of(cls, tenant: Tenant, *scopes: str, **more: Any) -> Program:
        """A program of this merchant's, with these scopes or all."""
        key, text = api_keys.issue(tenant, "Till", scopes or [*Scope], **more)
        return cls(key, text)

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> HttpResponse:
        """One call below `/api/v1`; header names with `_` for `-`."""
        sent = {"Authorization": f"Bearer {self.text}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        more: dict[str, Any] = {}
        if body is not None:
            more = {"data": json.dumps(body), "content_type": "application/json"}
        where = path if path.startswith(("/api", "http")) else V1 + path
        return self.client.generic(  # type: ignore[return-value]
            method.upper(), where, headers=sent, **more
        )

    def get(self, path: str, **headers: str) -> Any:
        """What a read answers; it must succeed."""
        answer = self.ask("get", path, **headers)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def walk(self, path: str) -> Iterator[list[dict[str, Any]]]:
        """The pages of a list, to the last."""
        where: str | None = path
        while where:
            page = self.get(where)
            yield page["results"]
            where = page["next"]


def problem(answer: HttpResponse, status: int, code: str = "") -> dict[str, Any]:
    """The problem document of a refused call, which must be one."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert told["status"] == status
    assert all(told[name] for name in ("title", "detail", "hint"))
    assert told["instance"].startswith("/api/")
    assert told["request_id"] == answer.headers["X-Request-ID"]
    if code:
        assert told["type"] == f"urn:weft:problem:{code}"
    return told
