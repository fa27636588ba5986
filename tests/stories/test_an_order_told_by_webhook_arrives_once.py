"""An order told by webhook arrives once, however often it is told."""

from integration.contract.messages import Changed
from integration.engine.selection import ask
from integration.models import WebhookEvent
from tests.road import Road
from tests.stories.conftest import Calling


def states(calling: Calling) -> set[str]:
    events = WebhookEvent.objects.for_tenant(calling.merchant.tenant)
    return set(events.values_list("state", flat=True))


def test_it_arrives_without_a_poll(road: Road, calling: Calling) -> None:
    order = road.buy(next(iter(road.shelf())))
    calling.told(order)
    road.settle()
    assert [each["reference"] for each in road.sold()] == [order["number"]]
    assert states(calling) == {"processed"}
    road.later(hours=2)
    assert len(road.sold()) == 1


def test_told_twice_it_arrives_once(road: Road, calling: Calling) -> None:
    road.front.do("webhooks", mode="twice")
    order = road.buy(next(iter(road.shelf())))
    calling.told(order, times=4)
    road.settle()
    assert len(road.sold()) == 1
    assert states(calling) == {"processed"}


def test_told_again_after_it_was_sent_it_arrives_once(
    road: Road, calling: Calling
) -> None:
    order = road.buy(next(iter(road.shelf())))
    calling.told(order)
    road.settle()
    road.front.do(
        "edit", kind="order", id=order["id"], changes={"customer_note": "Ring twice."}
    )
    calling.told(order, times=3)
    road.settle()
    assert len(road.sold()) == 1
    assert states(calling) == {"processed"}


def test_webhook_and_poll_at_the_same_moment_bring_it_once(
    road: Road, calling: Calling
) -> None:
    order = road.buy(next(iter(road.shelf())))
    calling.told(order)
    ask(calling.merchant.shop, "orders", Changed(), cause="schedule")
    road.settle()
    assert len(road.sold()) == 1
    assert len(calling.merchant.deliveries("order")) == 1
