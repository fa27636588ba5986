"""Weft through a day of a merchant's: both sandboxes, a clock that is moved, every call.

    python -m tests.bench.contestants.living SQLITE_FILE

A thousand products are in step; then each minute that matters passes in turn. The last
line printed tells the calls each platform received, and what Weft counted itself.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import time_machine
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.bench.contestants.weft import set_up

if TYPE_CHECKING:
    from tests.road import Merchant, Road

PRODUCTS, CHANGES, ORDERS = 1_000, 10, 20
MINUTES = 24 * 60
# Minutes that pass between two looks of the clock.
STEP = 5
PATIENCE = 30.0
# What is edited in turn, and the kind of what is written for it.
EDITS = ("price", "quantity", "name")


class Quiet(WSGIRequestHandler):
    """Weft's web server, for the shop's webhooks; says nothing."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def web() -> Iterator[str]:
    """Weft's address, as long as this lasts."""
    from integration.wsgi import application

    server = make_server("127.0.0.1", 0, application, True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


class Day:
    """What happens at which minute, and the worker that follows."""

    def __init__(self, road: Road, merchant: Merchant) -> None:
        self.road = road
        self.merchant = merchant
        self.goods = [row for row in road.goods() if row["quantity"] > 5]
        self.told = 0

    def pass_by(self) -> None:
        """Step by step; whatever falls due is done within the step."""
        from integration.jobs import tasks

        for minute in range(STEP, MINUTES + 1, STEP):
            self.road.pass_time(minutes=STEP)
            for number in _happens(CHANGES, minute):
                self._edit(number)
            for number in _happens(ORDERS, minute):
                self._sell(number)
            if minute % 60 == 0:
                tasks.keep_house()
            self.road.settle()

    def _edit(self, number: int) -> None:
        product, field = self.goods[number * 7], EDITS[number % len(EDITS)]
        values = {"price": 77.5 + number, "quantity": 300 + number, "name": "Renamed"}
        value = values[field]
        if field == "name":
            value = f"{product['name']}, newly cut {number}"
        self.road.change(product, **{field: value})

    def _sell(self, number: int) -> None:
        """The worker is rung by each webhook, and works while others may still come."""
        from integration.jobs import tasks

        self.road.buy(self.goods[200 + number * 11]["product_number"])
        self.told += 2
        until = time.monotonic() + PATIENCE
        while self._deliveries() < self.told:
            if time.monotonic() > until:
                raise SystemExit("the shop sent no webhook")
            tasks.drain()
        tasks.drain()

    def _deliveries(self) -> int:
        sent = self.road.front.do("deliveries")["deliveries"]
        return sum(row["topic"].startswith("order") for row in sent)


def _happens(times: int, minute: int) -> Iterator[int]:
    """The numbers of what falls into the step that ends at a minute, evenly spread."""
    for number in range(times):
        at = (number + 0.5) * MINUTES / times
        if minute - STEP < at <= minute:
            yield number


def live(road: Road, url: str) -> dict[str, Any]:
    """Connect, come to rest, live a day; the calls by platform."""
    from django.conf import settings

    from integration.jobs import tasks
    from integration.models import CallUsage

    settings.WEFT_PUBLIC_URL = url
    merchant = road.in_step()
    tasks.keep_house()
    # The day begins at no round distance from the first sync.
    for _ in range(6):
        road.later(minutes=10)
    road.forget()
    CallUsage.everywhere.all().delete()
    day = Day(road, merchant)
    begun = time.time()
    day.pass_by()
    return {"took": time.time() - begun, "sold": len(road.sold())}


def main() -> None:
    """The whole of it."""
    set_up(f"sqlite:///{sys.argv[1]}")
    logging.disable(logging.WARNING)
    from connectors.crystal.sandbox import PLATFORM as CRYSTAL
    from connectors.woocommerce.sandbox import PLATFORM as WOOCOMMERCE
    from integration.sandbox.server import SandboxServer
    from tests.road import Road

    with (
        SandboxServer([CRYSTAL, WOOCOMMERCE]) as server,
        time_machine.travel(datetime.now(UTC), tick=True) as clock,
        web() as url,
    ):
        a=time.monotonic()
        road = Road(server, clock, PRODUCTS)
        said = live(road, url)
        print(time.monotonic()-a, said)
        from integration.models import CallUsage, Run, Delivery
        for p in (road.back, road.front):
            c=Counter()
            for call in p.calls():
                c[(call["method"],call["path"],call["endpoint"],call["status"],__import__("re").sub(r"=[^&]*","=",__import__("re").sub(r"oauth_\w+=[^&]*&?","",call["query"])))]+=1
            print(p.key, sum(c.values()))
            for k,v in sorted(c.items()): print("  ",v,k)
        for u in CallUsage.everywhere.values("connection__platform","route__kind").annotate(n=__import__("django.db.models").db.models.Sum("calls")): print(u)
        c=Counter()
        for r in Run.everywhere.order_by("pk"): print(r.connection.platform,r.stream,r.selection,r.cause,r.state,r.calls,r.read,r.updated,r.unchanged, r.created_at.strftime("%d %H:%M"))
        for d in Delivery.everywhere.values("kind","state","done_by","cause").annotate(n=__import__("django.db.models").db.models.Count("pk")): print(d)
        from synclog.models import SyncError
        for e in SyncError.everywhere.all()[:20]: print(e, e.code, e.state)


if __name__ == "__main__":
    main()
