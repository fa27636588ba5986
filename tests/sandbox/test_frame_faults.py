"""Checks every kind of misbehaviour over real HTTP: what is done, what is answered."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration.sandbox.server import SandboxServer
from tests.jobs.merchant import wait_for
from tests.sandbox.test_frame import Counter


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer([Counter]) as running:
        yield running


@pytest.fixture
def root(server: SandboxServer) -> str:
    requests.post(f"{server.url}/_control/counter/reset", timeout=60)
    return server.url


def plant(root: str, **fault: Any) -> requests.Response:
    return requests.post(f"{root}/_control/counter/faults", json=fault, timeout=60)


def count_one(root: str) -> requests.Response:
    return requests.post(f"{root}/counter/v1/count", json={"by": 1}, timeout=60)


def counted(root: str) -> int:
    ledger = requests.get(f"{root}/_control/counter/ledger", timeout=60)
    return int(ledger.json()["count"])


def last_call(root: str) -> tuple[int, str]:
    page = requests.get(f"{root}/_control/counter/calls", timeout=60).json()
    return page["calls"][-1]["status"], page["calls"][-1]["fault"]


def test_status_answers_as_told_and_does_nothing(root: str) -> None:
    plant(root, kind="status", status=429, headers={"Retry-After": "7"}, body='{"a":1}')
    answer = count_one(root)
    assert (answer.status_code, answer.json()) == (429, {"a": 1})
    assert answer.headers["Retry-After"] == "7"
    assert counted(root) == 0
    assert last_call(root) == (429, "status")


def test_status_after_does_it_and_answers_as_told(root: str) -> None:
    plant(root, kind="status_after", status=502)
    assert count_one(root).status_code == 502
    assert counted(root) == 1


@pytest.mark.parametrize(
    ("kind", "done", "least_seconds"),
    [("timeout_before", 0, 0.2), ("timeout_after", 1, 0.2), ("drop_after", 1, 0.0)],
)
def test_a_connection_ends_without_an_answer(
    root: str, kind: str, done: int, least_seconds: float
) -> None:
    plant(root, kind=kind, delay=0.2)
    started = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        count_one(root)
    assert least_seconds <= time.monotonic() - started < 20
    assert counted(root) == done
    assert last_call(root) == (0, kind)


def test_a_client_gives_up_while_the_answer_is_held_and_it_is_done(root: str) -> None:
    plant(root, kind="timeout_after", delay=60)
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{root}/counter/v1/count", json={"by": 1}, timeout=(60, 1))
    wait_for("the call to be done", lambda: counted(root) == 1)


def test_slow_waits_and_then_answers_well(root: str) -> None:
    plant(root, kind="slow", delay=0.3)
    started = time.monotonic()
    assert count_one(root).json()["count"] == 1
    assert time.monotonic() - started >= 0.3


def test_truncate_does_it_and_sends_half(root: str) -> None:
    plant(root, kind="truncate")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        count_one(root)
    assert counted(root) == 1


def test_garbage_does_it_and_answers_a_web_page(root: str) -> None:
    plant(root, kind="garbage")
    answer = count_one(root)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert counted(root) == 1


def test_a_fault_fits_its_method_and_path_alone(root: str) -> None:
    plant(root, kind="status", method="POST", path="/v1/count$")
    assert requests.get(f"{root}/counter/v1/count", timeout=60).status_code == 200
    assert requests.post(f"{root}/counter/v1/other", timeout=60).status_code == 404
    assert count_one(root).status_code == 500


def test_a_fault_is_played_as_often_as_told(root: str) -> None:
    plant(root, kind="status", times=2)
    assert [count_one(root).status_code for _ in range(3)] == [500, 500, 200]


def test_a_fault_without_end_lasts_until_faults_are_cleared(root: str) -> None:
    plant(root, kind="status", times=-1)
    assert {count_one(root).status_code for _ in range(5)} == {500}
    cleared = requests.delete(f"{root}/_control/counter/faults", timeout=60)
    assert cleared.json() == {"faults": []}
    assert count_one(root).status_code == 200


def test_a_fault_with_a_chance_hits_some_calls_the_same_each_time(root: str) -> None:
    seen = []
    for _ in range(2):
        plant(root, kind="status", times=-1, probability=0.5)
        seen.append([count_one(root).status_code for _ in range(20)])
        requests.delete(f"{root}/_control/counter/faults", timeout=60)
    assert set(seen[0]) == {200, 500}
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "fault", [{"kind": "sulk"}, {"kind": "slow", "path": "("}, {"sort": "slow"}, []]
)
def test_a_fault_that_makes_no_sense_is_refused(root: str, fault: Any) -> None:
    answer = requests.post(f"{root}/_control/counter/faults", json=fault, timeout=60)
    assert answer.status_code == 400
    assert requests.get(f"{root}/_control/counter/faults", timeout=60).json() == {
        "faults": []
    }
