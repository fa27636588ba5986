"""A merchant with a back office and a shop, both sandboxed, and the days that pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import requests
import time_machine

from integration.contract.messages import Changed, Selection
from integration.sandbox.server import SandboxServer

if TYPE_CHECKING:
    from integration.models import Connection, Delivery, Route, Run, Tenant
    from synclog.models import SyncError

Row = dict[str, Any]
CHANGED = Changed()
PAID = {"order_status.word": ["processing", "completed"]}


class Platform:
    """One sandboxed platform, from outside: its controls, its ledger, its calls."""

    # What was done to any platform since the test began.
    done: ClassVar[list[tuple[str, str, Row]]] = []

    def __init__(self, server: SandboxServer, key: str) -> None:
        self.key = key
        self.root = f"{server.url}/{key}"
        self.credentials = dict(server.platform(key).credentials)
        self._controls = f"{server.url}/_control/{key}"

    def do(self, action: str, **body: Any) -> Any:
        """One of the platform's own controls."""
        self.done.append((self.key, action, body))
        answer = requests.post(f"{self._controls}/{action}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def fault(self, kind: str, path: str, **more: Any) -> None:
        """The next calls that fit go wrong; see the sandbox's faults."""
        self.do("faults", kind=kind, path=path, **more)

    def heal(self) -> None:
        """No fault is left."""
        requests.delete(f"{self._controls}/faults", timeout=60).raise_for_status()

    def ledger(self, name: str) -> Any:
        """What the platform holds under a name."""
        return requests.get(f"{self._controls}/ledger", timeout=60).json()[name]

    def calls(self, path: str = "") -> list[Row]:
        """The calls received since the last `forget`, on paths that hold `path`."""
        made = requests.get(f"{self._controls}/calls", timeout=60).json()["calls"]
        return [call for call in made if path in call["path"]]

    def writes(self) -> list[str]:
        """What came in that is no mere question."""
        return [
            f"{call['method']} {call['path']}"
            for call in self.calls()
            if call["method"] != "GET" and not call["path"].endswith("/token")
        ]

    def forget(self) -> None:
        """Count calls from here on."""
        requests.delete(f"{self._controls}/calls", timeout=60).raise_for_status()


class Merchant:
    """One tenant, its two connections and the routes between them."""

    def __init__(self, tenant: Tenant, crystal: Connection, shop: Connection) -> None:
        self.tenant = tenant
        self.crystal = crystal
        self.shop = shop

    def route(self, kind: str, **more: Any) -> Route:
        """A standing order: products and the like to the shop, orders the other way."""
        from integration.engine import routes

        ends = (self.crystal, self.shop)
        if kind == "order":
            ends = (self.shop, self.crystal)
            more = {"filters": PAID, **more}
        return routes.add(self.tenant, kind, *ends, **more)

    def point(
        self, connection: Connection, field: str, path: str, then: str = ""
    ) -> None:
        """A person points a field of a product's map elsewhere: as products are read
        where they come from, as they are written in the shop."""
        from integration.models import Override

        Override.everywhere.create(
            tenant=self.tenant,
            connection=connection,
            kind="product",
            direction="write" if connection == self.shop else "read",
            field=field,
            path=path,
            then=then,
        )

    def errors(self) -> list[SyncError]:
        """The open problems, oldest first."""
        from synclog.models import SyncError

        live = SyncError.objects.for_tenant(self.tenant).filter(state="open")
        return list(live.order_by("pk"))

    def deliveries(self, kind: str, *states: str) -> list[Delivery]:
        """Deliveries of a kind in these states, or in any."""
        from integration.models import Delivery

        chosen = Delivery.objects.for_tenant(self.tenant).filter(kind=kind)
        return list(chosen.filter(state__in=states) if states else chosen)

    def runs(self, stream: str) -> list[Run]:
        """The runs of a stream, oldest first."""
        from integration.models import Run

        chosen = Run.objects.for_tenant(self.tenant).filter(stream=stream)
        return list(chosen.order_by("pk"))

    def reload(self) -> Merchant:
        """See what the engine did to the connections."""
        self.crystal.refresh_from_db()
        self.shop.refresh_from_db()
        return self


class Road:
    """Both platforms, the clock, and the worker that is asked to work."""

    def __init__(
        self, server: SandboxServer, clock: time_machine.Traveller, products: int = 12
    ) -> None:
        self.back = Platform(server, "crystal")
        self.front = Platform(server, "woocommerce")
        self._server = server
        self._clock = clock
        self.back.do("settings", limit=0)
        self.front.do("settings", currency="EUR")
        self.stock(products)

    def stock(self, products: int) -> None:
        """The back office holds so many products, all of them sound."""
        self.back.do("catalogue", size=products, broken=False)

    def merchant(
        self, slug: str = "acme", *, routes: bool = True, **crystal: Any
    ) -> Merchant:
        """A tenant connected to both platforms; `crystal` are settings of its own."""
        from integration.models import Tenant

        tenant, _ = Tenant.objects.get_or_create(
            slug=slug, defaults={"name": slug, "email": f"{slug}@example.com"}
        )
        found = Merchant(
            tenant,
            self.connect_crystal(tenant, **crystal),
            self.connect_shop(tenant),
        )
        for kind in ("category", "product", "stock", "price", "order"):
            if routes:
                found.route(kind)
        return found

    def connect_crystal(self, tenant: Tenant, **given: Any) -> Connection:
        """An account at the back office."""
        known = {"organisation": "Acme", "currency": "EUR"}
        gentle = {"base_url": self.back.root, "requests_per_second": 1000}
        return self.connect(
            tenant, "crystal", {**known, **gentle, **self.back.credentials, **given}
        )

    def connect_shop(self, tenant: Tenant, **given: Any) -> Connection:
        """An account at the shop."""
        known = {"url": self.front.root, "allow_http": True}
        return self.connect(
            tenant, "woocommerce", {**known, **self.front.credentials, **given}
        )

    def connect(self, tenant: Tenant, platform: str, given: Row) -> Connection:
        """An account at any platform, tested as a person would test it."""
        from integration.contract import registry
        from integration.engine import connect

        connector = registry.connector(platform)
        settings, secrets = connect.complete(connector, given)
        facts: dict[str, str] = {}
        for finding in connect.probe(connector, settings, secrets):
            assert finding.ok, finding.message
            facts.update(finding.facts)
        return connect.connect(tenant, platform, "", settings, secrets, facts)

    def in_step(self, **crystal: Any) -> Merchant:
        """A merchant whose first full sync is over."""

        def first_sync() -> Merchant:
            merchant = self.merchant(**crystal)
            self.start(merchant)
            return merchant

        return self.begin(crystal, first_sync)

    def begin(self, chosen: Row, first_sync: Callable[[], Merchant]) -> Merchant:
        """The merchant whose first sync this is; equal ones are made once a process."""
        from integration.models import Connection
        from tests.again import again

        def made() -> tuple[int, int]:
            found = first_sync()
            return found.crystal.pk, found.shop.pk

        key = (first_sync.__qualname__, chosen, self.back.done)
        pks = again(self._server, key, made, self.now, self._clock.move_to)
        self.forget()
        ends = [Connection.everywhere.get(pk=pk) for pk in pks]
        return Merchant(ends[0].tenant, *ends)

    def now(self) -> datetime:
        """The time as the test has it."""
        return datetime.now(UTC)

    def start(self, merchant: Merchant) -> None:
        """The first full sync in both directions, until nothing is due."""
        from integration.engine import connect

        connect.first_sync(merchant.crystal)
        connect.first_sync(merchant.shop)
        self.settle()

    def settle(self) -> None:
        """The clock ticks and the worker works until nothing is due any more."""
        from integration.engine import claim, clock
        from integration.jobs import tasks

        for _ in range(50):
            clock.tick()
            done = tasks.drain()
            if not claim.something_due():
                if done:
                    clock.tick()
                return
        raise AssertionError("there is always something left to do")

    def later(self, **by: float) -> None:
        """Time passes (in the words of `timedelta`), then all that is due is done."""
        self.pass_time(**by)
        self.settle()

    def soon(self, **by: float) -> None:
        """Time passes; where that made something due, all that is due is done."""
        from integration.engine import claim

        self.pass_time(**by)
        if claim.something_due():
            self.settle()

    def pass_time(self, **by: float) -> None:
        """Time passes and nobody works."""
        self._clock.shift(timedelta(**by))

    def read(
        self, connection: Connection, stream: str, selection: Selection = CHANGED
    ) -> Run:
        """Somebody presses the button; the run, when all it led to is over."""
        from integration.engine.selection import ask

        run, _ = ask(connection, stream, selection, cause="manual")
        self.settle()
        run.refresh_from_db()
        return run

    def forget(self) -> None:
        """Count calls on both platforms from here on."""
        self.back.forget()
        self.front.forget()

    def goods(self) -> list[Row]:
        """The products the back office lists, in its order."""
        hidden = self.back.ledger("hidden")
        return [row for row in self.back.ledger("products") if row["id"] not in hidden]

    def shelf(self) -> dict[str, Row]:
        """The shop's products by SKU; each SKU is there once."""
        rows: list[Row] = self.front.ledger("products")
        found = {row["sku"]: row for row in rows}
        assert len(found) == len(rows), "two products have one SKU"
        return found

    def change(self, product: Row | str, **fields: Any) -> None:
        """Somebody edits a product in the back office."""
        product_id = product if isinstance(product, str) else product["id"]
        self.back.do("product", id=product_id, **fields)

    def buy(self, *skus: str, paid: bool = True, **more: Any) -> Row:
        """Somebody buys in the shop; the order as the shop shows it."""
        shelf = self.shelf()
        lines = [{"product_id": shelf[sku]["id"], "quantity": 2} for sku in skus]
        buyer = {"first_name": "Ann", "last_name": "Ek", "email": "ann@example.com"}
        body = {"set_paid": paid, "payment_method": "bacs", "billing": buyer}
        order: Row = self.front.do("order", **{**body, "line_items": lines, **more})
        return order

    def sold(self) -> list[Row]:
        """The orders in the back office."""
        orders: list[Row] = self.back.ledger("orders")
        return orders


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time, which runs on and can be moved forward."""
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture
def road(
    sandbox: SandboxServer, db: None, clock: time_machine.Traveller
) -> Iterator[Road]:
    """Two platforms and an empty Weft between them; whatever the test does there, what
    holds at any quiet moment must hold when it ends."""
    Platform.done.clear()
    yield Road(sandbox, clock)
    broken = broken_promises()
    assert not broken, "\n".join(broken)


def broken_promises() -> list[str]:
    """What does not hold though nobody is at work."""
    from integration.models import Delivery, Lease, Run
    from integration.models.delivery import STUCK_DELIVERIES
    from synclog.models import SyncError

    broken = [
        f"{run} ({run.state}) read {run.read} and accounts for {run.accounted}"
        for run in Run.everywhere.all()
        if run.read != run.accounted
    ]
    for delivery in Delivery.everywhere.select_related("route", "record"):
        if delivery.state == "sending":
            broken.append(f"{delivery} is still being sent")
        elif delivery.state in STUCK_DELIVERIES and delivery.code:
            told = SyncError.everywhere.filter(
                record=delivery.record,
                kind=delivery.kind,
                state__in=("open", "ignored"),
            )
            if told.count() != 1:
                broken.append(f"{delivery}: {delivery.state}, {told.count()} problems")
    held = Lease.objects.exclude(owner="")
    return broken + [f"{lease} is still held" for lease in held]
