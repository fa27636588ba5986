"""A changed mapping maps what is stored anew and costs no call."""

from integration.models import Sighting
from tests.road import Road


def test_a_re_pointed_title_reaches_the_shop_from_stored_rows(road: Road) -> None:
    merchant = road.in_step()
    merchant.point(merchant.crystal, "title", "product_number")
    road.forget()
    road.settle()
    numbers = {row["id"]: row["product_number"] for row in road.goods()}
    assert {sku: row["name"] for sku, row in road.shelf().items()} == numbers
    assert road.back.calls() == []


def test_nobody_saw_what_was_mapped_as_stored(road: Road) -> None:
    """What is stale stays so, and what vanished meanwhile is still to be missed."""
    merchant = road.in_step()
    of_list = Sighting.everywhere.filter(connection=merchant.crystal, stream="products")
    of_list.filter(external_id=road.goods()[0]["id"]).update(missed=1)
    seen = ("external_id", "seen_at", "missed")
    before = set(of_list.values_list(*seen))
    mapped_with = set(of_list.values_list("map_digest", flat=True))
    merchant.point(merchant.crystal, "title", "product_number")
    road.settle()
    assert mapped_with.isdisjoint(of_list.values_list("map_digest", flat=True))
    assert set(of_list.values_list(*seen)) == before


def test_a_mapping_that_changes_nothing_writes_nothing(road: Road) -> None:
    merchant = road.in_step()
    merchant.point(merchant.crystal, "title", "name")
    road.forget()
    road.settle()
    changed = {row["id"] for row in road.goods() if not row["name"]}
    again = next(r for r in merchant.runs("products") if r.cause == "mapping_changed")
    assert (again.read, again.calls) == (12, 0)
    assert again.unchanged == 12 - len(changed)
    assert road.front.writes() == []
