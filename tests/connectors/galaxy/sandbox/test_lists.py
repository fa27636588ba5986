"""The lists: by number, by scenario, in no order, and only what is active."""

from __future__ import annotations

import pytest

from connectors.galaxy.sandbox.erp import LISTS, LOOKUPS
from tests.connectors.galaxy.sandbox.caller import KNOWN, SYNC, Caller, error, newest

NUMBERED = [name for name in LISTS if name != "webscenarios"]
ZERO = ("itemcategories", "itemattributes")
TRADE = KNOWN["second_web_scenario"]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_a_bare_array(galaxy: Caller, name: str) -> None:
    rows = galaxy.rows(name)
    assert len(rows) > 0
    assert all("ID" in row for row in rows) or name == "itembalances"


@pytest.mark.parametrize("name", [each for each in NUMBERED if each not in ZERO])
def test_a_number_gives_strictly_greater_ones(galaxy: Caller, name: str) -> None:
    rows = galaxy.rows(name)
    highest = newest(rows)
    assert galaxy.rows(name, RevisionNumber=highest) == []
    last = galaxy.rows(name, RevisionNumber=highest - 1)
    assert [row["RevisionNumber"] for row in last] == [highest]
    assert galaxy.rows(name, RevisionNumber=0) == rows


@pytest.mark.parametrize("name", ZERO)
def test_lists_of_zeros_give_nothing_above_zero(galaxy: Caller, name: str) -> None:
    assert {row["RevisionNumber"] for row in galaxy.rows(name)} == {0}
    assert galaxy.rows(name, RevisionNumber=0) == []


def test_which_lists_say_zero_can_be_set(galaxy: Caller) -> None:
    galaxy.control("set_settings", zero_revisions=["itemdimensions"])
    assert galaxy.rows("itemdimensions", RevisionNumber=0) == []
    assert len(galaxy.rows("itemcategories", RevisionNumber=0)) == 21


@pytest.mark.parametrize("name", ["items", "customers", "itembalances", "cities"])
def test_the_newest_row_is_never_the_last(galaxy: Caller, name: str) -> None:
    rows = galaxy.rows(name)
    numbers = [row["RevisionNumber"] for row in rows]
    assert numbers != sorted(numbers)
    assert numbers[-1] != max(numbers)
    assert galaxy.rows(name) == rows


@pytest.mark.parametrize("name", LISTS)
def test_a_scenario_is_needed_where_none_is_default(galaxy: Caller, name: str) -> None:
    galaxy.control("no_default_scenario")
    answer = galaxy.get(f"{SYNC}/{name}")
    if name == "webscenarios":
        assert {row["IsDefault"] for row in answer.json()} == {0}
        return
    assert answer.status_code == 400
    assert error(answer)["Errors"][0]["FieldName"] == "WebScenID"
    assert galaxy.rows(name, WebScenID=TRADE)


@pytest.mark.parametrize("given", ["", "nothing", KNOWN["company"]])
def test_an_unknown_scenario_is_refused(galaxy: Caller, given: str) -> None:
    answer = galaxy.get(f"{SYNC}/items", WebScenID=given)
    assert answer.status_code == 400
    assert "StackTrace" in error(answer)
    assert "SLnet" in error(answer)["StackTrace"]


def test_a_number_that_is_none_is_refused(galaxy: Caller) -> None:
    answer = galaxy.get(f"{SYNC}/items", RevisionNumber="12a")
    assert error(answer)["Errors"][0]["FieldName"] == "RevisionNumber"


def test_without_a_scenario_the_default_one_is_meant(galaxy: Caller) -> None:
    chosen = KNOWN["web_scenario"]
    assert galaxy.rows("items") == galaxy.rows("items", WebScenID=chosen)
    galaxy.control("default_scenario", code="B2B")
    assert galaxy.rows("items") == galaxy.rows("items", WebScenID=TRADE.upper())


@pytest.mark.parametrize("name", ["customers", "customersites", "prefixes", "charges"])
def test_two_companies_share_no_row(galaxy: Caller, name: str) -> None:
    retail = {row["ID"].lower() for row in galaxy.rows(name)}
    trade = {row["ID"].lower() for row in galaxy.rows(name, WebScenID=TRADE)}
    assert retail
    assert trade
    assert not retail & trade


