"""The page people come back to: what is taken in, and what they are told."""

from __future__ import annotations

import html
import logging
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.db import connection as database
from django.test import Client
from django.utils import timezone

from integration.engine import consent
from integration.engine.consent import Asked
from integration.models import Consent, Grant, Health
from tests.little import Little
from tests.platforms.identity import CLIENT_SECRET

pytestmark = pytest.mark.django_db
CALLBACK = "/oauth/little/callback/"


@pytest.fixture
def asked(little: Little) -> Asked:
    little.app()
    return consent.begin(little.tenant(), little.connector, little.settings)


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_the_address_asks_for_what_is_needed_and_hides_the_verifier(
    asked: Asked, little: Little
) -> None:
    assert asked.url.startswith(f"{little.url}/identity/authorize?")
    query = {name: one for name, (one,) in parse_qs(urlsplit(asked.url).query).items()}
    assert query["redirect_uri"] == f"http://testserver{CALLBACK}"
    assert query["scope"] == "things offline"
    assert query["response_type"] == "code"
    assert len(query["state"]) >= 43
    verifier = asked.consent.secrets["verifier"]
    assert 43 <= len(verifier) <= 128
    assert verifier not in asked.url
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM integration_consent")
        assert verifier not in str(cursor.fetchall())


def test_two_questions_share_neither_state_nor_verifier(
    asked: Asked, little: Little
) -> None:
    other = consent.begin(little.tenant(), little.connector, little.settings)
    assert other.consent.state != asked.consent.state
    assert other.consent.secrets != asked.consent.secrets


def test_a_person_who_allows_it_is_told_and_the_tokens_are_sealed(
    asked: Asked, little: Little
) -> None:
    answer = little.visit(asked.url)
    assert answer.status_code == 200
    assert "You are signed in at Little." in words(answer)
    grant = Grant.everywhere.get()
    assert grant.tenant == asked.consent.tenant
    assert grant.secrets["access"] in little.identity.accesses
    assert grant.expires_at is not None
    left = grant.expires_at - timezone.now()
    assert timedelta(minutes=25) < left <= timedelta(minutes=30)
    asked.consent.refresh_from_db()
    assert asked.consent.grant == grant
    assert asked.consent.secrets == {}
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM integration_grant")
        stored = str(cursor.fetchall())
    assert not any(secret in stored for secret in grant.secrets.values())


def test_the_page_is_not_kept_sets_no_cookie_and_needs_none(
    asked: Asked, little: Little
) -> None:
    answer = little.visit(asked.url, Client(enforce_csrf_checks=True))
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_an_answer_is_good_once(asked: Asked, little: Little, client: Client) -> None:
    little.visit(asked.url)
    again = little.visit(asked.url)
    assert again.status_code == 400
    assert "answered already" in words(again)
    assert "begin the sign-in again" in words(again)
    assert Grant.everywhere.count() == 1


def test_an_answer_after_a_quarter_of_an_hour_is_too_late(
    asked: Asked, little: Little
) -> None:
    early = timezone.now() - timedelta(minutes=15, seconds=1)
    Consent.everywhere.update(created_at=early)
    assert little.visit(asked.url).status_code == 400
    assert not Grant.everywhere.exists()
    assert little.calls("/identity/token") == 0


@pytest.mark.parametrize("state", ["", "x" * 43, "\x00" * 43, "é" * 40, "x" * 5000])
def test_a_state_nobody_asked_with_is_refused(
    asked: Asked, client: Client, state: str
) -> None:
    for given in ({"code": "c"}, {"error": "access_denied"}, {}):
        answer = client.get(CALLBACK, {**given, "state": state})
        assert answer.status_code == 400
        assert "did not ask for this sign-in" in words(answer)
    assert not Grant.everywhere.exists()


def test_an_answer_for_another_platform_or_a_merchant_switched_off_is_refused(
    asked: Asked, little: Little, client: Client
) -> None:
    given = {"state": asked.consent.state, "code": "c"}
    assert client.get("/oauth/woocommerce/callback/", given).status_code == 404
    assert client.get("/oauth/nothing/callback/", given).status_code == 404
    asked.consent.tenant.active = False
    asked.consent.tenant.save()
    assert little.visit(asked.url).status_code == 400


def test_only_a_look_comes_in(asked: Asked, client: Client) -> None:
    for method in ("post", "put", "delete", "head"):
        at = f"{CALLBACK}?state={asked.consent.state}&code=c"
        assert getattr(client, method)(at).status_code == 405
    asked.consent.refresh_from_db()
    assert asked.consent.answered_at is None


def test_a_person_who_says_no_is_told_that_nothing_was_stored(
    asked: Asked, little: Little
) -> None:
    little.identity.denies = "access_denied"
    answer = little.visit(asked.url)
    assert answer.status_code == 400
    assert "You did not allow Weft to use Little." in words(answer)
    asked.consent.refresh_from_db()
    assert consent.failed(asked.consent)
    assert not Grant.everywhere.exists()


