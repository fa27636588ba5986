"""The connection to Galaxy: its address, its session, its refusals, its test."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from connectors.galaxy import CONNECTOR
from connectors.galaxy.pictures import picture
from connectors.galaxy.session import SessionAuth
from integration.errors import (
    BadConfig,
    BadCredentials,
    BadRecord,
    SyncFailure,
    Transient,
    Unknown,
)
from integration.http.auth import Auth
from integration.http.client import Http
from integration.http.limits import FreeMeter
from tests.connectors.galaxy.connected import Galaxy, rows
from tests.http.conftest import Counter

ERP = "https://erp.example.test/shop/galaxy"
SYNC = f"{ERP}/services/sync"


def client(password: str = "a password of its own", **given: Any) -> Any:
    settings = {"base_url": f"{ERP}/", "username": "weft-user", **given}
    http = Http(
        base_url=CONNECTOR.base_url(settings),
        auth=CONNECTOR.auth(settings, {"password": password}),
        meter=FreeMeter(),
        resolver=lambda host, port: ["93.184.216.34"],
    )
    return CONNECTOR.client(settings, http)


def refusal(message: str = "Δεν γίνεται.", field: str = "") -> dict[str, Any]:
    errors = [{"FieldName": field, "Message": message}] if field else []
    trace = "at SLnet.WebExtApi.Host in D:\\slnet\\Host.cs:88"
    told = {"ErrorCode": "x", "Message": message, "StackTrace": trace}
    return {"ResponseStatus": {**told, "Errors": errors}}


def shown(failure: SyncFailure) -> str:
    return f"{failure.message} {failure.hint}"


@responses.activate
def test_a_path_in_the_address_is_kept_and_the_password_stays_out_of_it() -> None:
    responses.post(f"{ERP}/auth", json={"SessionId": "s-1"})
    responses.get(f"{SYNC}/countries", json=[{"ID": "A", "Code": "EL"}])
    one = client(password="kept from addresses")
    assert len(list(one.rows("countries"))) == 1
    login, read = (call.request for call in responses.calls)
    assert json.loads(login.body or b"") == {
        "username": "weft-user",
        "password": "kept from addresses",
    }
    assert "kept" not in str(login.url)
    assert login.headers["Accept"] == read.headers["Accept"] == "application/json"
    assert read.headers["Cookie"] == "ss-id=s-1"
    assert "Authorization" not in read.headers


@responses.activate
def test_a_session_serves_every_call_of_the_same_user() -> None:
    responses.post(f"{ERP}/auth", json={"SessionId": "s-2"})
    responses.get(f"{SYNC}/countries", json=[])
    for _ in range(3):
        assert list(client(password="one for three").rows("countries")) == []
    assert [call.request.method for call in responses.calls].count("POST") == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_session_that_ended_is_opened_once_more(galaxy: Galaxy, status: int) -> None:
    galaxy.control("set_settings", refusal_status=status)
    one = galaxy.reader()
    assert rows(one.read("countries", None, None))
    galaxy.control("expire_sessions")
    before = galaxy.ledger()["logins"]
    assert rows(one.read("countries", None, None))
    assert galaxy.ledger()["logins"] == before + 1
    assert galaxy.ledger()["passwords_in_address"] == 0


@responses.activate
@pytest.mark.parametrize("status", [401, 403])
def test_a_second_refusal_is_the_users_and_ends_there(status: int) -> None:
    responses.post(f"{ERP}/auth", json={"SessionId": "s-3"})
    responses.get(f"{SYNC}/items", status=status, json=refusal())
    with pytest.raises(BadCredentials):
        list(client(password=f"refused with {status}").rows("items"))
    made = [call.request.method for call in responses.calls]
    assert made == ["POST", "GET", "POST", "GET"]


def test_a_wrong_password_is_said_so(galaxy: Galaxy) -> None:
    findings = list(CONNECTOR.probe(galaxy.client(password="not the password")))
    assert [finding.ok for finding in findings] == [False]
    assert "does not let this user in" in findings[0].message


@responses.activate
def test_a_sign_in_may_be_signed_by_whoever_knows_how() -> None:
    class Signing(SessionAuth):
        def sign_auth(self, request: Any) -> Any:
            request.headers["X-Signature"] = "c2lnbmVk"
            return request

    responses.post(f"{ERP}/auth", json={"SessionId": "s-4"})
    responses.get(f"{ERP}/x", json={})
    auth: Auth = Signing(ERP, "user", "for the one who signs")
    http = Http(
        base_url=ERP,
        auth=auth,
        meter=FreeMeter(),
        resolver=lambda host, port: ["93.184.216.34"],
    )
    http.get("x")
    login, read = (call.request for call in responses.calls)
    assert login.headers["X-Signature"] == "c2lnbmVk"
    assert "X-Signature" not in read.headers
    assert "Cookie" not in login.headers


@responses.activate
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html>Sign in to the network</html>", "text/html"),
        ("Snapshot of the reply", "text/plain"),
        ('{"rows": []}', "application/json"),
        ("", "application/json"),
    ],
)
def test_what_is_no_list_is_a_wrong_address_and_never_an_empty_list(
    body: str, kind: str
) -> None:
    responses.post(f"{ERP}/auth", json={"SessionId": "s-5"})
    responses.get(f"{SYNC}/items", body=body, content_type=kind)
    with pytest.raises(BadConfig) as caught:
        list(CONNECTOR.reader(client()).read("items", None, None))  # type: ignore[misc]
    assert caught.value.field == "base_url"


@responses.activate
@pytest.mark.parametrize(
    ("status", "answer", "failure", "field"),
    [
        (400, refusal(field="Name"), BadRecord, "Name"),
        (500, refusal("Ο συναλλασσόμενος δεν βρέθηκε."), BadRecord, ""),
        (200, refusal("Και με 200."), BadRecord, ""),
        (400, refusal("Λείπει.", "WebScenID"), BadConfig, "web_scenario"),
        (500, {}, Unknown, None),
        (503, refusal(), BadRecord, ""),
        (404, {}, BadConfig, "base_url"),
    ],
)
def test_a_refused_post_is_told_in_galaxys_words_and_never_its_code(
    status: int, answer: Any, failure: type[SyncFailure], field: str | None
) -> None:
    responses.post(f"{ERP}/auth", json={"SessionId": "s-6"})
    responses.post(f"{SYNC}/actions/postentry", status=status, json=answer)
    with pytest.raises(failure) as caught:
        client().act("postentry", {})
    assert type(caught.value) is failure
    assert getattr(caught.value, "field", None) == field
    assert "slnet" not in shown(caught.value)
    if answer:
        assert answer["ResponseStatus"]["Message"] in caught.value.message
    assert len([c for c in responses.calls if "actions" in str(c.request.url)]) == 1


@responses.activate
def test_a_list_galaxy_stumbles_over_is_asked_for_later_with_its_words() -> None:
    responses.post(f"{ERP}/auth", json={"SessionId": "s-7"})
    responses.get(f"{SYNC}/items", status=500, json=refusal("Η βάση είναι κλειδωμένη."))
    with pytest.raises(Transient) as caught:
        list(client().rows("items"))
    assert "κλειδωμένη" in caught.value.message
    assert "slnet" not in shown(caught.value)


def test_the_test_names_scenario_price_fields_and_pictures(galaxy: Galaxy) -> None:
    findings = {found.stage: found for found in CONNECTOR.probe(galaxy.client())}
    assert all(found.ok for found in findings.values())
    assert "Δείγμα Λιανική" in findings["scenario"].message
    assert findings["scenario"].facts["company_id"]
    assert "with tax" in findings["items"].message
    assert "MeasurementUnit" in findings["fields"].facts["item_fields"]
    assert "ItemDimensionCombinations" in findings["fields"].facts["item_lists"]
    assert "image/png" in findings["pictures"].message
    assert "through Weft" in findings["pictures"].hint


def test_without_a_default_scenario_one_must_be_chosen(galaxy: Galaxy) -> None:
    galaxy.control("no_default_scenario")
    *_, last = CONNECTOR.probe(galaxy.client())
    assert (last.stage, last.ok) == ("scenario", False)
    assert "Πύλη συνεργατών" in last.hint
    *_, last = CONNECTOR.probe(galaxy.client(web_scenario="no-such-scenario"))
    assert (last.stage, last.ok) == ("scenario", False)


def test_a_currency_galaxy_does_not_have_fails_the_test(galaxy: Galaxy) -> None:
    found = {
        each.stage: each for each in CONNECTOR.probe(galaxy.client(currency="SEK"))
    }
    last = found["currencies"]
    assert not last.ok
    assert "EUR" in last.message


def test_a_picture_is_known_by_its_bytes_and_counted_apart(galaxy: Galaxy) -> None:
    meter = Counter()
    one = galaxy.client(meter=meter)
    row = next(iter(galaxy.ledger()["itemimages"]))
    found = picture(one, row["ID"])
    assert found.type == "image/png"
    assert "pictures" in meter.asked
    with pytest.raises(BadRecord) as caught:
        picture(one, "00000000-0000-4000-8000-000000000000")
    assert caught.value.code == "image_gone"


def test_limits_are_gentle_unless_more_is_set() -> None:
    [second] = CONNECTOR.limits({})
    assert (second.calls, second.seconds) == (3, 1)
    found = CONNECTOR.limits({"calls_per_second": 1, "calls_per_day": 9_000})
    assert [(each.calls, each.seconds) for each in found] == [(1, 1), (9_000, 86_400)]
