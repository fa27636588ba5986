"""`manage.py app` and `manage.py connect`: registered once, signed in for each."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database

from integration.models import App, Connection, Consent, Grant
from tests.little import Little
from tests.management.conftest import Ended
from tests.platforms.identity import CLIENT_ID, CLIENT_SECRET

Run = Callable[..., Ended]
pytestmark = pytest.mark.django_db


class Person(io.StringIO):
    """Reads what a command prints and opens the address in it at once."""

    def __init__(self, little: Little) -> None:
        super().__init__()
        self._little = little

    def write(self, text: str) -> int:
        written = super().write(text)
        found = re.search(r"https?://\S+/authorize\?\S+", text)
        if found:
            self._little.visit(found.group())
        return written


def connect(little: Little, *more: str) -> str:
    """What is printed while a person signs in. Raises CommandError."""
    out = Person(little)
    given = ("connect", "little", "--base-url", little.url, *more)
    call_command(*given, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture
def registered(little: Little) -> App:
    return little.app()


def test_an_app_is_stored_with_its_secrets_sealed(
    run: Run, little: Little, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEFT_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.setattr("sys.stdin", io.StringIO("the-webhook-key\n"))
    ended = run("app", "little", "--client-id", CLIENT_ID, "--webhook-key", "-")
    assert ended.error == ""
    assert "http://testserver/oauth/little/callback/" in ended.out
    assert "http://testserver/hooks/app/little/" in ended.out
    app = App.objects.get()
    both = {"client_secret": CLIENT_SECRET, "webhook_key": "the-webhook-key"}
    assert (app.client_id, app.secrets) == (CLIENT_ID, both)
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM integration_app")
        row = str(cursor.fetchall())
    for secret in both.values():
        assert secret not in row + ended.out + ended.err


def test_an_app_known_already_keeps_what_is_not_given(
    run: Run, registered: App
) -> None:
    given = ("--client-id", CLIENT_ID, "--webhook-key", "newer-webhook-key")
    assert run("app", "little", *given).error == ""
    assert App.objects.get().secrets == {
        "client_secret": CLIENT_SECRET,
        "webhook_key": "newer-webhook-key",
    }


def test_a_platform_that_wants_no_app_is_told(run: Run, little: Little) -> None:
    error = run("app", "crystal", "--client-id", "x").error
    assert "No app is registered with “crystal”" in error
    assert "little" in error


def test_connecting_before_the_app_is_registered_says_so(
    run: Run, little: Little
) -> None:
    error = run("connect", "little", "--base-url", little.url).error
    assert "manage.py app little" in error
    assert not Connection.everywhere.exists()


def test_a_person_signs_in_and_the_only_account_is_connected(
    little: Little, registered: App
) -> None:
    said = connect(little, "--label", "Books")
    assert "Open this address" in said
    assert "Account: Acme (a-1)" in said
    assert "ok      sign-in" in said
    connection = Connection.everywhere.get()
    assert (connection.label, connection.account) == ("Books", "a-1")
    assert connection.settings["account"] == "a-1"
    assert connection.grant == Grant.everywhere.get()
    assert little.http(connection).get("things").status == 200
    held = Grant.everywhere.get().secrets.values()
    assert not any(secret in said for secret in (CLIENT_SECRET, *held))


@pytest.fixture
def several(little: Little, registered: App) -> None:
    """Who signs in opens two accounts."""
    little.identity.opened.append({"id": "b-2", "name": "Acme Ltd"})


@pytest.mark.usefixtures("several")
def test_of_several_accounts_one_must_be_meant(
    little: Little, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match=r"--account .* Acme Ltd \(b-2\)"):
        connect(little)
    with pytest.raises(CommandError, match="Which account"):
        connect(little, "--account", "c-3")
    assert not Connection.everywhere.exists()
    for wanted in ("b-2", "Acme Ltd"):
        connect(little, "--account", wanted)
        assert Connection.everywhere.get().account == "b-2"


@pytest.mark.usefixtures("several")
def test_at_a_terminal_the_account_is_chosen_by_its_number(
    little: Little, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("nine\n0\n2\n"))
    connect(little)
    assert Connection.everywhere.get().account == "b-2"


@pytest.mark.usefixtures("several")
def test_a_second_account_may_share_the_sign_in_of_the_first(
    little: Little, run: Run
) -> None:
    connect(little, "--account", "a-1", "--label", "Books")
    more = ("--base-url", little.url, "--account", "b-2", "--signed-in-for", "Books")
    assert run("connect", "little", *more).error == ""
    grants = {each.grant for each in Connection.everywhere.all()}
    assert grants == {Grant.everywhere.get()}
    assert Connection.everywhere.count() == 2


def test_signing_in_again_keeps_the_connection_and_drops_the_old_tokens(
    little: Little, registered: App
) -> None:
    connect(little, "--label", "Books")
    first = Connection.everywhere.get()
    Connection.everywhere.update(health="needs_reauth")
    connect(little)
    again = Connection.everywhere.get()
    assert again.grant_id != first.grant_id
    assert (again.pk, again.label, again.health) == (first.pk, "Books", "healthy")
    assert again.grant == Grant.everywhere.get()


def test_who_says_no_connects_nothing(little: Little, registered: App) -> None:
    little.identity.denies = "access_denied"
    with pytest.raises(CommandError, match="did not succeed"):
        connect(little)
    assert not Connection.everywhere.exists()
    assert not Grant.everywhere.exists()


def test_a_question_nobody_answers_ends_after_a_quarter_of_an_hour(
    run: Run, little: Little, registered: App, time_machine: Any
) -> None:
    class Late(io.StringIO):
        def write(self, text: str) -> int:
            if "/authorize?" in text:
                time_machine.move_to(1_800_000_901)
            return super().write(text)

    time_machine.move_to(1_800_000_000)
    with pytest.raises(CommandError, match="Nobody signed in"):
        call_command("connect", "little", "--base-url", little.url, stdout=Late())
    assert Consent.everywhere.get().answered_at is None
