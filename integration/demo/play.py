"""The play: a catalogue arrives in a shop, orders come back, a webhook is lost."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from integration.contract.messages import Everything
from integration.demo import count, merchant, people
from integration.demo.outside import Crystal, Sandbox, Shop
from integration.demo.progress import Teller, settled, standing
from integration.demo.shopping import Shopping
from integration.engine import connect
from integration.engine.selection import ask
from integration.jobs import bell
from integration.models import CallUsage, Connection, Tenant

# Orders told by webhook, and orders whose webhook is lost.
ORDERS = 50
IN_THE_DARK = 5


@dataclass(slots=True)
class Figures:
    """What was counted, in the order it is told."""

    shop: str = ""
    products_source: int = 0
    products_in_step: int = 0
    products_refused: int = 0
    orders_placed: int = 0
    orders_in_crystal: int = 0
    orders_duplicated: int = 0
    orders_found_by_poll: int = 0
    second_sync_writes: int = 0
    api_calls: int = 0
    seconds: float = 0.0
    astray: list[str] = field(default_factory=list)

    def good(self) -> bool:
        """Whether every promise was kept."""
        return (
            self.products_source == self.products_in_step + self.products_refused
            and not self.astray
            and self.orders_in_crystal == self.orders_placed
            and self.orders_duplicated == 0
            and self.second_sync_writes == 0
        )

    def as_json(self) -> dict[str, Any]:
        """The figures alone."""
        return {name: value for name, value in asdict(self).items() if name != "astray"}


class Mark(NamedTuple):
    """Writes the platforms had seen, and when each product of a real shop changed."""

    writes: int
    times: dict[str, str]


@dataclass(slots=True, kw_only=True)
class Play:
    """Everybody on stage. `real` is true for a shop that is not the sandbox's."""

    teller: Teller
    sandbox: Sandbox
    crystal: Crystal
    shop: Shop
    tenant: Tenant
    source: Connection
    target: Connection
    real: bool
    figures: Figures = field(default_factory=Figures)
    shopping: Shopping | None = None

    def acts(self) -> None:
        """All of it, in order."""
        self.catalogue()
        self.again()
        self.orders()
        self.total()

    def catalogue(self) -> None:
        """The first full sync: everything Crystal has."""
        self.teller.title("Crystal's products arrive in the shop")
        connect.sync_webhooks(self.target)
        connect.first_sync(self.source)
        connect.first_sync(self.target)
        self._settle()
        self._count_products()

    def again(self) -> None:
        """The same full sync once more: nothing has changed, so nothing is written."""
        self.teller.title("The same again: nothing has changed")
        before = self._mark()
        ask(self.source, "products", Everything(), cause="manual")
        self._settle()
        self.figures.second_sync_writes = self._written_since(before)
        self.teller.say(
            f"{self.figures.second_sync_writes} writes on the platforms' side."
        )

    def orders(self) -> None:
        """Orders told by webhook, then some whose webhook is lost."""
        self.teller.title("Customers buy")
        self.shopping = self._open_shop()
        self._buy(ORDERS)
        self._arrive()
        self.teller.title("A webhook is lost")
        door = connect.hook_url(self.target)
        paused = self.shop.set_webhooks(door, "paused")
        self.teller.say(f"The shop's {paused} order webhooks are paused.")
        self._buy(IN_THE_DARK)
        self.shop.set_webhooks(door, "active")
        self.teller.say("They are active again; nobody will tell Weft what it missed.")
        self._arrive()
        lost = self.shopping.placed[-IN_THE_DARK:]
        self.figures.orders_found_by_poll = count.orders(self.crystal, lost).arrived
        self.teller.say(f"The poll found {self.figures.orders_found_by_poll} of them.")

    def total(self) -> None:
        """Count everything a last time, on the platforms' side."""
        self._settle()
        placed = self.shopping.placed if self.shopping else []
        found = count.orders(self.crystal, placed)
        self.figures.orders_placed = len(placed)
        self.figures.orders_in_crystal = found.arrived
        self.figures.orders_duplicated = found.duplicated
        self._count_products()
        self.figures.api_calls = self._calls()
        self.figures.seconds = self.teller.seconds()
        self.figures.shop = self.shop.url

    def _open_shop(self) -> Shopping:
        skus = [str(product["id"]) for product in self.crystal.products()]
        return Shopping(self.shop, list(self.shop.products(skus).values()))

    def _buy(self, number: int) -> None:
        assert self.shopping is not None  # noqa: S101  opened before anybody buys
        for place, order in enumerate(self.shopping.buy(number), 1):
            if place % 10 == 0 or place == number:
                self.teller.say(f"{place} of {number} bought; the last is no. {order}.")

    def _arrive(self) -> None:
        """Wait until Crystal has every order placed so far."""
        assert self.shopping is not None  # noqa: S101  opened before anybody buys
        placed = self.shopping.placed

        def here() -> int:
            return count.orders(self.crystal, placed).arrived

        self.teller.until(
            lambda: here() == len(placed),
            lambda: f"{here()} of {len(placed)} orders are in Crystal.",
        )

    def _settle(self) -> None:
        bell.ring()
        self.teller.until(lambda: settled(self.tenant), lambda: standing(self.tenant))

    def _count_products(self) -> None:
        found = count.products(self.crystal, self.shop, self.tenant)
        self.figures.products_source = found.source
        self.figures.products_in_step = found.in_step
        self.figures.products_refused = found.refused
        self.figures.astray = list(found.astray)
        self.teller.say(
            f"Compared one by one: {found.in_step:,} of {found.source:,} in step, "
            f"{found.refused} refused with an open error, {len(found.astray)} astray."
        )
        for line in found.astray[:5]:
            self.teller.say(f"  astray: {line}")

    def _mark(self) -> Mark:
        """Where the platforms stand, to tell later what was written since."""
        platforms = ["crystal"] if self.real else ["crystal", "woocommerce"]
        writes = sum(self.sandbox.writes(platform) for platform in platforms)
        return Mark(writes, self._changed_at() if self.real else {})

    def _written_since(self, mark: Mark) -> int:
        """What the platforms were asked to change. A real shop keeps no count of calls:
        there it is the products whose time of change moved."""
        now = self._mark()
        moved = {sku for sku, at in now.times.items() if mark.times.get(sku) != at}
        return now.writes - mark.writes + len(moved)

    def _changed_at(self) -> dict[str, str]:
        skus = [str(product["id"]) for product in self.crystal.products()]
        shown = self.shop.products(skus)
        return {sku: row["date_modified_gmt"] for sku, row in shown.items()}

    def _calls(self) -> int:
        """Calls the platforms got from Weft; a real shop's are Weft's own count."""
        made = len(self.sandbox.calls("crystal"))
        if not self.real:
            return made + len(self.sandbox.calls("woocommerce"))
        used = CallUsage.objects.for_tenant(self.tenant).filter(connection=self.target)
        return made + sum(used.values_list("calls", flat=True))


def cast(teller: Teller, sandbox: Sandbox, shop: dict[str, str], real: bool) -> Play:
    """Connect both platforms for a new merchant and lay the routes."""
    tenant = merchant.make()
    for line in people.make(tenant):
        teller.say(line)
    target = merchant.account(
        tenant,
        "woocommerce",
        "The shop",
        {**shop, "allow_http": shop["url"][:5] == "http:"},
    )
    key = sandbox.ask("", "")["crystal"]["credentials"]
    source = merchant.account(
        tenant,
        "crystal",
        "Crystal",
        {
            **key,
            "organisation": "Demo",
            "base_url": f"{sandbox.url}/crystal",
            "currency": target.facts["currency"],
            "order_lookup": True,
            "requests_per_second": 20,
        },
    )
    merchant.route_all(tenant, source, target)
    return Play(
        teller=teller,
        sandbox=sandbox,
        crystal=Crystal(sandbox, key),
        shop=Shop(shop["url"], shop["consumer_key"], shop["consumer_secret"]),
        tenant=tenant,
        source=source,
        target=target,
        real=real,
    )
