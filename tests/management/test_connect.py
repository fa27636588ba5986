"""`manage.py connect`: what it asks for, tests, stores and starts."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest

from integration.contract import registry
from integration.management import questions
from tests.management.conftest import Ended
from tests.road import Road

Run = Callable[..., Ended]


@pytest.fixture
def crystal(road: Road, monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    """The options of a connection to the sandboxed Crystal, its secrets beside."""
    monkeypatch.setenv("WEFT_KEY", road.back.credentials["key"])
    monkeypatch.setenv("WEFT_SECRET", road.back.credentials["secret"])
    own = ("--organisation", "Acme", "--currency", "EUR")
    return ("crystal", "--base-url", road.back.root, *own)


@pytest.fixture
def shop(road: Road) -> Sequence[str]:
    """The options of a connection to the sandboxed shop."""
    keys = road.front.credentials
    return (
        *("woocommerce", "--url", road.front.root, "--allow-http"),
        *("--consumer-key", keys["consumer_key"]),
        *("--consumer-secret", keys["consumer_secret"]),
    )


def test_connecting_tests_stage_by_stage_and_makes_the_merchant(
    run: Run, crystal: Sequence[str]
) -> None:
    from integration.models import Connection, Tenant

    ended = run("connect", *crystal, "--tenant-name", "Acme Ltd", "--label", "Back")
    assert ended.error == ""
    stages = ("address", "sign-in", "products", "currency")
    assert [ended.out.index(f"ok      {stage}:") for stage in stages] == sorted(
        ended.out.index(f"ok      {stage}:") for stage in stages
    )
    tenant = Tenant.objects.get(slug="main")
    assert tenant.name == "Acme Ltd"
    connection = Connection.objects.for_tenant(tenant).get()
    assert (connection.label, connection.settings["currency"]) == ("Back", "EUR")
    assert connection.secrets["key"] == "crystal-sandbox-key"
    assert "manage.py route" in ended.out


def test_a_secret_may_come_from_standard_input(
    run: Run, shop: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from integration.models import Connection

    secret = shop[-1]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{secret}\n"))
    assert run("connect", *shop[:-1], "-").error == ""
    assert Connection.everywhere.get().secrets["consumer_secret"] == secret


def test_a_missing_field_is_named_with_the_ways_to_give_it(
    run: Run, crystal: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from integration.models import Connection

    monkeypatch.delenv("WEFT_SECRET")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    ended = run("connect", *crystal)
    assert "API secret is missing: give --secret or set WEFT_SECRET" in ended.error
    assert not Connection.everywhere.exists()


def test_a_person_at_a_terminal_is_asked_for_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("\nAcme\nEUR\n"))
    for name in ("WEFT_KEY", "WEFT_SECRET"):
        monkeypatch.setenv(name, "given")
    given = questions.answers(registry.connector("crystal"), {})
    assert given == {
        "organisation": "Acme",
        "key": "given",
        "secret": "given",
        "currency": "EUR",
    }
    shown = capsys.readouterr()
    assert "Organisation" in shown.err
    assert shown.out == ""


def test_a_test_that_fails_stores_nothing_and_shows_no_secret(
    run: Run, shop: Sequence[str]
) -> None:
    from integration.models import Connection, Tenant

    ended = run("connect", *shop[:-1], "cs_wrong_canary")
    assert "FAILED" in ended.out
    assert "nothing was stored" in ended.error
    assert "cs_wrong_canary" not in ended.out + ended.err + ended.error
    assert not Connection.everywhere.exists()
    assert not Tenant.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("--url", "shop"), "no shop"),
        (("--url", "ftp://shop"), "is not the address of a shop"),
        (("--tenant", "a b"), "slug"),
    ],
)
def test_what_cannot_be_connected_is_said_in_plain_words(
    run: Run, shop: Sequence[str], changes: Sequence[str], said: str
) -> None:
    ended = run("connect", *shop, *changes)
    assert ended.error
    assert said in ended.error or "nothing was stored" in ended.error


def test_connecting_again_renews_the_same_connection(
    run: Run, crystal: Sequence[str]
) -> None:
    from integration.models import Connection, Health

    run("connect", *crystal)
    Connection.everywhere.update(health=Health.NEEDS_REAUTH, problem="Dead keys.")
    assert run("connect", *crystal).error == ""
    connection = Connection.everywhere.get()
    assert (connection.health, connection.problem) == (Health.HEALTHY, "")


@pytest.mark.parametrize("no_sync", [False, True])
def test_where_routes_begin_already_webhooks_and_the_first_sync_follow(
    run: Run, road: Road, shop: Sequence[str], no_sync: bool
) -> None:
    from integration.models import Run as Read

    road.merchant("acme")
    more = ("--no-sync",) if no_sync else ()
    ended = run("connect", *shop, "--tenant", "acme", *more)
    assert ended.error == ""
    topics = {hook["topic"] for hook in road.front.ledger("webhooks")}
    assert "order.created" in topics
    assert Read.everywhere.filter(stream="orders").exists() is not no_sync
