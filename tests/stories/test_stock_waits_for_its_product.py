"""Stock and price wait for their product and follow it at once."""

from integration.engine import opening, steer
from integration.models import Delivery
from tests.road import Road


def test_they_are_blocked_by_it_and_freed_with_it(road: Road) -> None:
    road.stock(1)
    merchant = road.merchant()
    refusal = '{"code": "woocommerce_rest_invalid", "message": "No.", "data": {}}'
    road.front.fault(
        "status", "products/batch$", method="POST", times=-1, status=400, body=refusal
    )
    road.start(merchant)
    (refused,) = merchant.deliveries("product", "refused")
    for kind in ("stock", "price"):
        (waiting,) = merchant.deliveries(kind)
        assert (waiting.state, waiting.waits_for_id) == ("blocked", refused.pk)
    assert [error.kind for error in merchant.errors()] == ["product"]
    road.front.heal()
    steer.retry(Delivery.everywhere.filter(pk=refused.pk))
    road.settle()
    (row,) = road.shelf().values()
    (good,) = road.goods()
    assert row["stock_quantity"] == max(0, int(good["quantity"]))
    assert row["regular_price"] != ""
    assert merchant.errors() == []


def test_a_product_that_arrives_later_gets_its_stock_then(road: Road) -> None:
    """The route of products is laid when stock and prices have long been read."""
    merchant = road.merchant(routes=False)
    for kind in ("stock", "price"):
        merchant.route(kind)
    road.start(merchant)
    assert road.shelf() == {}
    (run,) = opening.begin(merchant.route("product"))
    assert not opening.reads([run])
    road.forget()
    road.settle()
    run.refresh_from_db()
    assert (run.state, run.read, run.failed) == ("done", len(road.goods()), 0)
    assert road.back.calls("/products") == []
    for row in road.goods():
        there = road.shelf()[row["id"]]
        assert there["stock_quantity"] == max(0, int(row["quantity"]))
        assert there["regular_price"] != ""
