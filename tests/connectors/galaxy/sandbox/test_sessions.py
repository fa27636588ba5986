"""The door: login, cookies, sessions that end, prefixes and answers that are pages."""

from __future__ import annotations

import threading

import pytest
import requests
import time_machine

from tests.connectors.galaxy.sandbox.caller import KNOWN, SYNC, Caller, error

COUNTRIES = f"{SYNC}/countries"


def test_a_login_gives_a_session_and_two_cookies(stranger: Caller) -> None:
    answer = stranger.login()
    assert answer.status_code == 200
    assert answer.cookies["ss-id"] == answer.json()["SessionId"]
    assert answer.cookies["ss-pid"] not in ("", answer.cookies["ss-id"])
    assert stranger.ledger()["logins"] == 1


def test_a_wrong_password_opens_nothing(stranger: Caller) -> None:
    answer = stranger.login(password="wrong")
    assert (answer.status_code, error(answer)["ErrorCode"]) == (401, "Unauthorized")
    assert stranger.ledger()["logins_refused"] == 1
    assert stranger.get(COUNTRIES).status_code == 401


@pytest.mark.parametrize("cookie", ["", "ss-id=made-up", "ss-pid={}", "session={}"])
def test_only_the_session_cookie_lets_in(stranger: Caller, cookie: str) -> None:
    session = stranger.login().json()["SessionId"]
    plain = {"Accept": "application/json"}
    wrong = {**plain, "Cookie": cookie.format(session)}
    right = {**plain, "Cookie": f"ss-id={session}"}
    address = stranger.root + COUNTRIES
    assert requests.get(address, headers=wrong, timeout=60).status_code == 401
    assert requests.get(address, headers=right, timeout=60).status_code == 200


def test_a_login_by_address_works_and_is_written_down(stranger: Caller) -> None:
    stranger.login()
    assert stranger.ledger()["passwords_in_address"] == 0
    given = {name: KNOWN[name] for name in ("username", "password")}
    assert stranger.get("/auth", **given).status_code == 200
    assert stranger.ledger()["passwords_in_address"] == 1


def test_a_session_ends_after_its_seconds(galaxy: Caller) -> None:
    galaxy.control("set_settings", session_seconds=60)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        session = galaxy.login().json()["SessionId"]
        asking = {"Accept": "application/json", "Cookie": f"ss-id={session}"}
        address = galaxy.root + COUNTRIES
        assert requests.get(address, headers=asking, timeout=60).status_code == 200
        clock.shift(61)
        assert requests.get(address, headers=asking, timeout=60).status_code == 401


def test_sessions_can_be_ended_and_refused_with_403(galaxy: Caller) -> None:
    galaxy.control("set_settings", refusal_status=403)
    assert galaxy.get(COUNTRIES).status_code == 200
    galaxy.control("expire_sessions")
    assert galaxy.get(COUNTRIES).status_code == 403
    galaxy.login()
    assert galaxy.get(COUNTRIES).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_logout_ends_the_session(galaxy: Caller, method: str) -> None:
    address = f"{galaxy.root}/auth/logout"
    assert galaxy.session.request(method, address, timeout=60).status_code == 200
    assert galaxy.get(COUNTRIES).status_code == 401
    assert galaxy.ledger()["sessions"] == 0


def test_a_login_may_end_the_sessions_of_others(galaxy: Caller) -> None:
    session = galaxy.session.cookies["ss-id"]
    galaxy.control("set_settings", one_session=True)
    galaxy.login()
    asking = {"Accept": "application/json", "Cookie": f"ss-id={session}"}
    address = galaxy.root + COUNTRIES
    assert requests.get(address, headers=asking, timeout=60).status_code == 401


def test_a_login_may_have_to_be_signed(stranger: Caller) -> None:
    stranger.control("set_settings", signature_required=True)
    assert stranger.login().status_code == 403
    stranger.session.headers["X-Signature"] = "c2lnbmVk"
    assert stranger.login().status_code == 200


def test_who_does_not_ask_for_json_gets_a_page_that_says_200(galaxy: Caller) -> None:
    galaxy.session.headers["Accept"] = "*/*"
    answer = galaxy.get(COUNTRIES)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert galaxy.get(COUNTRIES, format="json").json()


def test_a_proxy_may_put_its_page_before_everything(galaxy: Caller) -> None:
    galaxy.control("set_settings", proxy_page=True)
    answer = galaxy.get(COUNTRIES)
    assert (answer.status_code, answer.text[:15]) == (200, "<!DOCTYPE html>")


@pytest.mark.parametrize("prefix", ["site1", "erp/site1"])
def test_the_api_may_stand_below_a_path_of_its_own(
    stranger: Caller, prefix: str
) -> None:
    stranger.control("set_settings", prefix=f"/{prefix}/")
    assert stranger.login().status_code == 404
    assert stranger.ledger()["base_url"] == f"{stranger.root}/{prefix}"
    stranger.root += f"/{prefix}"
    assert stranger.login().status_code == 200
    assert len(stranger.rows("countries")) == 5
    assert stranger.get("/services/sync/items/metadata").status_code == 200


def test_below_a_path_that_is_not_set_there_is_nothing(galaxy: Caller) -> None:
    assert galaxy.get(f"/site1{COUNTRIES}").status_code == 404
    assert galaxy.get("/services/sync/nothing").status_code == 404


def test_calls_made_at_once_are_seen(galaxy: Caller) -> None:
    galaxy.get(COUNTRIES)
    assert galaxy.ledger()["at_once_most"] == 1
    galaxy.control("set_settings", answer_seconds=1)
    calls = [threading.Thread(target=galaxy.get, args=[COUNTRIES]) for _ in range(3)]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    assert galaxy.ledger()["at_once_most"] > 1
