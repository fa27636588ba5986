"""Posted customers: silent, late, doubled and written over."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import time_machine

from tests.connectors.galaxy.sandbox.caller import KNOWN, SYNC, Caller, error, newest

POST = f"{SYNC}/actions/postcustomer"


def customer(**changes: Any) -> dict[str, Any]:
    """A customer with one site, its country by text."""
    site = {
        **{"IsPrimary": 1, "IsBilling": 1, "Email": "nea@example.test"},
        **{"Street": "Ερμού", "StreetNumber": "5", "PostalCode": "10563"},
        **{"CountryDescr": "Ελλάδα", "CityDescr": "Άγνωστη πόλη", "Phone1": "2105"},
    }
    body = {"ID": str(uuid.uuid4()), "Name": "Νέα Πελάτισσα", "TIN": "123456783"}
    return {**body, "CustomerSites": [site], **changes}


def test_a_posted_customer_shows_later_and_above_all_others(galaxy: Caller) -> None:
    galaxy.control("set_settings", customer_seconds=30, session_seconds=10**9)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        session = galaxy.login().json()["SessionId"]
        # The cookie jar reads the clock too; a plain header does not.
        galaxy.session.headers["Cookie"] = f"ss-id={session}"
        before = newest(galaxy.rows("customers"))
        body = customer()
        answer = galaxy.post(POST, body)
        assert (answer.status_code, answer.content) == (204, b"")
        assert galaxy.rows("customers", IDs=body["ID"]) == []
        assert galaxy.ledger()["customers_waiting"] == 1
        clock.shift(31)
        (row,) = galaxy.rows("customers", RevisionNumber=before)
    assert (row["ID"], row["Description"]) == (body["ID"], "Νέα Πελάτισσα")
    (site,) = row["CustomerSites"]
    assert len({row["ID"], row["TraderID"], site["ID"], site["TraderSiteID"]}) == 4
    assert (site["Street"], site["Email"]) == ("Ερμού", "nea@example.test")
    country = galaxy.row("countries", Code="EL")["ID"]
    assert (site["CountryID"], site["CityID"]) == (country, None)


def test_the_server_may_give_an_id_of_its_own(galaxy: Caller) -> None:
    galaxy.control("set_settings", customer_seconds=0, keeps_customer_id=False)
    body = customer()
    galaxy.post(POST, body)
    assert galaxy.rows("customers", IDs=body["ID"]) == []
    assert galaxy.row("customers", Description="Νέα Πελάτισσα")["ID"] != body["ID"]


def test_the_same_customer_twice_is_silently_two(galaxy: Caller) -> None:
    galaxy.control("set_settings", customer_seconds=0)
    for body in (customer(), customer()):
        assert galaxy.post(POST, body).status_code == 204
    ledger = galaxy.ledger()
    assert len(ledger["customers_posted"]) == 2
    assert len(ledger["customers_duplicated"]) == 1
    assert ledger["customers_overwritten"] == []
    found = [row["Description"] for row in galaxy.rows("customers")]
    assert found.count("Νέα Πελάτισσα") == 2


def test_a_duplicate_of_one_that_does_not_show_yet_is_seen(galaxy: Caller) -> None:
    galaxy.control("set_settings", customer_seconds=3600)
    for body in (customer(), customer()):
        galaxy.post(POST, body)
    assert len(galaxy.ledger()["customers_duplicated"]) == 1


def test_an_id_that_is_there_is_written_over(galaxy: Caller) -> None:
    galaxy.control("set_settings", customer_seconds=0)
    held = next(row for row in galaxy.rows("customers") if row["CustomerSites"][1:])
    galaxy.post(POST, customer(ID=held["ID"].upper()))
    (row,) = galaxy.rows("customers", IDs=held["ID"])
    assert row["Description"] == "Νέα Πελάτισσα"
    assert row["TraderID"] == held["TraderID"]
    assert len(row["CustomerSites"]) == 1
    assert galaxy.ledger()["customers_overwritten"] == [held["ID"]]


def test_a_customer_belongs_to_the_scenario_s_company(galaxy: Caller) -> None:
    galaxy.control("set_settings", customer_seconds=0)
    galaxy.control("no_default_scenario")
    body = customer()
    assert galaxy.post(POST, body).status_code == 400
    trade = KNOWN["second_web_scenario"]
    assert galaxy.post(POST, body, WebScenID=trade).status_code == 204
    (row,) = galaxy.rows("customers", WebScenID=trade, IDs=body["ID"])
    assert row["CompanyID"] == KNOWN["second_company"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"ID": "12"}, 400),
        ({"Name": " "}, 400),
        ({"CustomerSites": None}, 400),
        ({"CurrencyID": str(uuid.UUID(int=7))}, 500),
        ({"CustomerSites": [{"CountryID": str(uuid.UUID(int=7))}]}, 500),
    ],
)
def test_a_wrong_customer_is_refused(
    galaxy: Caller, changes: dict[str, Any], status: int
) -> None:
    answer = galaxy.post(POST, customer(**changes))
    assert (answer.status_code, bool(error(answer)["Message"])) == (status, True)
    assert galaxy.ledger()["customers_posted"] == []


def test_a_customer_can_be_added_at_the_erp(galaxy: Caller) -> None:
    before = newest(galaxy.rows("customers"))
    galaxy.control("add_customer", Name="Από το γραφείο", CustomerSites=[])
    (row,) = galaxy.rows("customers", RevisionNumber=before)
    assert (row["Description"], row["CustomerSites"]) == ("Από το γραφείο", [])
    assert galaxy.ledger()["customers_posted"] == []
