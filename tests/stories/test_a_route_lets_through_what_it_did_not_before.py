"""A route's filter is widened, or it may write where it only linked: what was read long
ago goes there now, without a call to its source."""

from integration.engine import laying
from integration.models import Route, Run
from tests.road import Road


def test_what_passes_a_wider_filter_goes_there(road: Road) -> None:
    merchant = road.merchant(routes=False)
    merchant.route("category")
    two = [row["product_number"] for row in road.goods()[:2]]
    route = merchant.route("product", filters={"product.reference": two})
    road.start(merchant)
    assert len(road.shelf()) == 2
    road.forget()
    laying.change(route, filters={})
    road.settle()
    assert len(road.shelf()) == len(road.goods())
    assert road.back.calls("/products") == []


def test_what_was_only_linked_is_written_once_it_may_be(road: Road) -> None:
    merchant = road.merchant(routes=False)
    merchant.route("category")
    route = merchant.route("product", policy="link_only")
    road.start(merchant)
    assert road.shelf() == {}
    road.forget()
    laying.change(route, policy="overwrite")
    road.settle()
    assert len(road.shelf()) == len(road.goods())
    assert road.back.calls("/products") == []


def test_another_pace_sends_nothing_anew(road: Road) -> None:
    road.in_step()
    route = Route.everywhere.get(kind="product")
    laying.change(route, every=900)
    road.settle()
    assert not Run.everywhere.filter(cause="route").exists()
