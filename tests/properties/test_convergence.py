"""Whatever happens in whatever order, however often: the same end on both platforms."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.contract.messages import Changed, Everything
from integration.engine import connect as connecting
from integration.engine import inbox, steer
from integration.engine.selection import ask
from integration.hooks.caller import calling
from integration.hooks.inbox import store
from integration.models import Connection, Record, Tenant
from integration.sandbox.server import SandboxServer
from synclog.models import SyncError
from tests.jobs.merchant import Merchant, connect, work_through

GOODS = 4
which = st.integers(0, GOODS - 1)
events = st.one_of(
    st.tuples(st.just("price"), which, st.integers(1, 500)),
    st.tuples(st.just("stock"), which, st.integers(0, 50)),
    st.tuples(st.just("break"), which, st.just(0)),
    st.tuples(st.just("hide"), which, st.just(0)),
    st.tuples(st.just("show"), which, st.just(0)),
    st.tuples(st.just("order"), which, st.integers(1, 3)),
    st.tuples(st.just("webhook"), st.integers(0, 5), st.integers(1, 3)),
    st.tuples(st.just("product webhook"), which, st.integers(1, 2)),
    st.tuples(st.just("poll"), which, st.just(0)),
    st.tuples(st.just("full"), which, st.just(0)),
    st.tuples(st.just("manual"), which, st.just(0)),
    st.tuples(st.just("unanswered"), which, st.just(0)),
    st.tuples(st.just("retry"), which, st.just(0)),
    st.tuples(st.just("work"), which, st.just(0)),
)
histories = st.lists(events, min_size=4, max_size=25)


class World:
    """One merchant's platforms and connections, to which events happen."""

    def __init__(self, url: str) -> None:
        Tenant.objects.all().delete()
        self.merchant = Merchant(url)
        for platform in ("crystal", "woocommerce"):
            self.merchant.control(platform, "reset")
        self.merchant.stock_up(GOODS)
        self.merchant.look_up(True)
        self.crystal, self.shop = connect(url)
        connecting.first_sync(self.crystal)
        connecting.first_sync(self.shop)
        work_through()
        self.goods = sorted(self.merchant.shop_products())
        assert len(self.goods) == GOODS
        self.sold: set[str] = set()

    def happen(self, event: str, number: int, value: int) -> None:
        """One event; those about a thing that is not there change nothing."""
        sku = self.goods[number % GOODS]
        if event == "price":
            self.merchant.control("crystal", "product", id=sku, price=value + 0.5)
        elif event == "stock":
            self.merchant.control("crystal", "product", id=sku, quantity=value)
        elif event == "break":
            self.merchant.control("crystal", "product", id=sku, price=None)
        elif event in ("hide", "show"):
            self.merchant.control("crystal", event, id=sku)
        elif event == "order":
            self.merchant.buy(sku, value)
            self.sold.add(sku)
        elif event in ("webhook", "product webhook"):
            self._told(event, number, sku, value)
        else:
            self._done(event, sku)

    def _told(self, event: str, number: int, sku: str, times: int) -> None:
        orders = self.merchant.shop_orders()
        if event == "webhook" and not orders:
            return
        topic, thing = "product.updated", self.merchant.shop_products()[sku]["id"]
        if event == "webhook":
            topic, thing = "order.updated", orders[number % len(orders)]
        for _ in range(times):
            told(self.shop, topic, str(thing))

    def _done(self, event: str, sku: str) -> None:
        if event == "poll":
            ask(self.shop, "orders", Changed(), cause="schedule")
            ask(self.crystal, "products", Changed(), cause="schedule")
        elif event == "full":
            ask(self.crystal, "products", Everything(), cause="manual")
        elif event == "manual":
            links = Record.everywhere.filter(kind="product", links__external_id=sku)
            steer.sync_now(list(links))
        elif event == "unanswered":
            self.merchant.fault("crystal", "drop_after", "POST", "orders")
            self.merchant.fault("woocommerce", "drop_after", "POST", "batch")
        elif event == "retry":
            from integration.models import Delivery

            steer.retry(Delivery.everywhere.all())
        else:
            inbox.act()
            work_through()

    def come_to_rest(self) -> None:
        """No more misbehaviour, the reads of a usual day, and all work done."""
        for platform in ("crystal", "woocommerce"):
            self.merchant.heal(platform)
        Connection.everywhere.update(circuit_until=None, circuit_failures=0)
        ask(self.shop, "orders", Changed(), cause="schedule")
        for _ in range(2):
            ask(self.crystal, "products", Everything(), cause="schedule")
            work_through()


def told(shop: Connection, topic: str, thing: str) -> None:
    """A webhook that the door has verified."""
    from integration.contract.messages import Event, Request

    call = Request("POST", "/", "", {}, b'{"id": ' + thing.encode() + b"}")
    stream = "orders" if topic.startswith("order") else "products"
    caller = calling(shop.pk)
    assert caller is not None
    store(caller, call, [Event(stream, (thing,), topic=topic)], signed=True)


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=12,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)
@given(history=histories)
def test_any_history_ends_the_same(
    sandbox_server: SandboxServer, quick: None, history: list[Any]
) -> None:
    world = World(sandbox_server.url)

    for event in history:
        world.happen(*event)
    world.come_to_rest()

    held = world.merchant.ledger("crystal")
    broken = {row["id"] for row in held["broken"]}
    hidden = set(held["hidden"])
    assert world.merchant.out_of_step(sold=world.sold) == {}
    shown = world.merchant.shop_products()
    assert {sku for sku in hidden if shown[sku]["status"] == "publish"} == set()
    arrived = world.merchant.crystal_orders()
    assert arrived == dict.fromkeys(world.merchant.shop_orders(), 1)
    told_of = SyncError.everywhere.filter(state="open")
    assert set(told_of.values_list("external_id", flat=True)) == broken - hidden
    assert told_of.count() == len(broken - hidden)
