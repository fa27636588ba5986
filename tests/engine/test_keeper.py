"""The tokens of a grant: renewed in time, once, and never lost on the way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from integration.errors import BadCredentials, Transient
from integration.http.redact import redact
from integration.models import Connection, Grant
from tests.little import Little

pytestmark = pytest.mark.django_db
TOKEN = "/identity/token"


@pytest.fixture
def hours() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(1_800_000_000, tick=False) as moment:
        yield moment


@pytest.fixture
def connection(little: Little, hours: Any) -> Connection:
    """An account a person has signed in for."""
    return little.connect(little.grant())


def row() -> Grant:
    return Grant.everywhere.get()


def asked(little: Little) -> int:
    """Questions about tokens since the sign-in."""
    return little.calls(TOKEN) - 1


def test_a_token_is_used_until_a_minute_before_its_end(
    little: Little, connection: Connection, hours: time_machine.Coordinates
) -> None:
    http = little.http(connection)
    hours.shift(1739)
    assert http.get("things").status == 200
    assert asked(little) == 0
    hours.shift(2)
    for _ in range(3):
        assert http.get("things").status == 200
    assert asked(little) == 1
    assert row().generation == 2


def test_the_new_pair_is_stored_before_its_first_use(
    little: Little, connection: Connection, hours: time_machine.Coordinates
) -> None:
    before = row().secrets
    hours.shift(1741)
    little.fault("status", "things", status=500)
    assert little.http(connection).get("things").status == 500
    after = row()
    assert after.secrets["access"] in little.identity.accesses
    assert after.secrets["former"] == before["refresh"]
    assert after.renewing_until is None
    assert after.expires_at == timezone.now() + timedelta(seconds=1800)


def test_a_refused_token_is_renewed_once_and_the_call_repeated(
    little: Little, connection: Connection
) -> None:
    little.identity.expire()
    assert little.http(connection).get("things").status == 200
    assert asked(little) == 1


def test_a_refused_token_that_another_renewed_meanwhile_is_only_read_anew(
    little: Little, connection: Connection
) -> None:
    one, other = little.http(connection), little.http(connection)
    other.get("things")
    little.identity.expire()
    one.get("things")
    assert other.get("things").status == 200
    assert asked(little) == 1


def test_while_another_renews_a_good_token_is_used_on(
    little: Little, connection: Connection, hours: time_machine.Coordinates
) -> None:
    hours.shift(1750)
    claim = timezone.now() + timedelta(seconds=20)
    Grant.everywhere.update(renewing_until=claim)
    assert little.http(connection).get("things").status == 200
    assert asked(little) == 0


def test_while_another_renews_an_ended_token_waits_and_consumes_no_try(
    little: Little, connection: Connection, hours: time_machine.Coordinates
) -> None:
    hours.shift(1801)
    claim = timezone.now() + timedelta(seconds=20)
    Grant.everywhere.update(renewing_until=claim)
    with pytest.raises(Transient) as caught:
        little.http(connection).get("things")
    assert (caught.value.after, caught.value.throttled) == (2, True)
    hours.shift(20)
    assert little.http(connection).get("things").status == 200
    assert asked(little) == 1


@pytest.mark.parametrize("kind", ["drop_after", "truncate", "garbage", "timeout_after"])
def test_a_lost_answer_asks_with_the_same_refresh_token_again(
    little: Little,
    connection: Connection,
    hours: time_machine.Coordinates,
    kind: str,
) -> None:
    before = row().secrets["refresh"]
    hours.shift(1801)
    little.fault(kind, "token")
    http = little.http(connection)
    try:
        http.get("things")
    except Transient:
        assert row().secrets["refresh"] == before
        hours.shift(6)
    assert http.get("things").status == 200
    assert little.identity.repeats == 1
    assert (row().generation, row().dead) == (2, False)


@pytest.mark.parametrize("status", [500, 503])
def test_an_identity_server_that_is_down_leaves_a_good_token_in_use(
    little: Little,
    connection: Connection,
    hours: time_machine.Coordinates,
    status: int,
) -> None:
    hours.shift(1750)
    little.fault("status", "token", times=-1, status=status)
    http = little.http(connection)
    for _ in range(5):
        assert http.get("things").status == 200
    tried = asked(little)
    hours.shift(6)
    assert http.get("things").status == 200
    assert asked(little) > tried
    hours.shift(60)
    with pytest.raises(Transient):
        http.get("things")
    assert not row().dead


def test_after_a_failed_renewal_nobody_asks_for_a_moment(
    little: Little, connection: Connection, hours: time_machine.Coordinates
) -> None:
    hours.shift(1750)
    little.fault("status", "token", times=-1, status=500)
    for _ in range(5):
        little.http(connection).get("things")
    assert asked(little) == 1


def test_an_ended_consent_is_told_once_and_asks_nobody_any_more(
    little: Little, connection: Connection
) -> None:
    little.identity.end()
    http = little.http(connection)
    for _ in range(3):
        with pytest.raises(BadCredentials, match="has ended") as caught:
            http.get("things")
    assert "manage.py connect little" in caught.value.hint
    assert row().dead
    assert asked(little) == 1


def test_a_pair_made_worthless_by_a_late_repeat_falls_back_to_the_one_before(
    little: Little, connection: Connection, hours: time_machine.Coordinates
) -> None:
    little.identity.expire()
    http = little.http(connection)
    http.get("things")
    little.identity.refreshes.pop(row().secrets["refresh"])
    little.identity.expire()
    assert http.get("things").status == 200
    assert little.identity.repeats == 1
    assert row().generation == 3


def test_the_one_before_is_not_asked_with_after_its_grace(
    little: Little, connection: Connection, hours: time_machine.Coordinates
) -> None:
    little.identity.expire()
    http = little.http(connection)
    http.get("things")
    little.identity.refreshes.pop(row().secrets["refresh"])
    little.identity.expire()
    hours.shift(61)
    with pytest.raises(BadCredentials):
        http.get("things")
    assert little.identity.repeats == 0


def test_keys_of_the_installation_that_are_refused_end_no_consent(
    little: Little, connection: Connection
) -> None:
    app = little.app()
    right, app.secrets = app.secrets, {"client_secret": "wrong-secret-0815"}
    app.save()
    little.identity.expire()
    with pytest.raises(Transient, match="invalid_client") as caught:
        little.http(connection).get("things")
    assert "manage.py app little" in caught.value.hint
    assert not row().dead
    app.secrets = right
    app.save()
    Grant.everywhere.update(renewing_until=None)
    assert little.http(connection).get("things").status == 200


def test_no_token_is_logged_or_shown(
    little: Little, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen = set(row().secrets.values())
    little.identity.expire()
    little.http(connection).get("things")
    seen |= {row().secrets[name] for name in ("access", "refresh", "former")}
    assert len(seen) == 4
    assert caplog.records
    ours = "".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("integration.http")
    )
    for token in seen:
        assert token not in ours
        assert token not in redact(f"refused: {token}")
    assert not any(token in f"{row()!r}{row().__dict__}" for token in seen)


def test_who_still_calls_with_a_sign_in_that_was_replaced_comes_again(
    little: Little, connection: Connection
) -> None:
    """It must not lock out a connection that has just been mended."""
    http = little.http(connection)
    little.connect(little.grant())
    with pytest.raises(Transient) as caught:
        http.get("things")
    assert caught.value.throttled
    assert little.http(connection).get("things").status == 200
