"""A merchant whose goods are kept in Galaxy and sold in a shop, both sandboxed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from connectors.galaxy.items import PARTS
from integration.sandbox.server import SandboxServer
from tests.road import Merchant, Platform, Road, Row

if TYPE_CHECKING:
    from integration.models import Connection, Cursor, Run, Tenant, WebhookEvent

SYNC = "/services/sync/"
POST_CUSTOMER, POST_ENTRY = "actions/postcustomer", "actions/postentry"
GOODS = ("category", "product", "stock", "price")
TRADE = "Επαγγελματικά"
# What a look for changes costs: the items and the lists of their parts.
DELTA = {"items", *PARTS}
BUYER: Mapping[str, str] = {
    "first_name": "Ελένη",
    "last_name": "Παππά",
    "company": "Παππά & Σία",
    "email": "eleni@example.test",
    "phone": "2105550000",
    "address_1": "Ερμού 1",
    "city": "Πειραιάς",
    "postcode": "18538",
    "country": "GR",
}


class Depot:
    """One Galaxy installation, a shop, and a merchant who has both."""

    def __init__(self, road: Road, server: SandboxServer) -> None:
        self.road = road
        self.shop_front = road.front
        self.galaxy = Platform(server, "galaxy")
        road.front.do("settings", currency="EUR")
        # A session outlives the days that pass, so that calls can be counted.
        self.galaxy.do("set_settings", session_seconds=1e9)
        # The retail scenario leaves out what is for the trade alone.
        self.shown = {
            row["ID"]
            for row in self.rows("itemcategories")
            if not row["ParentNodeID"] and row["Description"] != TRADE
        }

    # --- Who is connected -----------------------------------------------------------

    def connect(self, tenant: Tenant, **given: Any) -> Connection:
        """An account at Galaxy, under its retail scenario unless another is given."""
        known = {
            "base_url": self.galaxy.root,
            "username": self.galaxy.credentials["username"],
            "password": self.galaxy.credentials["password"],
            "web_scenario": self.galaxy.credentials["web_scenario"],
            "allow_http": True,
            "calls_per_second": 1000,
            # Somewhere a shop can fetch pictures by their id.
            "image_base_url": f"{self.road.back.root}/files/{{id}}.png",
        }
        return self.road.connect(tenant, "galaxy", {**known, **given})

    def merchant(
        self,
        slug: str = "depot",
        *,
        kinds: Sequence[str] = (*GOODS, "order"),
        shop: Connection | None = None,
        **galaxy: Any,
    ) -> Merchant:
        """A tenant connected to both; `galaxy` are settings of its own."""
        from integration.models import Tenant

        tenant, _ = Tenant.objects.get_or_create(
            slug=slug, defaults={"name": slug, "email": f"{slug}@example.com"}
        )
        depot = self.connect(tenant, **galaxy)
        found = Merchant(tenant, depot, shop or self.road.connect_shop(tenant))
        for kind in kinds:
            found.route(kind)
        return found

    def in_step(self, **given: Any) -> Merchant:
        """A merchant whose first full sync is over."""

        def first_sync() -> Merchant:
            merchant = self.merchant(**given)
            self.start(merchant)
            return merchant

        merchant = self.road.begin(given, first_sync)
        self.forget()
        return merchant

    def start(self, merchant: Merchant) -> None:
        """The first full sync in both directions."""
        self.road.start(merchant)
        self.wait()

    def wait(self, **by: float) -> None:
        """Time passes, and moments more: a list waits for those it comes after, a write
        for what it needs."""
        self.road.later(**by)
        for _ in range(3):
            self.road.soon(seconds=6)

    # --- What happened at Galaxy ----------------------------------------------------

    def forget(self) -> None:
        """Count calls from here on."""
        self.galaxy.forget()
        self.shop_front.forget()

    def asked(self) -> list[str]:
        """The lists asked for since, in the order of the calls."""
        paths = [call["path"] for call in self.galaxy.calls(SYNC)]
        return [path.partition(SYNC)[2] for path in paths]

    def queries(self, name: str) -> list[dict[str, list[str]]]:
        """What the calls to one list asked for."""
        calls = self.galaxy.calls(f"{SYNC}{name}")
        return [parse_qs(call["query"]) for call in calls]

    def entries(self) -> list[Row]:
        """The sales booked in Galaxy; none of them twice."""
        assert self.galaxy.ledger("entries_duplicated") == {}
        found: list[Row] = self.galaxy.ledger("entries")
        return found

    # --- What is in Galaxy ----------------------------------------------------------

    def rows(self, name: str) -> list[Row]:
        """The active rows of a list, under any scenario."""
        return [row for row in self.galaxy.ledger(name) if row["active"]]

    def items(self) -> list[Row]:
        """The items below the categories that the retail scenario shows."""
        return [
            item
            for item in self.rows("items")
            if {each["CategoryRootID"] for each in item["ItemCategories"]} & self.shown
        ]

    def plain(self) -> list[Row]:
        """The items shown that have no combinations, sold under their own code."""
        return [item for item in self.items() if not combinations(item)]

    def named(self, name: str, description: str) -> Row:
        """The row of a list that is called so."""
        [row] = [row for row in self.rows(name) if row["Description"] == description]
        return row

    def show_only(self, *roots: str) -> None:
        """The retail scenario shows what stands below these categories alone."""
        scenario = self.galaxy.credentials["web_scenario"]
        chosen = [self.named("itemcategories", root)["ID"] for root in roots]
        self.galaxy.do("expose", id=scenario, categories=chosen)
        self.shown = set(chosen)

    def parts(self, name: str, item: Row) -> list[Row]:
        """An item's rows in the list of one of its parts."""
        return [row for row in self.rows(name) if row["ItemID"] == item["ID"]]

    # --- What is in the shop --------------------------------------------------------

    def product(self, item: Row) -> Row:
        """What an item without combinations is in the shop."""
        return self.road.shelf()[item["Code"]]

    def variations(self, item: Row) -> dict[str, Row]:
        """What the combinations of an item are in the shop, by SKU."""
        codes = {each["Code"] for each in combinations(item)}
        rows = self.shop_front.ledger("variations")
        found = [row for row in rows if row["sku"] in codes]
        assert len(found) == len({row["sku"] for row in found}), "one SKU twice"
        return {row["sku"]: row for row in found}

    def buy(self, quantities: Mapping[str, int], **more: Any) -> Row:
        """Somebody buys so many of these SKUs, paid; the order as the shop shows it."""
        shelf = self.road.shelf()
        sold = quantities.items()
        lines = [{"product_id": shelf[sku]["id"], "quantity": n} for sku, n in sold]
        body = {"set_paid": True, "payment_method": "bacs", "billing": dict(BUYER)}
        order: Row = self.shop_front.do(
            "order", **{**body, "line_items": lines, **more}
        )
        return order

    def sell(self, quantities: Mapping[str, int], **more: Any) -> Row:
        """Somebody buys, and Weft hears of it and does what is to be done."""
        order = self.buy(quantities, **more)
        self.wait(hours=2)
        return order

    # --- What Weft holds ------------------------------------------------------------

    def mark(self, connection: Connection, stream: str) -> int:
        """The highest number stored of a list; 0 for none."""
        from integration.models import Cursor

        found: Cursor | None = Cursor.everywhere.filter(
            connection=connection, stream=stream
        ).first()
        return int(found.value or 0) if found else 0

    def held(self, connection: Connection, kind: str) -> dict[str, Any]:
        """What Weft holds of a kind as this connection told it, by its id there."""
        from integration.canonical.codec import decode
        from integration.canonical.kinds import Kind
        from integration.models import Link

        told = Link.everywhere.filter(connection=connection, kind=kind, gone_at=None)
        return {
            link.external_id: decode(Kind(kind), bytes(link.data or b""))
            for link in told.exclude(data=None)
        }

    def hit(
        self, merchant: Merchant, name: str, method: str = "POST", **more: Any
    ) -> int:
        """Galaxy calls about a list; the status it is answered with."""
        from django.test import Client

        from integration.engine import connect

        path = urlsplit(connect.hook_url(merchant.crystal)).path
        return Client().generic(method, f"{path}{name}", **more).status_code

    def look(self, merchant: Merchant, *streams: str) -> list[Run]:
        """Somebody asks what is new, in the items and their parts or in these lists."""
        runs = [
            self.road.read(merchant.crystal, name)
            for name in (streams or (*PARTS, "items"))
        ]
        self.wait()
        return runs

    def events(self, merchant: Merchant) -> list[WebhookEvent]:
        """The calls that came in, oldest first."""
        from integration.models import WebhookEvent

        mine = WebhookEvent.objects.for_tenant(merchant.tenant)
        return list(mine.order_by("pk"))


def combinations(item: Row) -> list[Row]:
    """The combinations of size and colour an item is sold in."""
    found: list[Row] = item["ItemDimensionCombinations"]
    return found
