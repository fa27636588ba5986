"""However often a thing changes while it waits, it is written once."""

from integration.engine import steer
from integration.models import Connection
from tests.road import Road


def test_five_changes_to_a_refused_product_are_one_write(road: Road) -> None:
    merchant = road.in_step()
    product = road.goods()[0]
    refusal = '{"code": "woocommerce_rest_invalid", "message": "No.", "data": {}}'
    road.front.fault(
        "status", "products/batch", method="POST", status=400, body=refusal
    )
    road.change(product, name="Refused name")
    road.later(hours=2)
    (refused,) = merchant.deliveries("product", "refused")
    mine = Connection.everywhere.filter(pk=merchant.shop.pk)
    steer.pause(mine)
    road.forget()
    for number in range(5):
        road.change(product, name=f"Name {number}")
        road.later(hours=2)
    (waiting,) = merchant.deliveries("product", "planned", "refused", "blocked")
    assert waiting.pk == refused.pk
    assert road.front.writes() == []
    steer.resume(mine)
    road.settle()
    assert len(road.front.writes()) == 1
    assert road.shelf()[product["id"]]["name"] == "Name 4"
    assert merchant.errors() == []


def test_back_and_forth_while_it_waits_is_no_write_at_all(road: Road) -> None:
    merchant = road.in_step()
    product = road.goods()[0]
    mine = Connection.everywhere.filter(pk=merchant.shop.pk)
    steer.pause(mine)
    for name in ("Another name", product["name"]):
        road.change(product, name=name)
        road.later(hours=2)
    road.forget()
    steer.resume(mine)
    road.settle()
    assert road.front.writes() == []
    assert merchant.deliveries("product", "planned") == []
