"""A write with an Idempotency-Key is done once, however often it is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from integration.api import idempotency
from integration.models import KeptAnswer
from synclog.models import AuditEvent, Retry
from tests.admin.rows import Rows
from tests.api.program import Program, problem

ALL = {"filters": {}}


def test_a_repeat_gets_the_answer_of_the_first_and_does_nothing(
    rows: Rows, program: Program
) -> None:
    rows.errors()
    first, second = (
        program.ask("post", "/errors/retry/", ALL, Idempotency_Key="once")
        for _ in range(2)
    )
    assert first.status_code == second.status_code == 202
    assert first.content == second.content
    assert first.headers["Location"] == second.headers["Location"]
    assert second.headers["Content-Type"] == "application/json"
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Retry.everywhere.count() == 1
    third = program.ask("post", "/errors/retry/", ALL, Idempotency_Key="twice")
    assert third.json()["id"] != first.json()["id"]


def test_an_answer_without_a_body_is_repeated_as_well(
    rows: Rows, program: Program
) -> None:
    path = f"/sync-log/{rows.back.uid}/"
    answers = [program.ask("delete", path, Idempotency_Key="leave") for _ in range(2)]
    assert [each.status_code for each in answers] == [204, 204]
    assert AuditEvent.everywhere.filter(verb="sync_log_deleted").count() == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [("/errors/retry/", {"filters": {"code": "other"}}), ("/errors/ignore/", ALL)],
)
def test_another_request_under_the_same_key_is_refused(
    rows: Rows, program: Program, path: str, body: object
) -> None:
    program.ask("post", "/errors/retry/", ALL, Idempotency_Key="once")
    told = problem(
        program.ask("post", path, body, Idempotency_Key="once"), 422, "key-reused"
    )
    assert told["errors"][0]["field"] == "Idempotency-Key"
    # Another key of the merchant's has names of its own.
    other = Program.of(rows.tenant)
    assert other.ask("post", path, body, Idempotency_Key="once").status_code < 300


def test_while_the_first_is_under_way_a_repeat_is_told_to_wait(
    rows: Rows, program: Program
) -> None:
    rows.errors()
    program.ask("post", "/errors/retry/", ALL, Idempotency_Key="once")
    KeptAnswer.everywhere.update(status=None, body=None)
    answer = program.ask("post", "/errors/retry/", ALL, Idempotency_Key="once")
    problem(answer, 409, "under-way")
    # Whoever asked first has died: the next one does it.
    long_ago = timezone.now() - idempotency.DEAD_AFTER - timedelta(seconds=1)
    KeptAnswer.everywhere.update(created_at=long_ago)
    answer = program.ask("post", "/errors/retry/", ALL, Idempotency_Key="once")
    assert answer.status_code == 202
    assert KeptAnswer.everywhere.get().status == 202


def test_a_refused_request_may_be_mended_under_its_key(program: Program) -> None:
    wrong = {"filters": {"kindd": "product"}}
    answer = program.ask("post", "/errors/retry/", wrong, Idempotency_Key="once")
    problem(answer, 400)
    answer = program.ask("post", "/errors/retry/", ALL, Idempotency_Key="once")
    assert answer.status_code == 202


@pytest.mark.parametrize("name", ["", "x" * 201, "no\tblank"])
def test_a_key_that_cannot_be_is_refused(program: Program, name: str) -> None:
    answer = program.ask("post", "/errors/retry/", ALL, Idempotency_Key=name)
    assert problem(answer, 400)["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_done() -> None:
    rows = Rows()
    rows.errors()
    text = Program.of(rows.tenant).text

    def ask(_: int) -> int:
        try:
            program = Program(rows.tenant, text)  # type: ignore[arg-type]
            answer = program.ask("post", "/errors/retry/", ALL, Idempotency_Key="a")
            return answer.status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(ask, range(6)))
    assert Retry.everywhere.count() == 1
    assert 202 in statuses
    assert set(statuses) <= {202, 409}
