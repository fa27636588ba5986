"""The API's description is valid and complete, and can be read in a browser."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from integration.web import policy
from tests.api.described import operations, schema

ALWAYS = {"401", "403", "406", "429", "500", "503"}


def test_the_schema_is_valid_and_nothing_in_it_is_guessed() -> None:
    told = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=told)
    assert "openapi: 3.1" in told.getvalue()


def test_every_operation_tells_its_scope_its_errors_and_its_headers() -> None:
    whole = schema()
    assert whole["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for each in operations():
        told = each.told
        assert re.search(r"Needs the scope `\w+`", told["description"]), each.name
        assert len(told["description"].splitlines()[0]) > 15, each.name
        assert told["security"] == [{"key": []}], each.name
        answers = told["responses"]
        assert set(answers) >= ALWAYS, each.name
        if "{" in each.path:
            assert "404" in answers, each.name
        names = {parameter["name"] for parameter in told["parameters"]}
        if each.method == "get":
            assert "304" in answers
            assert "If-None-Match" in names
        else:
            assert set(answers) >= {"400", "409", "413", "415", "422"}, each.name
            assert "Idempotency-Key" in names
        for status, answer in answers.items():
            if status[0] == "2":
                assert set(answer["headers"]) >= {"RateLimit", "X-Request-ID"}
                assert answer["description"]
            elif status != "304":
                assert answer["$ref"].endswith(f"/Error{status}")
    for status, answer in whole["components"]["responses"].items():
        assert list(answer["content"]) == ["application/problem+json"], status


def test_every_parameter_and_field_has_a_type() -> None:
    for each in operations():
        for parameter in each.told["parameters"]:
            assert parameter["schema"], (each.name, parameter["name"])


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/vnd.oai.openapi+json", "json"),
        ("application/vnd.oai.openapi", "openapi"),
    ],
)
def test_the_schema_is_served_to_everybody(accept: str, kind: str) -> None:
    answer = Client().get("/api/schema/", headers={"Accept": accept})
    assert answer.status_code == 200
    assert kind in answer.headers["Content-Type"]


def test_the_page_to_read_it_keeps_to_the_site_s_policy(client: Client) -> None:
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert page.headers[policy.HEADER] == policy.STRICT
    text = page.content.decode()
    sources = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert len(sources) > 4
    assert all(source.startswith("/") for source in sources)
    assert not re.search(r"<style|style=|<script(?![^>]* src=)|\son\w+=", text)
    script = client.get("/api/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert "/api/schema/" in script.content.decode()