def test_a_scenario_exposes_items_by_category(galaxy: Caller) -> None:
    for scenario in (KNOWN["web_scenario"], TRADE):
        shown = galaxy.rows("itemcategories", WebScenID=scenario)
        roots = {row["ID"].lower() for row in shown if row["ParentNodeID"] is None}
        leaves = {row["ID"].lower() for row in shown}
        items = galaxy.rows("items", WebScenID=scenario)
        assert items
        for item in items:
            assert item["ItemCategories"]
            for link in item["ItemCategories"]:
                assert link["CategoryRootID"] in roots
                assert link["CategoryLeafID"] in leaves
        codes = {row["Code"] for row in items}
        balances = galaxy.rows("itembalances", WebScenID=scenario)
        assert {row["Code"] for row in balances} == codes


def test_what_a_scenario_exposes_can_be_set(galaxy: Caller) -> None:
    galaxy.control("expose", code="ESHOP", categories=[])
    assert galaxy.rows("items") == galaxy.rows("itembalances") == []
    added = galaxy.control(
        "add_scenario",
        code="NEO",
        company=KNOWN["company"],
        categories=[galaxy.ledger()["itemcategories"][0]["ID"]],
    )
    assert len(galaxy.rows("itemcategories", WebScenID=added["ID"])) == 7


def test_guids_come_in_both_cases(galaxy: Caller) -> None:
    items = galaxy.rows("items")
    balances = galaxy.rows("itembalances")
    assert all(row["ID"] == row["ID"].lower() for row in items)
    assert all(row["ItemID"] == row["ItemID"].upper() for row in balances)
    assert {row["ItemID"].lower() for row in balances} == {row["ID"] for row in items}


@pytest.mark.parametrize("name", LOOKUPS)
def test_a_lookup_row_can_be_added_and_is_the_newest(galaxy: Caller, name: str) -> None:
    before = newest(galaxy.rows(name))
    galaxy.control("add_lookup_row", list=name, code="ΝΕΟ", description="Νέα γραμμή")
    (row,) = galaxy.rows(name, RevisionNumber=before)
    assert (row["Code"], row["Description"]) == ("ΝΕΟ", "Νέα γραμμή")
    galaxy.control("change_lookup_row", list=name, code="ΝΕΟ", Description="Άλλη")
    assert galaxy.row(name, Code="ΝΕΟ")["Description"] == "Άλλη"


def test_customers_can_be_asked_for_by_id(galaxy: Caller) -> None:
    first, second = galaxy.rows("customers")[:2]
    wanted = f"{first['ID'].upper()},{second['ID']}"
    found = galaxy.rows("customers", IDs=wanted)
    assert {row["Code"] for row in found} == {first["Code"], second["Code"]}
    assert galaxy.get(f"{SYNC}/customers", IDs="1,2").status_code == 400


def test_a_customer_carries_its_sites(galaxy: Caller) -> None:
    sites = {row["ID"].lower(): row for row in galaxy.rows("customersites")}
    customers = galaxy.rows("customers")
    nested = [site for row in customers for site in row["CustomerSites"]]
    assert {site["ID"] for site in nested} == sites.keys()
    assert {len(row["CustomerSites"]) for row in customers} == {1, 2, 3}
    for customer in customers:
        primary = [site for site in customer["CustomerSites"] if site["IsPrimary"]]
        assert len(primary) == 1
        assert primary[0]["CustomerID"] == customer["ID"]
        assert "Email" not in customer


def test_one_trader_may_be_a_customer_of_both_companies(galaxy: Caller) -> None:
    retail = {row["TraderID"] for row in galaxy.rows("customers")}
    trade = {row["TraderID"] for row in galaxy.rows("customers", WebScenID=TRADE)}
    assert len(retail & trade) == 6


def test_a_changed_site_leaves_its_customer_s_number_alone(galaxy: Caller) -> None:
    customers, sites = galaxy.rows("customers"), galaxy.rows("customersites")
    galaxy.control("change_site", id=sites[0]["ID"], Street="Νέα Οδός")
    (changed,) = galaxy.rows("customersites", RevisionNumber=newest(sites))
    assert changed["Street"] == "Νέα Οδός"
    assert galaxy.rows("customers", RevisionNumber=newest(customers)) == []
    galaxy.control("set_settings", sites_raise_customers=True)
    galaxy.control("change_site", id=sites[0]["ID"], Street="Παλιά Οδός")
    (owner,) = galaxy.rows("customers", RevisionNumber=newest(customers))
    assert owner["ID"] == changed["CustomerID"].lower()


def test_a_customer_switched_off_takes_its_sites_along(galaxy: Caller) -> None:
    gone = galaxy.rows("customers")[0]
    galaxy.control("deactivate_customer", id=gone["ID"])
    assert gone["ID"] not in {row["ID"] for row in galaxy.rows("customers")}
    owners = {row["CustomerID"].lower() for row in galaxy.rows("customersites")}
    assert gone["ID"] not in owners
