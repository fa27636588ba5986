"""A changed price sends only the price."""

from tests.road import Road


def test_one_call_changes_one_field(road: Road) -> None:
    road.in_step()
    product = road.goods()[0]
    own = {"name": "The shop's own name", "stock_quantity": 77}
    road.front.do("edit", sku=product["id"], changes=own)
    road.change(product, price=123.45)
    road.forget()
    road.later(hours=2)
    there = road.shelf()[product["id"]]
    assert road.front.writes() == ["POST /wp-json/wc/v3/products/batch"]
    assert there["regular_price"] == "123.45"
    assert (there["name"], there["stock_quantity"]) == tuple(own.values())
