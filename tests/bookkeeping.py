"""A merchant whose shop's sales are booked in Xero, both sandboxed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from integration.sandbox.server import SandboxServer
from tests.road import PAID, Platform, Road, Row

if TYPE_CHECKING:
    from integration.models import Connection, Delivery, Route, Tenant
    from synclog.models import SyncError

# What the shop's words are in the books of the sandbox's first organisation.
CHOSEN: Mapping[str, Mapping[str, str]] = {
    "invoice": {"tax": "OUTPUT2", "account": "200"},
    "payment": {"payment": "090"},
    "credit_note": {"tax": "OUTPUT2", "account": "200", "payment": "090"},
}


class Books:
    """The shop, the accounts, and the routes between them."""

    def __init__(self, road: Road, server: SandboxServer, **settings: Any) -> None:
        self.road = road
        self.shop_front = road.front
        self.xero = Platform(server, "xero")
        self.xero.do("set_settings", latency=0)
        road.front.do("settings", currency="NZD")
        self.tenant = self._tenant()
        self.shop = road.connect_shop(self.tenant)
        self.books = self._connect(**settings)
        self.routes: dict[str, Route] = {}

    def _tenant(self) -> Tenant:
        from integration.models import Tenant

        return Tenant.objects.create(slug="books", name="Books", email="b@example.com")

    def _connect(self, **settings: Any) -> Connection:
        keys = self.xero.credentials
        given = {
            "sign_in": "custom connection",
            "client_id": keys["custom_client_id"],
            "client_secret": keys["custom_client_secret"],
            "calls_per_minute": 10_000,
            "calls_per_day": 100_000,
            **dict.fromkeys(("base_url", "login_url", "identity_url"), self.xero.root),
            **settings,
        }
        self.xero.do("set_settings", minute_limit=10_000, day_limit=100_000)
        return self.road.connect(self.tenant, "xero", given)

    def route(self, kind: str, **rules: Any) -> Route:
        """Bring a kind from the shop to the books."""
        from integration.engine import routes

        if kind == "order":
            rules = {"filters": PAID, **rules}
        found = routes.add(self.tenant, kind, self.shop, self.books, **rules)
        self.routes[found.writes] = found
        return found

    def open(self, *kinds: str, paired: bool = True, **rules: Any) -> Books:
        """Lay the routes, read the accounts, pair every word, and begin."""
        from integration.engine import connect, pairs

        for kind in kinds or ("order", "payment", "refund"):
            self.route(kind, **rules)
        connect.first_sync(self.books)
        connect.first_sync(self.shop)
        self.road.settle()
        for made, route in self.routes.items():
            for vocabulary, code in CHOSEN.get(made, {}).items() if paired else ():
                pairs.pair(route, vocabulary, pairs.ANY, code)
        self.road.settle()
        self.road.front.forget()
        self.xero.forget()
        return self

    def stock(self, *skus: str, price: str = "10.00") -> None:
        """The shop sells these."""
        self.road.front.do(
            "seed",
            products=[
                {"name": f"Mug {sku}", "sku": sku, "regular_price": price}
                for sku in skus
            ],
        )

    def buy(self, *skus: str, **more: Any) -> Row:
        """Somebody buys, Weft hears of it at the next look, and what it must ask the
        shop first is answered."""
        order = self.road.buy(*skus, **more)
        self.road.later(hours=2)
        self.road.later(minutes=1)
        return order

    def post(self, resource: str, row: Row) -> None:
        """Somebody else enters something in the books, past Weft."""
        from integration.engine.session import Session

        Session(self.books).client.create(resource, [row], ["by hand"])

    def invoices(self) -> dict[str, Row]:
        """The invoices in the books, by number; each number is there once."""
        rows = self.xero.ledger("invoices")
        found = {row["InvoiceNumber"]: row for row in rows}
        assert len(found) == len(rows), "a number is there twice"
        return found

    def deliveries(self, kind: str, *states: str) -> list[Delivery]:
        """Deliveries of a kind in these states, or in any."""
        from integration.models import Delivery

        chosen = Delivery.objects.for_tenant(self.tenant).filter(kind=kind)
        return list(chosen.filter(state__in=states) if states else chosen)

    def errors(self) -> list[SyncError]:
        """The open problems, oldest first."""
        from synclog.models import SyncError

        live = SyncError.objects.for_tenant(self.tenant).filter(state="open")
        return list(live.order_by("pk"))
