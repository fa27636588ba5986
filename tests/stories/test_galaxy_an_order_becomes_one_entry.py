"""A paid order becomes one entry in Galaxy, its buyer a customer before that."""

from __future__ import annotations

from connectors.galaxy.items import PARTS
from connectors.galaxy.lookups import ATTRIBUTES, CATEGORIES, DIMENSIONS, PLAIN
from tests.depot_and_shop import BUYER, POST_CUSTOMER, POST_ENTRY, Depot
from tests.road import Row


def wanted(pantry: Depot) -> dict[str, int]:
    """Three things in three quantities."""
    codes = [item["Code"] for item in pantry.plain()[:3]]
    return dict(zip(codes, (2, 5, 9), strict=True))


def quantities(pantry: Depot, entry: Row) -> dict[str, int]:
    """What an entry sells, by the code of the item."""
    codes = {item["ID"]: item["Code"] for item in pantry.items()}
    return {
        codes[line["item"]["identifier"]["id"]]: line["qty"] for line in entry["lines"]
    }


def test_an_unknown_buyer_is_posted_first_and_the_entry_is_theirs(
    pantry: Depot,
) -> None:
    merchant = pantry.in_step()
    order = pantry.sell(wanted(pantry))
    [posted] = pantry.galaxy.ledger("customers_posted")
    assert posted["Name"] == BUYER["company"]
    [site] = posted["CustomerSites"]
    assert (site["Street"], site["Email"]) == (BUYER["address_1"], BUYER["email"])
    [entry] = pantry.entries()
    assert entry["docid"] == order["number"]
    assert quantities(pantry, entry) == wanted(pantry)
    [customer] = [
        row
        for row in pantry.rows("customers")
        if row["Description"] == BUYER["company"]
    ]
    assert entry["trader"] == customer["TraderID"]
    sums = [line["totalamount"] + line["chargestotal"] for line in entry["lines"]]
    assert round(sum(sums), 2) == float(order["total"])
    assert merchant.errors() == []
    for _ in range(2):
        pantry.wait(hours=12)
    assert len(pantry.entries()) == 1


def test_the_order_waits_until_galaxy_shows_the_customer(pantry: Depot) -> None:
    pantry.galaxy.do("set_settings", customer_seconds=3600.0)
    merchant = pantry.in_step()
    pantry.sell(wanted(pantry))
    assert len(merchant.deliveries("customer", "accepted")) == 1
    assert len(merchant.deliveries("order", "blocked")) == 1
    assert pantry.entries() == []
    assert merchant.errors() == []
    for _ in range(4):
        pantry.wait(minutes=20)
    assert len(pantry.galaxy.ledger("customers_posted")) == 1
    assert len(pantry.entries()) == 1
    assert merchant.errors() == []


def test_a_second_order_of_the_same_buyer_posts_no_second_customer(
    pantry: Depot,
) -> None:
    pantry.in_step()
    pantry.sell(wanted(pantry))
    pantry.sell(wanted(pantry))
    assert len(pantry.galaxy.ledger("customers_posted")) == 1
    first, second = pantry.entries()
    assert first["trader"] == second["trader"]


def test_a_buyer_galaxy_has_already_is_found_and_never_written(pantry: Depot) -> None:
    merchant = pantry.in_step()
    retail = merchant.crystal.facts["company_id"]
    site = next(
        row
        for row in pantry.rows("customersites")
        if row["CompanyID"] == retail and row["IsPrimary"] and row["Email"]
    )
    pantry.sell(wanted(pantry), billing={**BUYER, "email": site["Email"]})
    assert pantry.galaxy.ledger("customers_posted") == []
    assert pantry.galaxy.ledger("customers_overwritten") == []
    [entry] = pantry.entries()
    known = {row["ID"]: row["TraderID"] for row in pantry.rows("customers")}
    assert entry["trader"] == known[site["CustomerID"]]


def test_an_order_can_be_posted_at_once(pantry: Depot) -> None:
    merchant = pantry.in_step()
    pantry.buy(wanted(pantry))
    pantry.road.read(merchant.shop, "orders")
    pantry.wait()
    assert len(pantry.entries()) == 1


def test_a_run_reads_lookups_then_lists_and_then_posts(pantry: Depot) -> None:
    merchant = pantry.merchant()
    pantry.galaxy.forget()
    pantry.start(merchant)
    pantry.sell(wanted(pantry))
    places: dict[str, int] = {}
    for place, name in enumerate(pantry.asked()):
        places.setdefault(name, place)
    shelves = {CATEGORIES, ATTRIBUTES, DIMENSIONS}
    lookups = {*PLAIN, *shelves}
    assert max(places[name] for name in lookups | set(PARTS)) < places["items"]
    assert max(places[name] for name in lookups) < min(places[name] for name in PARTS)
    assert places["items"] < places[POST_CUSTOMER] < places[POST_ENTRY]


def test_a_guest_may_buy_as_the_trader_for_guests(pantry: Depot) -> None:
    trader = next(
        row["TraderID"]
        for row in pantry.rows("customers")
        if row["CompanyID"] == pantry.galaxy.credentials["company"]
    )
    merchant = pantry.in_step(guest_trader=trader)
    pantry.sell(wanted(pantry))
    assert pantry.galaxy.ledger("customers_posted") == []
    [entry] = pantry.entries()
    assert entry["trader"] == trader
    assert merchant.errors() == []
