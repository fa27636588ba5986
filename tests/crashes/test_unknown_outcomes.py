"""What may have been done already is looked for or asked about, never just repeated."""

from __future__ import annotations

from typing import Any

import pytest

from integration.engine import connect as connecting
from integration.engine import steer
from integration.models import Connection, Delivery
from integration.sandbox.server import SandboxServer
from synclog.models import SyncError
from tests.jobs.merchant import Merchant, connect, poll, work_through

pytestmark = pytest.mark.django_db(transaction=True)
AN_HOUR = 3600


@pytest.fixture
def merchant(sandbox: SandboxServer) -> Merchant:
    found = Merchant(sandbox.url)
    found.stock_up(2)
    return found


def opened(merchant: Merchant, *, order_lookup: bool) -> tuple[Connection, Connection]:
    merchant.look_up(order_lookup)
    pair = connect(merchant.url, order_lookup=order_lookup)
    first_sync(*pair)
    return pair


def first_sync(*connections: Connection) -> None:
    for connection in connections:
        connecting.first_sync(connection)
    work_through()


def buy(merchant: Merchant) -> dict[str, Any]:
    return merchant.buy(min(merchant.shop_products()))


def change(merchant: Merchant, shop: Connection, order: dict[str, Any]) -> None:
    """The order changes in the shop, and a poll tells us."""
    changes = {"customer_note": "Please ring twice."}
    merchant.control(
        "woocommerce", "edit", kind="order", id=order["id"], changes=changes
    )
    poll(shop)
    work_through()


def test_an_order_that_may_be_there_is_not_sent_again_when_it_changes(
    merchant: Merchant, settings: Any
) -> None:
    settings.WEFT_LADDER_TRANSIENT = [0, 0, 0]
    _, shop = opened(merchant, order_lookup=False)
    order = buy(merchant)
    merchant.fault("crystal", "drop_after", "POST", "orders")
    poll(shop)
    work_through()

    change(merchant, shop, order)

    assert merchant.crystal_orders() == {str(order["id"]): 1}
    asked = Delivery.everywhere.get(kind="order")
    assert (asked.state, asked.code) == ("refused", "may_already_exist")
    assert SyncError.everywhere.filter(state="open", kind="order").count() == 1


def test_an_order_put_aside_in_flight_is_not_sent_again_when_it_changes(
    merchant: Merchant,
) -> None:
    crystal, shop = opened(merchant, order_lookup=False)
    steer.pause(Connection.everywhere.filter(pk=crystal.pk))
    order = buy(merchant)
    poll(shop)
    work_through()
    Delivery.everywhere.filter(kind="order").update(
        state="sending", fence=0, crashes=2, frozen=b"{}"
    )
    steer.resume(Connection.everywhere.filter(pk=crystal.pk))

    change(merchant, shop, order)

    assert not merchant.crystal_orders()
    assert Delivery.everywhere.get(kind="order").state == "parked"
    told = SyncError.everywhere.get(state="open", kind="order")
    assert told.code == "parked"


def test_a_look_up_that_fails_leaves_the_outcome_unknown(
    merchant: Merchant, settings: Any
) -> None:
    settings.WEFT_LADDER_TRANSIENT = [AN_HOUR]
    _, shop = opened(merchant, order_lookup=True)
    order = buy(merchant)
    merchant.fault("crystal", "drop_after", "POST", "orders")
    poll(shop)
    work_through()
    merchant.fault("crystal", "status", "GET", "orders", status=500, times=-1)
    steer.retry(Delivery.everywhere.filter(kind="order"))
    work_through()

    waiting = Delivery.everywhere.get(kind="order")
    assert (waiting.state, waiting.attempts) == ("unknown", 1)
    assert waiting.frozen

    merchant.heal("crystal")
    steer.retry(Delivery.everywhere.filter(pk=waiting.pk))
    work_through()

    assert merchant.crystal_orders() == {str(order["id"]): 1}
    assert Delivery.everywhere.get(kind="order").state == "done"


def test_one_thing_too_large_for_the_platform_is_given_up_in_the_end(
    merchant: Merchant, settings: Any
) -> None:
    settings.WEFT_LADDER_TRANSIENT = [0, 0]
    pair = connect(merchant.url)
    merchant.fault("woocommerce", "status", "POST", "batch", status=413, times=-1)

    first_sync(*pair)

    assert set(
        Delivery.everywhere.filter(kind="product").values_list("state", flat=True)
    ) == {"gave_up"}
    tried = [call for call in merchant.calls("woocommerce") if call["status"] == 413]
    assert len(tried) < 20
