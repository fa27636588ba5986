"""The Crystal connector as a whole: its calls, its token, its connection test."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.crystal import CONNECTOR
from connectors.crystal.client import Client
from integration.errors import (
    BadConfig,
    BadCredentials,
    Transient,
)
from tests.connectors.crystal.connected import (
    Crystal,
    everything,
)


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, BadConfig),
        (401, BadCredentials),
        (403, BadCredentials),
        (404, BadConfig),
        (408, Transient),
        (425, Transient),
        (429, Transient),
        (500, Transient),
        (503, Transient),
    ],
)
def test_a_read_that_fails_is_the_right_failure(
    connected: Crystal, status: int, failure: type[Exception]
) -> None:
    body = '{"message": "because"}'
    connected.fault("products", status, body, times=-1, headers={"Retry-After": "7"})
    with pytest.raises(failure) as caught:
        everything(connected.reader())
    assert type(caught.value) is failure
    assert getattr(caught.value, "after", 7) in (7, None)


def test_a_dead_token_is_replaced_once_and_no_more(connected: Crystal) -> None:
    connected.control("catalogue", size=3)
    reader = connected.reader()
    everything(reader)
    connected.control("revoke")
    assert len(everything(reader)) == 3
    connected.fault("products", 401, times=-1)
    before = len(connected.calls("/token"))
    with pytest.raises(BadCredentials):
        everything(reader)
    assert len(connected.calls("/token")) == before + 1


@pytest.mark.parametrize("name", ["access_token", "token"])
def test_the_token_may_be_called_either_way(connected: Crystal, name: str) -> None:
    connected.control("revoke")
    connected.control("settings", token_field=name)
    assert connected.client().products(1).rows


@pytest.mark.parametrize(
    ("status", "body", "failure", "field"),
    [
        (400, "{}", BadCredentials, "secret"),
        (401, "{}", BadCredentials, "secret"),
        (404, "{}", BadConfig, "token_path"),
        (200, "{}", BadConfig, "token_path"),
        (500, "{}", Transient, None),
    ],
)
def test_a_token_that_is_not_given_is_the_right_failure(
    connected: Crystal, status: int, body: str, failure: type[Exception], field: Any
) -> None:
    connected.fault("token", status, body, times=-1)
    with pytest.raises(failure) as caught:
        connected.client(secret=f"asked-{status}-{body}").products(1)
    assert type(caught.value) is failure
    assert getattr(caught.value, "field", None) == field


def test_no_secret_is_logged_or_told(
    connected: Crystal, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "9f8e7d6c5b4a3f2e1d"
    connected.fault("token", 401, f'{{"message": "no {secret}", "token": "abc"}}')
    with pytest.raises(BadCredentials) as caught:
        connected.client(secret=secret).products(1)
    assert "answered 401" in caplog.text
    assert secret not in caplog.text + str(caught.value)


def stages(client: Client) -> list[tuple[str, bool]]:
    return [(finding.stage, finding.ok) for finding in CONNECTOR.probe(client)]


def test_the_connection_test_goes_stage_by_stage(connected: Crystal) -> None:
    passed = [("address", True), ("sign-in", True), ("products", True)]
    assert stages(connected.client()) == [*passed, ("currency", True)]
    for currency in ("", "kr", "kronor", "sek"):
        found = stages(connected.client(currency=currency))
        assert found == [*passed, ("currency", False)]
    assert stages(connected.client(products_path="/v2/goods")) == [
        *passed[:2],
        ("products", False),
    ]
    assert stages(connected.client(secret="wrong")) == [passed[0], ("sign-in", False)]
    assert stages(connected.client(base_url="http://127.0.0.1:9")) == [
        ("address", False)
    ]


def test_the_connection_test_counts_the_first_page(connected: Crystal) -> None:
    connected.control("catalogue", size=7)
    findings = {
        finding.stage: finding for finding in CONNECTOR.probe(connected.client())
    }
    assert "7" in findings["products"].message
    assert "SEK" in findings["currency"].message


def test_every_organisation_is_an_account_of_its_own() -> None:
    accounts = {
        CONNECTOR.account({"organisation": name, "base_url": url})
        for name in ("one", "two")
        for url in ("", "https://other.example.test/")
    }
    assert len(accounts) == 4
    assert CONNECTOR.account({"organisation": "one"}) == "api.getcrystal.com/one"


def test_the_pace_is_the_merchant_s_to_set() -> None:
    [usual], [faster] = (
        CONNECTOR.limits({}),
        CONNECTOR.limits({"requests_per_second": 9}),
    )
    assert (usual.calls, usual.seconds, usual.allowed(reserved_ok=False)) == (2, 1, 2)
    assert faster.calls == 9


def test_every_setting_with_a_default_may_be_left_out() -> None:
    needed = {field.name for field in CONNECTOR.fields if field.required}
    assert needed == {"organisation", "key", "secret", "currency"}
    assert {field.name for field in CONNECTOR.fields if field.secret} == {
        "key",
        "secret",
    }
