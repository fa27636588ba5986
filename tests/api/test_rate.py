"""A key's calls are counted where every process sees them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection

from integration.api.configuration import PER_MINUTE
from integration.engine import api_keys
from integration.models import ApiKey
from tests.admin.rows import Rows
from tests.api.program import Program, problem


def test_after_120_calls_in_a_minute_a_key_is_told_to_wait(
    rows: Rows, program: Program
) -> None:
    with time_machine.travel("2026-05-01T12:00:20Z", tick=False) as clock:
        first = program.ask("get", "/runs/")
        assert first.headers["RateLimit-Policy"] == '"key";q=120;w=60'
        assert first.headers["RateLimit"] == '"key";r=119;t=40'
        ApiKey.everywhere.filter(pk=program.key.pk).update(calls=PER_MINUTE - 1)
        last = program.ask("get", "/runs/")
        assert (last.status_code, last.headers["RateLimit"]) == (
            200,
            '"key";r=0;t=40',
        )
        answer = program.ask("get", "/runs/")
        problem(answer, 429, "throttled")
        assert answer.headers["Retry-After"] == "40"
        assert answer.headers["RateLimit"] == '"key";r=0;t=40'
        other = Program.of(rows.tenant)
        assert other.ask("get", "/runs/").status_code == 200
        clock.shift(40)
        assert program.ask("get", "/runs/").headers["RateLimit"] == '"key";r=119;t=60'


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_exactly() -> None:
    rows = Rows()
    key = Program.of(rows.tenant).key
    calls = PER_MINUTE + 30

    def call(_: int) -> bool:
        try:
            return api_keys.count(key).allowed
        finally:
            connection.close()

    with (
        time_machine.travel("2026-05-01T12:00:20Z", tick=False),
        ThreadPoolExecutor(8) as pool,
    ):
        allowed = sum(pool.map(call, range(calls)))
    assert allowed == PER_MINUTE
    assert ApiKey.everywhere.get(pk=key.pk).calls == calls
