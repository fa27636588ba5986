"""Whatever goes wrong is told as a problem document with the way out."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests.admin.rows import Rows
from tests.api.program import Program, problem


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/records",
        "/records/7/",
        "/runs/x/",
        "/runs/99999999999999999999/",
        "/sync-log/7/product/",
        "",
        "/",
    ],
)
def test_an_address_that_means_nothing_is_404(program: Program, path: str) -> None:
    problem(program.ask("get", path), 404, "not-found")


def test_a_method_an_address_does_not_know_is_405(rows: Rows, program: Program) -> None:
    answer = program.ask("delete", f"/records/{rows.records().uid}/")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, HEAD"
    problem(program.ask("options", "/runs/"), 405)


def test_another_format_is_refused(rows: Rows, program: Program) -> None:
    problem(program.ask("get", "/runs/", Accept="text/html"), 406, "not-acceptable")
    answer = program.client.post(
        "/api/v1/errors/retry/",
        "filters=1",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {program.text}"},
    )
    problem(answer, 415, "unsupported-media-type")  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 50_000, b'{"a": NaN}'])
def test_a_body_that_is_no_json_is_400(program: Program, body: bytes) -> None:
    answer = program.client.post(
        "/api/v1/errors/retry/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.text}"},
    )
    problem(answer, 400)  # type: ignore[arg-type]


def test_a_body_of_more_than_5_mb_is_413(program: Program) -> None:
    body = {"filters": {"text": "x" * 6_000_000}}
    for headers in ({}, {"Idempotency_Key": "once"}):
        answer = program.ask("post", "/errors/retry/", body, **headers)
        problem(answer, 413, "too-large")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "filters"),
        ([], ""),
        ({"filters": {"kind": "gadget"}}, "filters.kind"),
        ({"filters": {"kinds": "product"}}, "filters.kinds"),
        ({"filters": {"ids": [1, "x"]}}, "filters.ids[1]"),
        ({"filters": {"ids": []}}, "filters.ids"),
        ({"filters": {"code": ""}}, "filters.code"),
        ({"filters": {}, "all": True}, "all"),
    ],
)
def test_a_field_that_cannot_be_is_named(
    program: Program, body: object, field: str
) -> None:
    told = problem(program.ask("post", "/errors/retry/", body), 400, "invalid")
    assert [row["field"] for row in told["errors"]] == [field]
    assert field in told["detail"]


def test_what_stands_against_it_is_409(rows: Rows, program: Program) -> None:
    rows.shop.health = "disconnected"
    rows.shop.save()
    told = problem(
        program.ask("post", f"/connections/{rows.shop.uid}/full-sync/", {}), 409
    )
    assert "Connect it again" in told["hint"]
    body = {"kind": "refund", "external_id": "1"}
    answer = program.ask("post", f"/connections/{rows.back.uid}/sync/", body)
    assert problem(answer, 409)["errors"][0]["field"] == "kind"


def test_a_fault_of_our_own_tells_nothing_of_itself(
    rows: Rows, program: Program
) -> None:
    rows.shop.platform = "no such platform"
    rows.shop.save()
    answer = program.ask(
        "post",
        f"/connections/{rows.shop.uid}/full-sync/",
        {},
        Idempotency_Key="once",
    )
    told = problem(answer, 500, "error")
    assert "platform" not in f"{told['detail']}{told['hint']}"


def test_a_database_that_does_not_answer_is_503(program: Program) -> None:
    def away(*_: object) -> None:
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(away):
        answer = program.ask("get", "/runs/")
    problem(answer, 503, "busy")
    assert answer.headers["Retry-After"] == "5"


def test_errors_outside_the_api_are_pages(client: Client, db: None) -> None:
    assert "problem" not in client.get("/nothing/").headers["Content-Type"]
