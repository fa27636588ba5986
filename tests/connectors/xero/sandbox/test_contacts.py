"""Contacts: the name makes them one, and what a client may write."""

import pytest

from tests.connectors.xero.sandbox.caller import Caller


def test_a_contact_is_made_and_found_by_id_and_by_number(xero: Caller) -> None:
    made = xero.made("Contacts", {"Name": "Ada Park", "ContactNumber": "weft-1"})
    for key in (made["ContactID"], "weft-1"):
        assert xero.row(f"Contacts/{key}")["Name"] == "Ada Park"
    assert xero.get("Contacts/nobody").status_code == 404
    assert [each["AddressType"] for each in made["Addresses"]] == ["POBOX", "STREET"]


@pytest.mark.parametrize(
    "element",
    [
        {"Name": "mara quill"},
        {"Name": "Ada Park", "ContactNumber": "weft-1"},
        {"Name": " "},
        {"FirstName": "Ada"},
        {"Name": "x" * 256},
        {"Name": "A", "AccountNumber": "x" * 51},
        {"Name": "A", "EmailAddress": "jörg@example.org"},
        {"Name": "A", "EmailAddress": "nowhere"},
        {"Name": "A", "Addresses": [{"AddressType": "POBOX", "Country": "NZ 7010"}]},
        {"Name": "A", "Addresses": [{"AddressType": "HOME"}]},
        {"Name": "A", "Addresses": [{"AddressLine1": "x" * 501}]},
        {"Name": "A", "Phones": [{"PhoneAreaCode": "x" * 11}]},
        {"Name": "A", "ContactPersons": [{"FirstName": "B"}] * 6},
        {"Name": "A", "DefaultCurrency": "CHF"},
    ],
)
def test_a_contact_that_breaks_a_rule_is_refused(xero: Caller, element: object) -> None:
    xero.made("Contacts", {"Name": "Bea", "ContactNumber": "weft-1"})
    before = len(xero.ledger()["contacts"])
    assert len(xero.faults("Contacts", element)) == 1
    assert len(xero.ledger()["contacts"]) == before


def test_the_name_of_an_archived_contact_is_free(xero: Caller) -> None:
    assert xero.made("Contacts", {"Name": "Closed Corner Shop"})


def test_a_post_lands_on_whoever_has_the_name(xero: Caller) -> None:
    known = xero.contact("David Smith")
    answer = xero.post(
        "Contacts", {"Name": "David Smith", "EmailAddress": "other@example.org"}
    )
    assert answer.json()["Contacts"][0]["ContactID"] == known
    assert xero.row(f"Contacts/{known}")["EmailAddress"] == "other@example.org"


def test_a_post_changes_what_is_sent_and_nothing_else(xero: Caller) -> None:
    made = xero.made(
        "Contacts", {"Name": "Ada", "ContactNumber": "w1", "LastName": "P"}
    )
    xero.rows_of(xero.post("Contacts", {"ContactNumber": "w1", "FirstName": "Ada"}))
    path = f"Contacts/{made['ContactID']}"
    xero.rows_of(xero.call("POST", path, {"Name": "Ada Park"}))
    row = xero.row(path)
    assert (row["Name"], row["FirstName"], row["LastName"]) == ("Ada Park", "Ada", "P")


def test_a_contact_cannot_take_the_name_of_another(xero: Caller) -> None:
    element = {"ContactID": xero.contact("David Smith"), "Name": "Mara Quill"}
    assert xero.post("Contacts", element).status_code == 400


def test_archived_contacts_are_listed_when_asked_for(xero: Caller) -> None:
    named = {row["Name"] for row in xero.rows("Contacts")}
    assert "Closed Corner Shop" not in named
    every = {row["Name"] for row in xero.rows("Contacts", includeArchived="true")}
    assert every - named == {"Closed Corner Shop"}


def test_contacts_are_searched_in_names_number_and_address(xero: Caller) -> None:
    for term in ("quill", "MARA@", "Mara"):
        found = xero.rows("Contacts", searchTerm=term)
        assert [row["Name"] for row in found] == ["Mara Quill"]
    assert xero.rows("Contacts", searchTerm="nobody") == []


def test_a_summary_leaves_addresses_out(xero: Caller) -> None:
    row = xero.rows("Contacts", summaryOnly="true")[0]
    assert "Addresses" not in row
    assert "ContactPersons" not in xero.rows("Contacts")[0]
    assert xero.rows("Contacts", page=1)[0]["ContactPersons"] != []


def test_contacts_are_picked_by_their_ids(xero: Caller) -> None:
    pair = [xero.contact("Mara Quill"), xero.contact("David Smith")]
    found = xero.rows("Contacts", IDs=",".join(pair))
    assert [row["ContactID"] for row in found] == pair


def test_a_merged_contact_says_where_it_went(xero: Caller) -> None:
    gone, kept = xero.contact("David Smith"), xero.contact("Mara Quill")
    element = xero.invoice(Contact={"ContactID": gone})
    invoice = xero.made("Invoices", element)
    xero.control("merge_contacts", contact="David Smith", into="Mara Quill")
    row = xero.row(f"Contacts/{gone}")
    assert row["ContactStatus"] == "ARCHIVED"
    assert row["MergedToContactID"] == kept
    moved = xero.row(f"Invoices/{invoice['InvoiceID']}")
    assert moved["Contact"]["ContactID"] == kept
