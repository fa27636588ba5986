"""The second play: a shop sells what an ERP has, and its sales become invoices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integration.demo import count_trade, todo, trouble
from integration.demo.buyers import Buyers, refund_of
from integration.demo.outside import Galaxy, Sandbox, Shop, Xero
from integration.demo.progress import Teller, settled, standing
from integration.demo.trade_figures import TradeFigures
from integration.engine import connect
from integration.jobs import bell
from integration.models import Connection, Route, Tenant

Json = Any
# Orders before anything is paired, and those after.
FIRST, MORE = 6, 18
PLATFORMS = ("woocommerce", "galaxy", "xero")


@dataclass(slots=True, kw_only=True)
class Trade:
    """Everybody on the second stage: `source` is Galaxy, `target` the shop."""

    teller: Teller
    sandbox: Sandbox
    galaxy: Galaxy
    shop: Shop
    xero: Xero
    tenant: Tenant
    source: Connection
    target: Connection
    books: Connection
    invoices: Route
    payments: Route
    refunds: Route
    email: str
    buyers: Buyers
    figures: TradeFigures = field(default_factory=TradeFigures)
    had: Sequence[tuple[str, int]] = ()
    paid_back: dict[str, Decimal] = field(default_factory=dict)

    def acts(self, first: Sandbox) -> None:
        """All of it, in order; `first` is where the other merchant's platforms are."""
        self.catalogue()
        self.pairs()
        self.sales()
        trouble.play(self)
        self.total(first)

    def catalogue(self) -> None:
        """Galaxy's items arrive in the shop, and all lists to choose from are read."""
        self.teller.title("Galaxy's items arrive in the second shop")
        names = ("contacts", "items")
        self.had = [(name, len(self.xero.rows(name))) for name in names]
        connect.sync_webhooks(self.target)
        for connection in (self.source, self.target, self.books):
            connect.first_sync(connection)
        self._settle()
        self._count_items()

    def pairs(self) -> None:
        """The first sales show what has to be paired, and a person pairs it."""
        self.teller.title("The first sales, and what the books want to know")
        self.buyers.come()
        self.buy(FIRST)
        self.teller.until(
            lambda: todo.used(self.invoices) == FIRST and settled(self.tenant),
            lambda: standing(self.tenant),
        )
        for route in (self.invoices, self.payments):
            for line in todo.lines(route):
                self.teller.say(line)
        for route in (self.invoices, self.payments, self.refunds):
            todo.pair_all(route)
        self.teller.say("All words are paired; what waited goes at once.")
        self.arrive()

    def sales(self) -> None:
        """More people buy; two send something back."""
        self.teller.title("More customers buy, and two send something back")
        self.buy(MORE)
        self.arrive()
        self._tell_made()
        placed = list(self.buyers.placed.values())
        for order, whole in ((placed[0], True), (placed[-1], False)):
            back = self.shop.pay_back(order["id"], refund_of(order, whole))
            self.paid_back[str(order["number"])] = Decimal(back["amount"])
            self.teller.say(f"{back['amount']} of order {order['number']} went back.")
        self.teller.until(
            lambda: self._credited() == len(self.paid_back),
            lambda: f"{self._credited()} credit notes are in Xero.",
        )

    def total(self, first: Sandbox) -> None:
        """Count everything a last time, on the platforms' side."""
        self._settle()
        placed = self.buyers.placed
        self._count_items()
        invoices = count_trade.invoices(self.xero, placed)
        payments = count_trade.payments(self.xero, placed)
        entries = count_trade.entries(self.galaxy, placed)
        notes = count_trade.credit_notes(self.xero, self.paid_back)
        contacts, items = count_trade.doubles(self.xero)
        found = self.figures
        found.invoices_expected = len(placed)
        found.invoices_posted = invoices.posted
        found.invoices_duplicated = invoices.duplicated
        found.payments_posted = payments.posted
        found.entries_posted = entries.posted
        found.entries_duplicated = entries.duplicated
        found.customers_duplicated = len(self.galaxy.ledger()["customers_duplicated"])
        found.credit_notes_expected = len(self.paid_back)
        found.credit_notes_posted = notes.posted
        found.contacts_duplicated, found.items_duplicated = contacts, items
        found.calls_over_budget = self._turned_away(first)
        found.trade_calls = sum(len(self.sandbox.calls(name)) for name in PLATFORMS)
        for booked in (invoices, payments, entries, notes):
            found.astray += booked.astray
        for line in found.astray[:5]:
            self.teller.say(f"  astray: {line}")

    def buy(self, number: int) -> Sequence[str]:
        """So many orders are placed; their numbers."""
        numbers = list(self.buyers.buy(number))
        some = "An order was placed" if number == 1 else f"{number} orders were placed"
        self.teller.say(f"{some} in the second shop, the last is no. {numbers[-1]}.")
        return numbers

    def arrive(self) -> None:
        """Wait until all sales are documents in Galaxy and paid invoices in Xero."""
        placed = self.buyers.placed

        def look() -> tuple[bool, str]:
            entries = count_trade.entries(self.galaxy, placed).posted
            invoices = count_trade.invoices(self.xero, placed).posted
            payments = count_trade.payments(self.xero, placed).posted
            told = (
                f"Of {len(placed)} orders {entries} are in Galaxy, {invoices} are "
                f"invoices in Xero, {payments} of those are paid."
            )
            return {entries, invoices, payments} == {len(placed)}, told

        self.teller.watch(look)

    def _tell_made(self) -> None:
        """What was made because a sale needed it."""
        people = len(self.galaxy.ledger()["customers_posted"])
        made = {name: len(self.xero.rows(name)) - there for name, there in self.had}
        self.teller.say(
            f"These sales made {people} customers in Galaxy, which shows one some time "
            f"after it took it, and {made['contacts']} contacts and {made['items']} "
            "items in Xero."
        )

    def _turned_away(self, first: Sandbox) -> int:
        """Calls of Weft that were too many for any platform of either merchant."""
        others = sum(self.sandbox.too_many(name) for name in ("woocommerce", "galaxy"))
        others += sum(first.too_many(name) for name in ("woocommerce", "crystal"))
        return self.xero.too_many() + others

    def _credited(self) -> int:
        return count_trade.credit_notes(self.xero, self.paid_back).posted

    def _settle(self) -> None:
        bell.ring()
        self.teller.until(lambda: settled(self.tenant), lambda: standing(self.tenant))

    def _count_items(self) -> None:
        found = count_trade.items(
            self.galaxy, self.shop, self.buyers.sold(), self.tenant
        )
        self.figures.galaxy_products_source = found.source
        self.figures.galaxy_products_in_step = found.in_step
        self.figures.galaxy_products_refused = found.refused
        self.figures.astray = list(found.astray)
        self.teller.say(
            f"Compared one by one: {found.in_step} of Galaxy's {found.source} items "
            f"are in step, {found.refused} refused with an open error, "
            f"{len(found.astray)} astray."
        )
