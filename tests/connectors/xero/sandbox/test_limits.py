"""How many calls are let in: a minute, a day, and at once."""

import threading
from collections.abc import Iterator

import pytest
import requests
import time_machine

from connectors.xero.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer
from tests.connectors.xero.sandbox.caller import Caller

START = 1_800_000_000


@pytest.fixture
def quick() -> Iterator[Caller]:
    """A caller at a sandbox whose windows are a hundredth as long."""
    with SandboxServer([PLATFORM], scale=100) as server:
        caller = Caller(server)
        caller.control("set_settings", latency=0)
        yield caller


def test_every_answer_says_what_is_left(xero: Caller) -> None:
    xero.control("set_settings", minute_limit=60)
    first, second = xero.get("Organisation"), xero.get("Organisation")
    for name, most in (("Day", 1000), ("Min", 60), ("AppMin", 10_000)):
        header = f"X-{name}Limit-Remaining"
        assert int(first.headers[header]) == most - 1
        assert int(second.headers[header]) == most - 2


def test_the_minute_slides_and_says_how_long_to_wait(xero: Caller) -> None:
    xero.control("set_settings", minute_limit=2)
    with time_machine.travel(START, tick=False) as clock:
        xero.use(xero.control("sign_in")["access_token"])
        assert xero.get("Organisation").status_code == 200
        clock.shift(20)
        assert xero.get("Organisation").status_code == 200
        refused = xero.get("Organisation")
        assert refused.status_code == 429
        assert refused.headers["X-Rate-Limit-Problem"] == "minute"
        assert refused.headers["Retry-After"] == "40"
        clock.shift(40)
        assert xero.get("Organisation").status_code == 200
        assert xero.get("Organisation").status_code == 429
    assert xero.ledger()["over_budget"] == {xero.tenant: {"minute": 2}}


def test_the_day_begins_with_its_first_call(xero: Caller) -> None:
    xero.control("set_settings", day_limit=1)
    with time_machine.travel(START, tick=False) as clock:
        xero.use(xero.control("sign_in")["access_token"])
        assert xero.get("Organisation").status_code == 200
        clock.shift(60)
        refused = xero.get("Organisation")
        assert refused.headers["X-Rate-Limit-Problem"] == "day"
        assert refused.headers["Retry-After"] == str(86_400 - 60)
        assert refused.headers["X-DayLimit-Remaining"] == "0"
        clock.shift(86_340)
        xero.use(xero.control("sign_in")["access_token"])
        assert xero.get("Organisation").status_code == 200


def test_each_organisation_has_a_budget_of_its_own(xero: Caller) -> None:
    xero.control("set_settings", minute_limit=1)
    assert xero.get("Organisation").status_code == 200
    assert xero.get("Organisation").status_code == 429
    other = [r["OrganisationID"] for r in xero.ledger()["organisations"]][1]
    xero.session.headers["xero-tenant-id"] = other
    assert xero.get("Organisation").status_code == 200


def test_the_app_as_a_whole_is_limited_too(xero: Caller) -> None:
    xero.control("set_settings", app_minute_limit=1)
    assert xero.get("Organisation").status_code == 200
    refused = xero.get("Organisation")
    assert refused.headers["X-Rate-Limit-Problem"] == "appminute"


def test_a_call_that_is_refused_uses_up_nothing(xero: Caller) -> None:
    xero.control("set_settings", minute_limit=1)
    xero.get("Organisation")
    left = xero.get("Organisation").headers["X-DayLimit-Remaining"]
    assert xero.get("Organisation").headers["X-DayLimit-Remaining"] == left


def test_windows_are_divided_by_the_scale(quick: Caller) -> None:
    quick.control("set_settings", day_limit=1)
    with time_machine.travel(START, tick=False) as clock:
        quick.use(quick.control("sign_in")["access_token"])
        assert quick.get("Organisation").status_code == 200
        assert quick.get("Organisation").headers["Retry-After"] == "864"
        clock.shift(864)
        assert quick.get("Organisation").status_code == 200


def test_a_call_too_many_at_once_is_refused_without_a_time(xero: Caller) -> None:
    xero.control("set_settings", concurrent_limit=1, latency=600)
    other = requests.Session()
    other.headers.update(xero.session.headers)
    url = f"{xero.root}/api.xro/2.0/Organisation"
    answers: list[requests.Response] = []
    first = threading.Thread(
        target=lambda: answers.append(other.get(url, timeout=600)), daemon=True
    )
    first.start()
    while xero.ledger()["in_flight"] != {xero.tenant: 1}:
        assert first.is_alive()
    refused = xero.get("Organisation")
    assert refused.status_code == 429
    assert refused.headers["X-Rate-Limit-Problem"] == "concurrent"
    assert "Retry-After" not in refused.headers
    xero.control("set_settings", latency=0)
    first.join()
    assert [answer.status_code for answer in answers] == [200]
    assert xero.ledger()["over_budget"] == {xero.tenant: {"concurrent": 1}}
    assert xero.get("Organisation").status_code == 200
