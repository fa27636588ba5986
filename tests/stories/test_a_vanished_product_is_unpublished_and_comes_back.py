"""A vanished product is unpublished after two full listings and comes back."""

from integration.contract.messages import Everything
from tests.road import Road


def test_one_short_listing_is_no_proof_two_are(road: Road) -> None:
    merchant = road.in_step()
    product = road.goods()[3]
    road.back.do("hide", id=product["id"])
    road.read(merchant.crystal, "products", Everything())
    assert road.shelf()[product["id"]]["status"] == "publish"
    road.read(merchant.crystal, "products", Everything())
    there = road.shelf()[product["id"]]
    assert (there["status"], there["stock_quantity"]) == ("draft", 0)
    assert len(road.shelf()) == 12


def test_what_returns_is_published_as_it_was(road: Road) -> None:
    merchant = road.in_step()
    product = road.goods()[3]
    before = road.shelf()[product["id"]]
    road.back.do("hide", id=product["id"])
    for _ in range(2):
        road.read(merchant.crystal, "products", Everything())
    road.back.do("show", id=product["id"])
    road.read(merchant.crystal, "products", Everything())
    after = road.shelf()[product["id"]]
    for field in ("id", "status", "regular_price", "stock_quantity", "images"):
        assert after[field] == before[field], field
    assert merchant.errors() == []


def test_the_nightly_full_listings_find_it_without_a_button(road: Road) -> None:
    road.in_step()
    product = road.goods()[3]
    road.back.do("hide", id=product["id"])
    road.later(days=1)
    road.later(days=1)
    assert road.shelf()[product["id"]]["status"] == "draft"
