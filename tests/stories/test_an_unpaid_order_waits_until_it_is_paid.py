"""An unpaid order waits and is sent when it is paid."""

from tests.road import Road


def test_payment_is_what_sends_it(road: Road) -> None:
    merchant = road.in_step()
    sku = next(iter(road.shelf()))
    order = road.buy(sku, paid=False)
    assert order["status"] == "pending"
    road.later(hours=2)
    assert road.sold() == []
    assert merchant.errors() == []
    paid = {"status": "processing", "set_paid": True}
    road.front.do("edit", kind="order", id=order["id"], changes=paid)
    road.later(hours=2)
    assert [each["reference"] for each in road.sold()] == [order["number"]]
