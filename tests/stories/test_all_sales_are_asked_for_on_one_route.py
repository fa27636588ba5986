"""Everything sold is asked for on one route: old sales go there and nowhere else until
it is asked for there too; what is new goes wherever it would have gone by itself."""

import pytest

from integration.contract.messages import Everything
from integration.engine import laying, reread
from integration.models import Connection, Cursor, Delivery, Route
from tests.road import PAID, Merchant, Road


@pytest.fixture
def other(road: Road) -> Connection:
    """Another account at the back office, beside the one of a merchant in step."""
    return road.connect_crystal(road.in_step().tenant, organisation="Other")


def lay(merchant: Merchant, *targets: Connection) -> list[Route]:
    """Routes of orders into these, as if the shop had never been asked for any."""
    Route.objects.for_tenant(merchant.tenant).filter(kind="order").delete()
    Cursor.everywhere.filter(stream="orders").delete()
    return [
        laying.lay(merchant.tenant, "order", merchant.shop, target, filters=PAID).route
        for target in targets
    ]


def owed(target: Connection) -> set[str]:
    found = Delivery.everywhere.filter(route__target=target, kind="order")
    return set(found.values_list("record__label", flat=True))


def test_old_ones_go_there_alone_and_new_ones_everywhere(
    road: Road, other: Connection
) -> None:
    merchant = road.merchant(routes=False)
    sku = next(iter(road.shelf()))
    old = f"Order {road.buy(sku)['number']}"
    road.pass_time(hours=1)
    asked, left = lay(merchant, other, merchant.crystal)
    road.later(minutes=30)
    new = f"Order {road.buy(sku)['number']}"
    reread.route(asked, Everything())
    road.settle()
    assert owed(other) == {old, new}
    assert owed(merchant.crystal) == {new}
    road.later(hours=2)
    assert owed(merchant.crystal) == {new}
    reread.route(left, Everything())
    road.settle()
    assert owed(merchant.crystal) == {old, new}
    of_order = Delivery.everywhere.filter(kind="order")
    assert of_order.count() == 4, "one of each into each"
