"""Customers of Galaxy come with their sites as addresses."""

from __future__ import annotations

from tests.depot_and_shop import Depot
from tests.road import Merchant, Row

LISTS = ("customersites", "customers")


def customers(pantry: Depot, merchant: Merchant) -> dict[str, list[Row]]:
    """The sites of each customer of the scenario's company."""
    company = merchant.crystal.facts["company_id"]
    found: dict[str, list[Row]] = {
        row["ID"]: [] for row in pantry.rows("customers") if row["CompanyID"] == company
    }
    for site in pantry.rows("customersites"):
        if site["CustomerID"] in found:
            found[site["CustomerID"]].append(site)
    return found


def test_every_site_is_an_address(pantry: Depot) -> None:
    merchant = pantry.merchant(kinds=())
    pantry.start(merchant)
    pantry.look(merchant, *LISTS)
    there = customers(pantry, merchant)
    held = pantry.held(merchant.crystal, "customer")
    assert held.keys() == there.keys()
    assert {len(sites) for sites in there.values()} == {1, 2, 3}
    cities = {row["ID"]: row["Description"] for row in pantry.rows("cities")}
    codes = {row["ID"]: row["Code"] for row in pantry.rows("countries")}
    for customer, sites in there.items():
        found = {address.key: address for address in held[customer].addresses}
        assert found.keys() == {site["ID"] for site in sites}
        for site in sites:
            address = found[site["ID"]]
            street = f"{site['Street']} {site['StreetNumber']}"
            assert (address.line1, address.postcode) == (street, site["PostalCode"])
            assert address.city == cities[site["CityID"]]
            assert address.country == codes[site["CountryID"]].replace("EL", "GR")
            assert (address.email, address.phone) == (site["Email"], site["Phone1"])


def test_a_changed_site_reaches_its_customer(pantry: Depot) -> None:
    merchant = pantry.merchant(kinds=())
    pantry.start(merchant)
    pantry.look(merchant, *LISTS)
    customer, sites = next(iter(customers(pantry, merchant).items()))
    mark = pantry.mark(merchant.crystal, "customers")
    pantry.galaxy.do("change_site", id=sites[0]["ID"], Street="Σόλωνος")
    pantry.forget()
    pantry.look(merchant, *LISTS)
    assert pantry.asked() == list(LISTS)
    lines = [
        each.line1
        for each in pantry.held(merchant.crystal, "customer")[customer].addresses
    ]
    assert any(line.startswith("Σόλωνος ") for line in lines)
    assert pantry.mark(merchant.crystal, "customers") == mark
    assert merchant.errors() == []
