"""A merchant with a small Crystal catalogue and a shop, seen from the platforms."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import requests

from connectors.crystal.sandbox import PLATFORM as CRYSTAL
from connectors.woocommerce.sandbox import PLATFORM as SHOP

if TYPE_CHECKING:
    from integration.models import Connection, Run

BROKEN = "4b5f6d1e-0000-4000-8000-00000000dead"
PAID = {"order_status.word": ["processing", "completed"]}
SECONDS = 60


class Merchant:
    """What the merchant's two platforms hold and are told, over HTTP alone."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def control(self, platform: str, action: str, **body: Any) -> Any:
        """One of a sandbox's controls; without a body's fields an empty body."""
        address = f"{self.url}/_control/{platform}/{action}"
        answer = self.session.post(address, json=body, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ledger(self, platform: str) -> dict[str, Any]:
        """Everything a platform holds."""
        address = f"{self.url}/_control/{platform}/ledger"
        found: dict[str, Any] = self.session.get(address, timeout=SECONDS).json()
        return found

    def fault(
        self, platform: str, kind: str, method: str, path: str, **more: Any
    ) -> None:
        """One misbehaviour, once unless `times` says otherwise."""
        self.control(platform, "faults", kind=kind, method=method, path=path, **more)

    def heal(self, platform: str) -> None:
        """No more misbehaviour."""
        self.session.delete(f"{self.url}/_control/{platform}/faults", timeout=SECONDS)

    def calls(self, platform: str) -> list[dict[str, Any]]:
        """The calls a platform has received."""
        address = f"{self.url}/_control/{platform}/calls"
        found: list[dict[str, Any]] = self.session.get(address, timeout=SECONDS).json()[
            "calls"
        ]
        return found

    def stock_up(self, size: int, *, broken: bool = False) -> None:
        """Fill Crystal with sound products, and one without a price where wanted."""
        self.control("crystal", "settings", limit=0.0)
        self.control("crystal", "catalogue", size=size, broken=False)
        self.control("woocommerce", "settings", currency="EUR")
        if broken:
            self.control("crystal", "product", id=BROKEN, name="No price", price=None)

    def look_up(self, allowed: bool) -> None:
        """Whether Crystal lets its orders be looked up."""
        self.control("crystal", "settings", order_lookup=allowed)

    def buy(self, sku: str, quantity: int = 1, **order: Any) -> dict[str, Any]:
        """A buyer orders and pays in the shop."""
        rows = self.shop_products()
        line = {"product_id": rows[sku]["id"], "quantity": quantity}
        billing = {"first_name": "Ann", "last_name": "Berg", "country": "SE"}
        body = {
            "status": "processing",
            "set_paid": True,
            "payment_method": "bacs",
            "billing": {**billing, "email": "ann@example.com"},
            "line_items": [line],
            **order,
        }
        placed: dict[str, Any] = self.control("woocommerce", "order", **body)
        return placed

    def shop_products(self) -> dict[str, dict[str, Any]]:
        """What the shop holds, by SKU; a SKU there twice fails."""
        rows = self.ledger("woocommerce")["products"]
        found = {row["sku"]: row for row in rows if row["sku"]}
        assert len(found) == len([row for row in rows if row["sku"]])
        return found

    def shop_orders(self) -> list[str]:
        """The numbers of the orders bought in the shop."""
        return [str(row["id"]) for row in self.ledger("woocommerce")["orders"]]

    def crystal_orders(self) -> Counter[str]:
        """How often Crystal holds each of the shop's orders, by number."""
        rows = self.ledger("crystal")["orders"]
        return Counter(str(row["reference"]) for row in rows)

    def out_of_step(self, sold: Collection[str] = ()) -> dict[str, str]:
        """Crystal's sound, listed products that the shop does not show the same.

        Stock of what was `sold` may differ: a shop takes back what was cancelled.
        """
        there = self.shop_products()
        held = self.ledger("crystal")
        skipped = {row["id"] for row in held["broken"]} | set(held["hidden"])
        wrong = {}
        for product in held["products"]:
            if product["id"] not in skipped:
                row = there.get(product["id"])
                problem = "missing" if row is None else _difference(product, row)
                moved = product["id"] in sold and problem.startswith("stock")
                if problem and not moved:
                    wrong[product["id"]] = problem
        return wrong


def _difference(product: dict[str, Any], row: dict[str, Any]) -> str:
    """What price and stock in the shop say beside Crystal's."""
    wanted = Decimal(str(product["price"]))
    shown = Decimal(row["regular_price"] or "-1")
    if abs(wanted - shown) > Decimal("0.005"):
        return f"price {row['regular_price']} instead of {product['price']}"
    if int(row["stock_quantity"] or 0) != int(Decimal(str(product["quantity"]))):
        return f"stock {row['stock_quantity']} instead of {product['quantity']}"
    return "" if row["status"] == "publish" else f"status {row['status']}"


def connect(
    url: str, *, order_lookup: bool = True, page_size: int = 50
) -> tuple[Connection, Connection]:
    """Both platforms connected for one merchant, with the routes of a usual shop."""
    from integration.contract import registry
    from integration.engine import connect as connecting
    from integration.models import Tenant

    tenant, _ = Tenant.objects.get_or_create(
        slug="acme", defaults={"name": "Acme AB", "email": "ann@acme.example"}
    )

    def account(platform: str, **given: Any) -> Connection:
        connector = registry.connector(platform)
        settings, secrets = connecting.complete(connector, given)
        facts: dict[str, str] = {}
        for finding in connecting.probe(connector, settings, secrets):
            assert finding.ok, finding.message
            facts |= finding.facts
        return connecting.connect(tenant, platform, "", settings, secrets, facts)

    crystal = account(
        "crystal",
        base_url=f"{url}/crystal",
        organisation="Acme",
        currency="EUR",
        order_lookup=order_lookup,
        page_size=page_size,
        requests_per_second=1000,
        **CRYSTAL.credentials,
    )
    shop = account(
        "woocommerce",
        url=f"{url}/woocommerce",
        allow_http=True,
        consumer_key=SHOP.credentials["consumer_key"],
        consumer_secret=SHOP.credentials["consumer_secret"],
    )
    for kind in ("category", "product", "stock", "price"):
        lay(crystal, shop, kind)
    lay(shop, crystal, "order", policy="create_only", filters=PAID)
    return crystal, shop


def lay(source: Connection, target: Connection, kind: str, **rules: Any) -> None:
    """A route, unless it is laid already."""
    from integration.engine import routes
    from integration.models import Route

    ends = {"kind": kind, "source": source, "target": target}
    if not Route.everywhere.filter(**ends).exists():
        routes.add(source.tenant, **ends, **rules)


def work_through(most: int = 200) -> None:
    """Do in this process all that is due, as a worker would."""
    from integration.engine import claim, clock
    from integration.jobs import tasks

    for _ in range(most):
        clock.tick()
        if not tasks.drain() and not claim.something_due():
            return
    raise AssertionError("the work does not come to an end")


def poll(shop: Connection) -> Run:
    """Ask for the shop's changed orders, as the backup poll does."""
    from integration.contract.messages import Changed
    from integration.engine.selection import ask

    return ask(shop, "orders", Changed(), cause="schedule")[0]


def wait_for(what: str, condition: Any, seconds: float = 180) -> Any:
    """The condition's first true answer; fails naming `what` when none came in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:g} seconds in vain: {what}")