def test_what_a_platform_says_is_shown_as_text(asked: Asked, little: Little) -> None:
    little.identity.denies = "<script>alert(1)</script>"
    answer = little.visit(asked.url)
    assert b"<script" not in answer.content
    assert "<script>alert(1)</script>" in words(answer)


def test_a_code_the_platform_does_not_know_asks_to_begin_again(
    asked: Asked, client: Client
) -> None:
    given = {"state": asked.consent.state, "code": "somebody-elses"}
    answer = client.get(CALLBACK, given)
    assert answer.status_code == 400
    assert "does not know this sign-in any more" in words(answer)
    asked.consent.refresh_from_db()
    assert consent.failed(asked.consent)


def test_a_code_of_another_sign_in_does_not_fit(asked: Asked, little: Little) -> None:
    other = consent.begin(little.tenant("beta"), little.connector, little.settings)
    at = _where(other.url)
    code = parse_qs(urlsplit(at).query)["code"][0]
    mixed = f"{CALLBACK}?state={asked.consent.state}&code={code}"
    assert Client().get(mixed).status_code == 400
    assert not Grant.everywhere.exists()


def test_an_app_the_platform_refuses_is_staff_s_to_mend(
    asked: Asked, little: Little
) -> None:
    app = little.app()
    app.secrets = {"client_secret": "wrong-secret-0815"}
    app.save()
    answer = little.visit(asked.url)
    assert answer.status_code == 502
    assert "manage.py app little" in words(answer)
    assert "wrong-secret" not in words(answer)


def test_a_platform_that_does_not_answer_is_no_fault_page(
    asked: Asked, little: Little
) -> None:
    little.fault("drop_after", "token", times=-1)
    answer = little.visit(asked.url)
    assert answer.status_code == 502
    assert "begin the sign-in again" in words(answer)
    assert little.calls("/identity/token") == 1


def test_an_app_without_a_secret_proves_itself_by_the_verifier_alone(
    little: Little,
) -> None:
    little.app(client_secret="")
    asked = consent.begin(little.tenant(), little.connector, little.settings)
    assert little.visit(asked.url).status_code == 200
    assert Grant.everywhere.exists()


def test_no_secret_of_a_sign_in_is_logged(
    asked: Asked, little: Little, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    verifier = asked.consent.secrets["verifier"]
    little.fault("status", "accounts", status=500, body="no")
    code = parse_qs(urlsplit(_where(asked.url)).query)["code"][0]
    given = {"state": asked.consent.state, "code": code}
    assert Client().get(CALLBACK, given).status_code == 200
    held = Grant.everywhere.get().secrets.values()
    ours = [record for record in caplog.records if record.name.startswith("integr")]
    assert ours
    for secret in (CLIENT_SECRET, verifier, code, *held):
        assert all(secret not in record.getMessage() for record in ours)


def test_signing_in_again_heals_all_that_the_ended_consent_served(
    little: Little, mailoutbox: list[Any]
) -> None:
    little.identity.opened.append({"id": "b-2", "name": "Acme Ltd"})
    ended = little.grant()
    first, second = (little.connect(ended, each) for each in ("a-1", "b-2"))
    stranger = little.connect(ended, "gone")
    ended.dead = True
    ended.save()
    for connection in (first, second, stranger):
        connection.health = Health.NEEDS_REAUTH
        connection.save()
    given = {"base_url": little.url}
    asked = consent.begin(little.tenant(), little.connector, given)
    assert little.visit(asked.url).status_code == 200
    for connection in (first, second, stranger):
        connection.refresh_from_db()
    asked.consent.refresh_from_db()
    assert first.grant == second.grant == asked.consent.grant
    assert {first.health, second.health} == {Health.HEALTHY}
    assert (stranger.grant, stranger.health) == (ended, Health.NEEDS_REAUTH)


def test_another_merchant_s_ended_consent_is_left_alone(little: Little) -> None:
    theirs = little.grant("beta")
    connection = little.connect(theirs, slug="beta")
    theirs.dead = True
    theirs.save()
    little.grant("acme")
    connection.refresh_from_db()
    assert connection.grant == theirs


def test_what_nobody_used_is_forgotten_after_a_day(little: Little) -> None:
    unused, used = little.grant(), little.grant()
    little.connect(used)
    old = timezone.now() - timedelta(days=2)
    Grant.everywhere.update(created_at=old)
    Consent.everywhere.update(created_at=old)
    consent.begin(little.tenant(), little.connector, little.settings)
    assert list(Grant.everywhere.all()) == [used]
    assert Consent.everywhere.count() == 1
    assert unused.pk != used.pk


def _where(url: str) -> str:
    """Where the platform's page sends a browser."""
    return requests.get(url, allow_redirects=False, timeout=60).headers["Location"]
