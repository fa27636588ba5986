"""What the stories share: the road, a shop that calls back, and a second shop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from connectors.woocommerce.sandbox import PLATFORM
from integration.sandbox.server import SandboxServer
from tests.bookkeeping import Books
from tests.depot_and_shop import Depot
from tests.road import Merchant, Platform, Road, clock, road

if TYPE_CHECKING:
    from integration.models import WebhookEvent

__all__ = ["clock", "road"]

PATIENCE = 60.0


class Calling:
    """A merchant in step whose shop tells of orders by webhook."""

    def __init__(self, road: Road, merchant: Merchant) -> None:
        self.road = road
        self.merchant = merchant

    def told(self, order: dict[str, Any], times: int = 2) -> list[WebhookEvent]:
        """Wait until the shop has told of an order; the events that were stored.

        It tells of a new one twice, as created and as updated: one that is told after
        the test has looked would be found unread.
        """
        from integration.models import WebhookEvent

        until = time.monotonic() + PATIENCE
        while self._deliveries(order) < times:
            assert time.monotonic() < until, "the shop sent no webhook"
            time.sleep(0.02)
        return list(WebhookEvent.everywhere.filter(ids=[str(order["id"])]))

    def _deliveries(self, order: dict[str, Any]) -> int:
        sent = self.road.front.do("deliveries")["deliveries"]
        return sum(
            row["resource_id"] == order["id"] and row["topic"].startswith("order")
            for row in sent
        )


@pytest.fixture
def calling(road: Road, live_server: Any, settings: Any) -> Calling:
    """The shop's webhooks arrive at a real web server, Weft's own."""
    from integration.engine import connect

    settings.WEFT_PUBLIC_URL = live_server.url
    merchant = road.in_step()
    connect.sync_webhooks(merchant.shop)
    road.forget()
    return Calling(road, merchant.reload())


@pytest.fixture
def books(road: Road, sandbox: SandboxServer) -> Books:
    """A shop and its accounts, connected, nothing brought from one to the other yet."""
    return Books(road, sandbox)


@pytest.fixture
def depot(road: Road, sandbox: SandboxServer) -> Depot:
    """A Galaxy installation and a shop, nobody connected to them yet."""
    return Depot(road, sandbox)


@pytest.fixture
def pantry(depot: Depot) -> Depot:
    """One that sells food alone: sixteen items, some by weight, each in one form."""
    depot.show_only("Τρόφιμα")
    return depot


@pytest.fixture
def second_shop() -> Iterator[Platform]:
    """Another shop, on a server of its own."""
    with SandboxServer([PLATFORM]) as server:
        shop = Platform(server, "woocommerce")
        shop.do("settings", currency="EUR")
        yield shop
