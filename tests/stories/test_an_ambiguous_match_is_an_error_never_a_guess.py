"""Where two things could be meant, nobody guesses."""

from tests.road import Road


def test_two_categories_of_one_name_leave_the_choice_to_a_person(road: Road) -> None:
    name = road.goods()[0]["item_type"]["name"]
    tops = [{"name": "Old", "id": 901}, {"name": "New", "id": 902}]
    twins = [
        {"name": name, "id": 903, "parent": 901},
        {"name": name, "id": 904, "parent": 902},
    ]
    road.front.do("seed", categories=[*tops, *twins])
    merchant = road.in_step()
    (error,) = merchant.errors()
    assert (error.kind, error.code, error.field) == ("category", "ambiguous", "name")
    assert "903" in error.message
    assert "904" in error.message
    filed = [row for row in road.goods() if row["item_type"]["name"] == name]
    shelf = road.shelf()
    assert len(shelf) == 12 - len(filed)
    waiting = merchant.deliveries("product", "blocked")
    assert len(waiting) == len(filed)


def test_a_sku_that_is_there_already_is_adopted_not_doubled(road: Road) -> None:
    product = road.goods()[0]
    (known,) = road.front.do(
        "seed", products=[{"name": "By hand", "sku": product["id"].upper()}]
    )["products"]
    road.in_step()
    assert len(road.front.ledger("products")) == 12
    (there,) = [row for row in road.front.ledger("products") if row["id"] == known]
    assert there["name"] == (product["name"] or product["product_number"])
