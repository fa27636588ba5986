"""A merchant's day with Weft: two sandboxes, a clock that is moved, each call counted.

    python -m tests.bench.contestants.living SQLITE_FILE

A thousand products come into step, a quiet day passes, then the day that is counted.
The last line printed is JSON: the calls by platform, and what `Told` says besides.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import time_machine
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.bench.contestants.weft import set_up

if TYPE_CHECKING:
    from tests.road import Road, Row

PRODUCTS, ORDERS = 1_000, 20
# One product in a hundred is edited over the day: which field, for which kind.
CHANGES = PRODUCTS // 100
EDITS = (("price", "price"), ("quantity", "stock"), ("name", "product"))
# In minutes: a day, the cadence of a route, and how often the clock is looked at.
DAY, POLL, STEP = 24 * 60, 120, 10
# A worker looks for the bell this often; a shop's webhook is waited for so long.
BELL, PATIENCE = 0.05, 30.0
# Seconds a token of the sandboxed Crystal lives.
TOKEN = 900.0


@dataclass(slots=True)
class Told:
    """What a day came to.

    `calls` as the platforms received them, `counted` as Weft did, per platform; writes
    are told apart by Weft's count. `batches`: by kind, the polls with something to
    write. `tokens`: the fewest that cover the calls that need one.
    """

    calls: dict[str, dict[str, int]]
    counted: dict[str, int]
    batches: dict[str, int]
    tokens: int


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


@dataclass(slots=True)
class Day:
    """What happens at which minute, and the worker that follows.

    It begins half-way between two polls. `edited` are the kinds and polls concerned.
    """

    road: Road
    goods: list[Row]
    edited: set[tuple[str, int]] = field(default_factory=set)
    told: int = 0

    def pass_by(self) -> None:
        """Step by step; whatever falls due is done within the step."""
        from integration.jobs import tasks

        for minute in range(STEP, DAY + 1, STEP):
            self.road.pass_time(minutes=STEP)
            for number in _falling(CHANGES, minute):
                self._edit(number, minute)
            for number in _falling(ORDERS, minute):
                self._sell(self.goods[-1 - number])
            if minute % 60 == 0:
                tasks.keep_house()
            self.road.settle()

    def _edit(self, number: int, minute: int) -> None:
        product = self.goods[number]
        name, kind = EDITS[number % len(EDITS)]
        fresh = {
            "price": 77.5 + number,
            "quantity": 300 + number,
            "name": f"{product['name']}, cut anew",
        }
        self.road.change(product, **{name: fresh[name]})
        self.edited.add((kind, -(-(minute - POLL // 2) // POLL)))

    def _sell(self, product: Row) -> None:
        """An order is told twice, as created and as updated; the worker does not wait
        for the second."""
        from integration.jobs import tasks

        self.road.buy(product["id"])
        self.told += 2
        until = time.monotonic() + PATIENCE
        while self._deliveries() < self.told:
            if time.monotonic() > until:
                raise SystemExit("the shop sent no webhook")
            time.sleep(BELL)
            tasks.drain()

    def _deliveries(self) -> int:
        sent = self.road.front.do("deliveries")["deliveries"]
        return sum(row["topic"].startswith("order") for row in sent)


def _falling(times: int, minute: int) -> Iterator[int]:
    """The numbers of what falls into the step that ends at a minute, evenly spread."""
    for number in range(times):
        if minute - STEP < (number + 0.5) * DAY / times <= minute:
            yield number


def live(road: Road) -> Told:
    """Come into step, let a quiet day pass, live one and tell of it."""
    from integration.jobs import tasks
    from integration.models import CallUsage

    merchant = road.in_step()
    tasks.keep_house()
    shelf = road.shelf()
    plenty = [row for row in road.goods() if row["quantity"] > 5 and row["id"] in shelf]
    # What the first sync itself wrote is looked at once more a day later, and again as
    # long as it is the shop's newest change: one edit makes this a day like any other.
    road.change(plenty.pop(), price=66.5)
    for _ in range(DAY // POLL):
        road.later(minutes=POLL)
    road.later(minutes=POLL // 2)
    road.forget()
    CallUsage.everywhere.all().delete()
    day = Day(road, plenty)
    day.pass_by()
    if len(road.sold()) != ORDERS or merchant.errors():
        raise SystemExit(f"{len(road.sold())} sold, {merchant.errors()}")
    return _told(road, day)


def _told(road: Road, day: Day) -> Told:
    from django.db.models import Sum

    from integration.models import CallUsage

    used = CallUsage.everywhere.values_list("connection__platform", "route__kind")
    counted: Counter[str] = Counter()
    calls = {
        "crystal": Counter(map(_at_crystal, road.back.calls())),
        "woocommerce": Counter(map(_at_woocommerce, road.front.calls())),
    }
    writes = calls["woocommerce"].pop("write")
    for platform, kind, spent in used.annotate(Sum("calls")):
        counted[platform] += spent
        if platform == "woocommerce" and kind:
            calls[platform][f"{kind}: written"] = spent
            writes -= spent
    if writes:
        raise SystemExit(f"the shop got {writes} writes more than Weft counted")
    batches = Counter(kind for kind, _ in day.edited)
    return Told(
        calls={platform: dict(each) for platform, each in calls.items()},
        counted=dict(counted),
        batches=dict(batches),
        tokens=_tokens(road.back.calls()),
    )


def _at_crystal(call: Row) -> str:
    if call["path"].endswith("/token"):
        return "token"
    if call["method"] == "POST":
        return "order: handed in"
    return f"products: {'changes' if 'updated_since' in call['query'] else 'whole'}"


def _at_woocommerce(call: Row) -> str:
    path, query = call["path"], call["query"]
    if call["method"] != "GET" or "sku=" in query:
        return "write"
    if "/webhooks" in path:
        return "webhooks: checked"
    if "/settings" in path or "_fields=date_modified%2C" in query:
        return "settings: read"
    stream = path.rpartition("/")[2]
    if "include=" in query:
        return f"{stream}: told"
    return f"{stream}: {'changes' if 'modified_after' in query else 'whole'}"


def _tokens(calls: list[Row]) -> int:
    """Each token fetched at the first call the one before does not cover."""
    fetched, ends = 0, 0.0
    for call in calls:
        at = datetime.fromisoformat(call["at"]).timestamp()
        if at >= ends:
            fetched, ends = fetched + 1, at + TOKEN
    return fetched


def main() -> None:
    """The whole of it."""
    set_up(f"sqlite:///{sys.argv[1]}")
    logging.disable(logging.WARNING)
    from django.conf import settings

    from connectors.crystal.sandbox import PLATFORM as CRYSTAL
    from connectors.woocommerce.sandbox import PLATFORM as WOOCOMMERCE
    from integration.sandbox.server import SandboxServer
    from tests.road import Road

    with (
        SandboxServer([CRYSTAL, WOOCOMMERCE]) as server,
        time_machine.travel(datetime.now(UTC), tick=True) as clock,
        web() as url,
    ):
        settings.WEFT_PUBLIC_URL = url
        print(json.dumps(asdict(live(Road(server, clock, PRODUCTS)))), flush=True)


if __name__ == "__main__":
    main()
