"""Only the fields that changed are sent, so the shop's own edits live on."""

from tests.road import Road


def test_a_new_name_leaves_the_shop_s_own_description_alone(road: Road) -> None:
    road.in_step()
    product = road.goods()[0]
    own_words = "<p>Written by the shop's editor.</p>"
    road.front.do("edit", sku=product["id"], changes={"description": own_words})
    road.change(product, name="Brand new name")
    road.later(hours=2)
    there = road.shelf()[product["id"]]
    assert there["name"] == "Brand new name"
    assert there["description"] == own_words


def test_an_address_is_not_renamed_with_its_product(road: Road) -> None:
    road.in_step()
    product = road.goods()[0]
    before = road.shelf()[product["id"]]["slug"]
    road.change(product, name="Brand new name")
    road.later(hours=2)
    assert road.shelf()[product["id"]]["slug"] == before
