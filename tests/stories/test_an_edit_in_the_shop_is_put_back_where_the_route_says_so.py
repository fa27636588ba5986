"""What people edit in the shop stays, unless the route says that it is put back."""

from integration.models import Route
from tests.road import Merchant, Road


def edited(road: Road, on_drift: str) -> tuple[Merchant, str]:
    """Somebody renames a product in the shop; two days pass."""
    merchant = road.in_step()
    Route.everywhere.filter(tenant=merchant.tenant, kind="product").update(
        on_drift=on_drift
    )
    road.later(hours=1)
    sku = road.goods()[0]["id"]
    road.front.do("edit", sku=sku, changes={"name": "Renamed in the shop"})
    road.forget()
    for _ in range(2):
        road.later(days=1)
    return merchant, road.shelf()[sku]["name"]


def test_it_stays_where_nothing_is_said(road: Road) -> None:
    _, name = edited(road, "leave")
    assert name == "Renamed in the shop"
    assert road.front.writes() == []


def test_it_is_put_back_once_and_then_all_is_quiet(road: Road) -> None:
    merchant, name = edited(road, "restore")
    assert name == road.goods()[0]["name"]
    road.forget()
    for _ in range(3):
        road.later(days=1)
    assert road.front.writes() == []
    assert merchant.errors() == []


def test_a_changed_sku_is_told_and_put_back(road: Road) -> None:
    merchant = road.in_step()
    road.later(hours=1)
    sku = road.goods()[0]["id"]
    number = road.shelf()[sku]["id"]
    road.front.do("edit", id=number, changes={"sku": "OTHER"})
    road.later(days=1)
    road.later(days=1)
    assert road.shelf()[sku]["id"] == number
    assert merchant.errors() == []
