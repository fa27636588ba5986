"""A client written from nothing but the schema reports a full sync over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.admin.rows import Rows
from tests.api.program import Program

Json = dict[str, Any]


class FromSchema:
    """Builds every request from the schema it reads at the beginning, and knows
    nothing else of the API: neither addresses nor methods nor headers."""

    def __init__(self, schema_address: str, key: str) -> None:
        self.origin = re.match(r"https?://[^/]+", schema_address)[0]  # type: ignore[index]
        asked = requests.get(
            schema_address, headers={"Accept": "application/json"}, timeout=30
        )
        self.schema: Json = asked.json()
        schemes = self.schema["components"]["securitySchemes"]
        [scheme] = schemes.values()
        assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"

    def resolve(self, part: Json) -> Json:
        """What a reference points at."""
        while "$ref" in part:
            found: Any = self.schema
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part

    def operation(self, name: str) -> tuple[str, str, Json]:
        """The one operation of this name."""
        [found] = [
            (method, path, told)
            for path, methods in self.schema["paths"].items()
            for method, told in methods.items()
            if told["operationId"] == name
        ]
        return found

    def call(self, name: str, known: Json, said: Json | None = None) -> Any:
        """Do an operation: ids and values are found by their names."""
        method, path, told = self.operation(name)
        headers = {}
        for parameter in told["parameters"]:
            of = parameter["name"]
            if parameter["in"] == "path":
                allowed = parameter["schema"].get("enum", [known[of]])
                assert known[of] in allowed
                path = path.replace(f"{{{of}}}", known[of])
            elif of == "Idempotency-Key":
                headers[of] = f"{method}-{datetime.now(UTC).timestamp()}"
        body = self.body(told, said) if said is not None else None
        answer = self.session.request(
            method, self.origin + path, json=body, headers=headers, timeout=30
        )
        described = told["responses"][str(answer.status_code)]
        assert answer.status_code < 300, answer.text
        for header in described["headers"]:
            assert header in answer.headers or header == "Idempotent-Replayed"
        return answer.json() if answer.content else None

    def body(self, told: Json, said: Json) -> Json:
        """What is said, put into the fields the schema has for it."""
        media = told["requestBody"]["content"]["application/json"]
        return self.fill(self.resolve(media["schema"]), said)

    def fill(self, shape: Json, said: Json) -> Json:
        """The fields of a shape for which there is something to say."""
        body: Json = {}
        for name, field in shape["properties"].items():
            if name not in said:
                assert name not in shape.get("required", ()), name
                continue
            field = self.resolve(field)
            items = self.resolve(field.get("items", {}))
            body[name] = (
                [self.fill(items, each) for each in said[name]]
                if "properties" in items
                else said[name]
            )
        return body


@pytest.mark.django_db(transaction=True)
def test_a_client_that_knows_only_the_schema_reports_a_full_sync(
    live_server: Any,
) -> None:
    rows = Rows()
    program = Program.of(rows.tenant, "read", "sync_log")
    client = FromSchema(f"{live_server.url}/api/schema/", program.text)
    mine = client.call("connections_list", {})["results"]
    chosen = next(each for each in mine if each["platform"] == "crystal")
    known = {"connection": chosen["uid"], "kind": "product"}
    now = datetime.now(UTC).isoformat()

    def problem(number: int) -> Json:
        return {
            "external_id": str(number),
            "code": "no_sku",
            "message": "It has no SKU.",
            "colour": "red",
        }

    begun = client.call("synclogs_begin", known, {"started_full_sync": now})
    assert (begun["last_full_sync"], begun["error_count"]) == (None, 0)
    more = "synclogs_more"
    for chunk in range(3):
        errors = [problem(number) for number in range(chunk * 100, chunk * 100 + 100)]
        told = client.call(more, known, {"errors": errors})
    assert told["error_count"] == 300
    solved = [str(number) for number in range(250)]
    told = client.call(more, known, {"resolved": solved})
    assert told["error_count"] == 50
    client.call(more, known, {"last_full_sync": now})
    ended = client.call("synclogs_read", known)
    assert ended["last_full_sync"] == ended["started_full_sync"]
    assert ended["error_count"] == 50
    left = client.call("synclogs_errors", known)
    assert left["results"][0]["external_id"] == "250"
