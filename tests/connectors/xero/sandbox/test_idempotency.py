"""Idempotency keys: the same answer again, for a few minutes, failures too."""

from typing import Any

import pytest
import requests
import time_machine

from tests.connectors.xero.sandbox.caller import Caller

START = 1_800_000_000


def put(xero: Caller, element: Any, key: str) -> requests.Response:
    body = {"Contacts": [element]}
    return xero.call("PUT", "Contacts", body, headers={"Idempotency-Key": key})


def test_the_same_request_is_done_once_and_answered_twice(xero: Caller) -> None:
    first, second = (put(xero, {"Name": "Ada"}, "k1") for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert len(xero.rows("Contacts", where='Name=="Ada"')) == 1


def test_a_replay_uses_up_a_call(xero: Caller) -> None:
    first, second = (put(xero, {"Name": "Ada"}, "k1") for _ in range(2))
    left = [int(a.headers["X-DayLimit-Remaining"]) for a in (first, second)]
    assert left[0] - left[1] == 1


def test_the_same_key_for_another_request_is_refused(xero: Caller) -> None:
    put(xero, {"Name": "Ada"}, "k1")
    assert put(xero, {"Name": "Bea"}, "k1").status_code == 400
    assert xero.rows("Contacts", where='Name=="Bea"') == []


def test_a_key_has_at_most_128_characters(xero: Caller) -> None:
    assert put(xero, {"Name": "Ada"}, "k" * 129).status_code == 400
    assert put(xero, {"Name": "Ada"}, "k" * 128).status_code == 200


def test_a_key_is_forgotten_after_six_minutes(xero: Caller) -> None:
    with time_machine.travel(START, tick=False) as clock:
        xero.use(xero.control("sign_in")["access_token"])
        assert put(xero, {"Name": "Ada"}, "k1").status_code == 200
        clock.shift(359)
        assert put(xero, {"Name": "Ada"}, "k1").status_code == 200
        clock.shift(1)
        assert put(xero, {"Name": "Ada"}, "k1").status_code == 400


def test_a_server_error_is_kept_as_well(xero: Caller) -> None:
    xero.control("server_error", status=500)
    assert put(xero, {"Name": "Ada"}, "k1").status_code == 500
    assert put(xero, {"Name": "Ada"}, "k1").status_code == 500
    assert xero.rows("Contacts", where='Name=="Ada"') == []
    assert put(xero, {"Name": "Ada"}, "k2").status_code == 200


def test_a_server_error_may_come_after_the_work_was_done(xero: Caller) -> None:
    xero.control("server_error", status=503, after=True)
    assert put(xero, {"Name": "Ada"}, "k1").status_code == 503
    assert len(xero.rows("Contacts", where='Name=="Ada"')) == 1


def test_a_fault_after_the_work_leaves_the_answer_for_its_key(xero: Caller) -> None:
    xero.control("faults", kind="drop_after", method="PUT")
    with pytest.raises(requests.ConnectionError):
        put(xero, {"Name": "Ada"}, "k1")
    again = put(xero, {"Name": "Ada"}, "k1")
    assert again.status_code == 200
    assert len(xero.rows("Contacts", where='Name=="Ada"')) == 1
