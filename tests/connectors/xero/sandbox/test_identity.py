"""Who may ask: consent, and tokens that end, rotate and die."""

import pytest
import requests
import time_machine

from connectors.xero.sandbox import PLATFORM
from connectors.xero.sandbox.identity import challenge_of
from tests.connectors.xero.sandbox.caller import KEYS, Caller
from tests.connectors.xero.sandbox.signing_in import BACK, back, consent, renew, trade

VERIFIER = "v" * 64
START = 1_800_000_000


def test_a_consent_goes_back_with_a_code_that_is_good_once(xero: Caller) -> None:
    given = back(consent(xero))
    assert given["state"] == "s1"
    tokens = trade(xero, given["code"])
    assert tokens.json()["expires_in"] == 1800
    assert tokens.json()["token_type"] == "Bearer"
    again = trade(xero, given["code"])
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"client_id": "somebody"}, "unauthorized_client"),
        ({"redirect_uri": "http://example.com/back"}, "redirect_uri"),
        ({"scope": "accounting.transactions"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        (
            {"code_challenge": "x", "code_challenge_method": "plain"},
            "invalid_request",
        ),
    ],
)
def test_a_consent_that_is_asked_for_wrongly_is_not_given(
    xero: Caller, changes: dict[str, str], word: str
) -> None:
    answer = consent(xero, **changes)
    assert answer.status_code == 400
    assert word in answer.text


def test_an_older_app_may_still_ask_for_broad_scopes(xero: Caller) -> None:
    xero.control("set_settings", broad_scopes=True)
    scope = "offline_access accounting.transactions"
    tokens = trade(xero, back(consent(xero, scope=scope))["code"]).json()
    xero.use(tokens["access_token"])
    assert xero.get("Invoices").status_code == 200
    assert xero.get("Contacts").status_code == 403


def test_a_user_can_say_no(xero: Caller) -> None:
    xero.control("consent", denied=True)
    assert back(consent(xero)) == {"error": "access_denied", "state": "s1"}


def test_a_client_without_a_secret_proves_itself_by_its_verifier(xero: Caller) -> None:
    challenge = {
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    form = {
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "client_id": KEYS["client_id"],
    }
    url = f"{xero.root}/connect/token"
    code = back(consent(xero, **challenge))["code"]
    wrong = {**form, "code": code, "code_verifier": "w" * 64}
    refused = requests.post(url, wrong, timeout=60)
    assert refused.json() == {"error": "invalid_grant"}
    code = back(consent(xero, **challenge))["code"]
    right = {**form, "code": code, "code_verifier": VERIFIER}
    tokens = requests.post(url, right, timeout=60)
    assert tokens.status_code == 200
    refresh = {
        "grant_type": "refresh_token",
        "client_id": KEYS["client_id"],
        "refresh_token": tokens.json()["refresh_token"],
    }
    assert requests.post(url, refresh, timeout=60).status_code == 200


def test_a_code_without_challenge_wants_the_secret(xero: Caller) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": back(consent(xero))["code"],
        "redirect_uri": BACK,
        "client_id": KEYS["client_id"],
    }
    answer = requests.post(f"{xero.root}/connect/token", form, timeout=60)
    assert answer.json() == {"error": "invalid_client"}
    form["client_secret"] = "wrong"
    answer = requests.post(f"{xero.root}/connect/token", form, timeout=60)
    assert answer.json() == {"error": "invalid_client"}


def test_without_offline_access_there_is_no_refresh_token(xero: Caller) -> None:
    code = back(consent(xero, scope="accounting.contacts"))["code"]
    assert "refresh_token" not in trade(xero, code).json()


def test_an_access_token_ends_after_half_an_hour(xero: Caller) -> None:
    with time_machine.travel(START, tick=False) as clock:
        xero.use(xero.control("sign_in")["access_token"])
        clock.shift(1799)
        assert xero.get("Organisation").status_code == 200
        clock.shift(1)
        ended = xero.get("Organisation")
    assert ended.status_code == 401
    assert ended.json()["Title"] == "Unauthorized"


def test_every_refresh_gives_a_new_refresh_token(xero: Caller) -> None:
    first = xero.control("sign_in")
    second = renew(xero, first).json()
    third = renew(xero, second).json()
    assert len({each["refresh_token"] for each in (first, second, third)}) == 3
    assert xero.ledger()["tokens"]["refreshes"] == 2


def test_a_used_refresh_token_is_good_once_more_for_half_an_hour(xero: Caller) -> None:
    with time_machine.travel(START, tick=False) as clock:
        first = xero.control("sign_in")
        lost = renew(xero, first).json()
        clock.shift(1799)
        kept = renew(xero, first)
        assert kept.status_code == 200
        assert renew(xero, first).json() == {"error": "invalid_grant"}
        assert renew(xero, lost).json() == {"error": "invalid_grant"}
        assert renew(xero, kept.json()).status_code == 200
    told = xero.ledger()["tokens"]
    assert (told["reused"], told["refused"]) == (1, 2)


def test_a_used_refresh_token_is_worthless_after_half_an_hour(xero: Caller) -> None:
    with time_machine.travel(START, tick=False) as clock:
        first = xero.control("sign_in")
        second = renew(xero, first).json()
        clock.shift(1800)
        assert renew(xero, first).json() == {"error": "invalid_grant"}
        assert renew(xero, second).status_code == 200


def test_a_refresh_token_dies_unused_after_sixty_days(xero: Caller) -> None:
    with time_machine.travel(START, tick=False) as clock:
        first, second = xero.control("sign_in"), xero.control("sign_in")
        clock.shift(60 * 86_400 - 1)
        assert renew(xero, first).status_code == 200
        clock.shift(1)
        dead = renew(xero, second)
    assert (dead.status_code, dead.json()) == (400, {"error": "invalid_grant"})


def test_the_credentials_are_all_there() -> None:
    assert set(PLATFORM.credentials) == {
        "client_id",
        "client_secret",
        "webhook_key",
        "redirect_uri",
        "custom_client_id",
        "custom_client_secret",
    }
