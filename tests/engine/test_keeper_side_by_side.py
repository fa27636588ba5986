"""Several processes on one grant: one renews, nobody is logged out, none can be missed.

The platform ends a pair when it gives the next, so two renewals at once would lose it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.utils import timezone

from integration.errors import Transient
from integration.models import Connection, Grant
from tests.jobs.processes import ROOT, database_address
from tests.little import Little

PROCESSES = 4
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection(little: Little) -> Connection:
    """An account a person has signed in for."""
    return little.connect(little.grant())


@pytest.fixture
def workers(connection: Connection) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that have loaded all they need and wait for a line."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.engine.grant_worker", str(connection.pk)],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_address()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for worker in started:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    yield started
    for worker in started:
        worker.kill()
        worker.communicate()


def row() -> Grant:
    return Grant.everywhere.get()


def counted(little: Little) -> tuple[int, int]:
    """Renewals, and those of them with a refresh token that had been used."""
    return little.identity.renewals, little.identity.repeats


def begin(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()


def results(workers: list[subprocess.Popen[str]]) -> list[int]:
    for worker in workers:
        begin(worker)
    return [status for each in workers for status in json.loads(each.communicate()[0])]


@pytest.mark.parametrize("left", [-1, 30], ids=["after its end", "in its last minute"])
def test_one_of_many_processes_renews_and_all_go_on(
    little: Little, workers: list[subprocess.Popen[str]], left: int
) -> None:
    if left < 0:
        little.identity.expire()
    Grant.everywhere.update(expires_at=timezone.now() + timedelta(seconds=left))
    assert results(workers) == [200] * PROCESSES
    assert counted(little) == (1, 0)
    assert (row().generation, row().dead, row().renewing_until) == (2, False, None)


def test_a_refusal_that_all_of_them_meet_is_one_renewal(
    little: Little, workers: list[subprocess.Popen[str]]
) -> None:
    little.identity.expire()
    assert results(workers) == [200] * PROCESSES
    assert counted(little) == (1, 0)


def test_a_worker_killed_with_the_new_pair_in_its_hands_loses_nothing(
    little: Little, connection: Connection, workers: list[subprocess.Popen[str]]
) -> None:
    before = row().secrets["refresh"]
    little.identity.expire()
    gate = threading.Event()
    little.identity.after.append(gate)
    begin(workers[0])
    assert little.identity.waiting.wait(60)
    workers[0].kill()
    workers[0].wait()
    gate.set()
    assert counted(little) == (1, 0)
    assert (row().generation, row().secrets["refresh"]) == (1, before)
    http = little.http(connection)
    with pytest.raises(Transient) as waits:
        http.get("things")
    assert waits.value.throttled
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=21)):
        assert http.get("things").status == 200
    assert counted(little) == (2, 1)
    assert (row().generation, row().dead) == (2, False)


class Sleeper:
    """A thread that holds the claim and hears the platform's answer too late."""

    def __init__(self, little: Little, connection: Connection) -> None:
        self.gate = threading.Event()
        self.statuses: list[int] = []
        little.identity.before.append(self.gate)
        self._http: Any = little.http(connection)
        self._thread = threading.Thread(target=self._call)
        self._thread.start()
        assert little.identity.waiting.wait(60)

    def _call(self) -> None:
        try:
            self.statuses.append(self._http.get("things").status)
        finally:
            database.close()

    def wake(self) -> None:
        self.gate.set()
        self._thread.join(60)


@pytest.mark.parametrize("known", [True, False], ids=["another pair", "invalid_grant"])
def test_who_slept_through_its_claim_goes_on_with_the_pair_of_another(
    little: Little, connection: Connection, known: bool
) -> None:
    before = row().secrets["refresh"]
    little.identity.expire()
    sleeper = Sleeper(little, connection)
    Grant.everywhere.update(renewing_until=timezone.now() - timedelta(seconds=1))
    assert little.http(connection).get("things").status == 200
    stored = row().secrets
    if not known:
        little.identity.refreshes.pop(before)
    sleeper.wake()
    assert sleeper.statuses == [200]
    assert (row().secrets, row().generation, row().dead) == (stored, 2, False)
