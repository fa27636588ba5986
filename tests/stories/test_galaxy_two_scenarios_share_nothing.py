"""Two scenarios of one Galaxy share no mark, no table and no id."""

from __future__ import annotations

from integration.models import Connection, Link, Lookup, Sighting
from tests.depot_and_shop import Depot
from tests.road import Merchant

LISTS = ("items", "customersites", "customers")


def both(pantry: Depot) -> tuple[Merchant, Connection]:
    """A merchant under the retail scenario, and its second account under the other."""
    merchant = pantry.in_step()
    other = pantry.galaxy.credentials["second_web_scenario"]
    second = pantry.connect(merchant.tenant, web_scenario=other)
    pantry.wait()
    for connection in (merchant.crystal, second):
        for name in LISTS:
            pantry.road.read(connection, name)
    pantry.wait()
    return merchant, second


def rows(
    model: type[Link | Lookup | Sighting], connection: Connection, **only: str
) -> set[str]:
    found = model.everywhere.filter(connection=connection, **only)
    return set(found.values_list("external_id", flat=True))


def test_each_has_rows_tables_and_ids_of_its_own(pantry: Depot) -> None:
    merchant, second = both(pantry)
    first = merchant.crystal
    assert first.account != second.account
    assert first.facts["company_id"] != second.facts["company_id"]
    for name in ("charges", "prefixes", "companysites"):
        mine, theirs = (rows(Lookup, each, table=name) for each in (first, second))
        assert mine
        assert theirs
        assert not mine & theirs
    mine, theirs = (rows(Link, each, kind="customer") for each in (first, second))
    assert mine
    assert theirs
    assert not mine & theirs
    assert rows(Sighting, first, stream="items") != rows(
        Sighting, second, stream="items"
    )


def test_a_look_under_one_moves_no_mark_of_the_other(pantry: Depot) -> None:
    merchant, second = both(pantry)
    shared = next(
        item
        for item in pantry.items()
        if item["ID"] in rows(Sighting, second, stream="items")
    )
    before = pantry.mark(second, "items")
    row = pantry.galaxy.do("change_item", id=shared["ID"], Description="Άλλο όνομα")
    pantry.forget()
    pantry.look(merchant, "items")
    assert pantry.mark(merchant.crystal, "items") == row["RevisionNumber"]
    assert pantry.mark(second, "items") == before
    retail = pantry.galaxy.credentials["web_scenario"]
    assert [query["WebScenID"] for query in pantry.queries("items")] == [[retail]]
    pantry.road.read(second, "items")
    assert pantry.held(second, "product")[shared["ID"]].title == "Άλλο όνομα"
    assert pantry.mark(second, "items") == row["RevisionNumber"]


def test_two_tenants_under_one_scenario_share_nothing_either(pantry: Depot) -> None:
    one, two = (pantry.merchant(slug, kinds=()) for slug in ("one", "two"))
    for merchant in (one, two):
        pantry.start(merchant)
        pantry.look(merchant)
    item = pantry.plain()[0]
    before = pantry.mark(two.crystal, "items")
    pantry.galaxy.do("change_item", id=item["ID"], Description="Άλλο όνομα")
    pantry.look(one)
    assert pantry.mark(one.crystal, "items") > before
    assert pantry.mark(two.crystal, "items") == before
    named = (pantry.held(each.crystal, "product")[item["ID"]] for each in (one, two))
    assert [each.title for each in named] == ["Άλλο όνομα", item["Description"]]
    for model in (Link, Lookup, Sighting):
        tenants = model.everywhere.values_list("connection", "tenant").distinct()
        expected = {(each.crystal.pk, each.tenant.pk) for each in (one, two)}
        assert expected <= set(tenants)
        owners = [connection for connection, _ in tenants]
        assert len(owners) == len(set(owners))
