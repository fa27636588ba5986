"""A product that could not be taken heals when it is mended at its source."""

from integration.contract.messages import Everything
from tests.road import Road


def test_a_product_without_a_price_comes_when_it_has_one(road: Road) -> None:
    broken = road.goods()[0]
    road.change(broken, price=None)
    merchant = road.in_step()
    (error,) = merchant.errors()
    assert (error.code, error.field) == ("price_missing", "price")
    assert error.external_id == broken["id"]
    assert len(road.shelf()) == 11
    road.change(broken, price=12.5)
    road.later(hours=2)
    assert road.shelf()[broken["id"]]["regular_price"] == "12.50"
    assert merchant.errors() == []


def test_seen_again_and_again_it_stays_one_error(road: Road) -> None:
    road.change(road.goods()[0], price=None)
    merchant = road.in_step()
    for _ in range(3):
        run = road.read(merchant.crystal, "products", Everything())
        assert (run.read, run.failed, run.unchanged) == (12, 1, 11)
    (error,) = merchant.errors()
    assert error.count >= 4


def test_what_the_shop_refuses_is_sent_again_when_it_changes(road: Road) -> None:
    merchant = road.in_step()
    product = road.goods()[0]
    refusal = '{"code": "woocommerce_rest_invalid", "message": "No.", "data": {}}'
    road.front.fault(
        "status", "products/batch", method="POST", status=400, body=refusal
    )
    road.change(product, name="Refused name")
    road.later(hours=2)
    assert [error.kind for error in merchant.errors()] == ["product"]
    road.later(days=3)
    assert road.shelf()[product["id"]]["name"] != "Refused name"
    road.change(product, name="Better name")
    road.later(hours=2)
    assert road.shelf()[product["id"]]["name"] == "Better name"
    assert merchant.errors() == []
