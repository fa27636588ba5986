"""Galaxy's lookups are read once, and again only for an id nobody knows."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest

from connectors.galaxy.lookups import PLAIN
from integration.models import Connection, Lookup
from tests.depot_and_shop import Depot
from tests.road import Merchant, Row

# A daily look whether the scenario is still as it was reads these two.
WATCHED = {"webscenarios", "companies"}


NAMED = (
    *("countries", "prefectures", "cities", "currencies", "paymentmethods"),
    *("charges", "dispatchpurposes", "shippingmethods", "agencies"),
)


def kept(connection: Connection, name: str) -> dict[str, tuple[str, str]]:
    """Code and description of a lookup's rows as Weft holds them, by id."""
    rows = Lookup.everywhere.filter(connection=connection, table=name)
    return {row.external_id: (row.code, row.label) for row in rows}


@pytest.fixture
def connected(pantry: Depot) -> Connection:
    """An account whose lookups were read; no list is brought anywhere."""
    merchant = pantry.merchant(kinds=())
    pantry.start(merchant)
    return merchant.reload().crystal


def test_every_row_is_kept_with_id_code_and_description(
    pantry: Depot, connected: Connection
) -> None:
    company = connected.facts["company_id"]
    for name in NAMED:
        there = {
            row["ID"]: (row["Code"], row["Description"])
            for row in pantry.rows(name)
            if row["company"] in ("", company)
        }
        assert kept(connected, name) == there
        assert there
    assert ("EL", "Ελλάδα") in kept(connected, "countries").values()


def test_companies_and_their_sites_are_kept_too(
    pantry: Depot, connected: Connection
) -> None:
    company = connected.facts["company_id"]
    [row] = [row for row in pantry.rows("companies") if row["ID"] == company]
    assert kept(connected, "companies")[company] == (row["Code"], row["Description"])
    assert connected.facts["company_tax_number"] == row["TIN"]
    sites = [
        (row["Code"], row["Description"])
        for row in pantry.rows("companysites")
        if row["CompanyID"] == company
    ]
    assert sorted(kept(connected, "companysites").values()) == sorted(sites)


def test_days_of_work_ask_for_none_of_them_again(pantry: Depot) -> None:
    merchant = pantry.merchant()
    pantry.galaxy.forget()
    pantry.start(merchant)
    for _ in range(3):
        pantry.wait(days=1)
    made = Counter(pantry.asked())
    assert {name: made[name] for name in PLAIN if name not in WATCHED} == {
        name: 1 for name in PLAIN if name not in WATCHED
    }
    assert made["items"] > 3


def moved(pantry: Depot, city: str) -> tuple[Merchant, Row]:
    """A customer's site is in another city, and Weft looks at the customers."""
    merchant = pantry.in_step()
    pantry.look(merchant, "customersites", "customers")
    retail = merchant.crystal.facts["company_id"]
    sites = pantry.rows("customersites")
    site = next(row for row in sites if row["CompanyID"] == retail)
    pantry.galaxy.do("change_site", id=site["ID"], CityID=city)
    pantry.forget()
    pantry.look(merchant, "customersites", "customers")
    return merchant, site


def test_an_id_that_is_new_reads_its_table_once(pantry: Depot) -> None:
    row = pantry.galaxy.do(
        "add_lookup_row", list="cities", code="VOL", description="Βόλος"
    )
    # The first sync has read it already: one that comes later is not known.
    merchant, _ = moved(pantry, row["ID"])
    assert "cities" not in pantry.asked()
    later = pantry.galaxy.do(
        "add_lookup_row", list="cities", code="LAR", description="Λάρισα"
    )
    site = next(
        row
        for row in pantry.rows("customersites")
        if row["CompanyID"] == merchant.crystal.facts["company_id"]
    )
    pantry.galaxy.do("change_site", id=site["ID"], CityID=later["ID"])
    pantry.forget()
    pantry.look(merchant, "customersites", "customers")
    pantry.wait(minutes=5)
    assert Counter(pantry.asked())["cities"] == 1
    held = pantry.held(merchant.crystal, "customer")[site["CustomerID"]]
    assert "Λάρισα" in {address.city for address in held.addresses}
    assert merchant.errors() == []


def test_an_id_that_is_nowhere_reads_it_once_and_is_an_open_error(
    pantry: Depot,
) -> None:
    merchant, site = moved(pantry, str(uuid.uuid4()))
    pantry.wait(minutes=5)
    assert Counter(pantry.asked())["cities"] == 1
    [error] = merchant.errors()
    assert (error.kind, error.external_id) == ("customer", site["CustomerID"])
