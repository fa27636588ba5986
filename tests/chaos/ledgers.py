"""A shop whose sales are booked in Xero: how they are connected, what is booked."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import requests

from connectors.woocommerce.sandbox import PLATFORM as SHOP
from connectors.xero.sandbox import PLATFORM as XERO
from tests.bookkeeping import CHOSEN
from tests.jobs.merchant import PAID, Merchant, lay

if TYPE_CHECKING:
    from integration.contract.connector import Connector
    from integration.models import Connection, Grant, Tenant

SECONDS = 60
# Xero's own: calls a minute, and a day on all tiers but the smallest.
A_MINUTE, A_DAY = 60, 5000
# Seconds for which it repeats its answer to a key it has seen.
REMEMBERS = 360


class Opening:
    """Opens a merchant's accounts, tested and signed in as a person would."""

    def __init__(self, merchant: Merchant) -> None:
        from integration.models import Tenant

        self.merchant = merchant
        self.tenant: Tenant = Tenant.objects.create(
            slug="cups", name="Cups", email="cups@example.com"
        )

    def shop(self) -> Connection:
        """The shop, by its keys."""
        given = {
            "url": f"{self.merchant.url}/woocommerce",
            "allow_http": True,
            "consumer_key": SHOP.credentials["consumer_key"],
            "consumer_secret": SHOP.credentials["consumer_secret"],
        }
        return self.account("woocommerce", given)

    def books(self, scale: float) -> Connection:
        """Xero, by somebody's consent for the first of the organisations; it remembers
        an answer for as much shorter as its windows are."""
        from integration.contract import registry
        from integration.engine import accounts

        root = f"{self.merchant.url}/xero"
        given = {
            "calls_per_minute": A_MINUTE,
            "calls_per_day": A_DAY,
            **dict.fromkeys(("base_url", "login_url", "identity_url"), root),
        }
        self.merchant.control(
            "xero",
            "set_settings",
            day_limit=A_DAY,
            idempotency_seconds=REMEMBERS / scale,
        )
        connector = registry.connector("xero")
        grant = self._signed_in(connector, given)
        found = accounts.opened(grant, connector, given)
        given["organisation"] = found[0].external_id
        return self.account("xero", given, grant)

    def account(
        self, platform: str, given: dict[str, Any], grant: Grant | None = None
    ) -> Connection:
        """An account at any platform, when its test has passed."""
        from integration.contract import registry
        from integration.engine import connect

        connector = registry.connector(platform)
        settings, secrets = connect.complete(connector, given)
        facts: dict[str, str] = {}
        for finding in connect.probe(connector, settings, secrets, grant):
            assert finding.ok, finding.message
            facts |= finding.facts
        return connect.connect(
            self.tenant, platform, "", settings, secrets, facts, grant
        )

    def _signed_in(self, connector: Connector, given: dict[str, Any]) -> Grant:
        from integration.engine import connect, consent
        from integration.models import App

        keys = {"client_secret": XERO.credentials["client_secret"]}
        app = App(platform="xero", client_id=XERO.credentials["client_id"])
        app.secrets = keys
        app.save()
        settings, _ = connect.complete(connector, given)
        asked = consent.begin(self.tenant, connector, settings)
        page = requests.get(asked.url, allow_redirects=False, timeout=SECONDS)
        back = parse_qs(urlsplit(page.headers["Location"]).query)
        return consent.answer("xero", back["state"][0], back["code"][0])


def lay_routes(shop: Connection, books: Connection, every: int) -> None:
    """Orders become invoices and their payments; the shop is asked often."""
    from integration.models import Route

    lay(shop, books, "order", filters=PAID)
    lay(shop, books, "payment")
    Route.everywhere.update(every=every)


def pair_words(books: Connection) -> None:
    """Say which tax, account and way to pay are meant; wants the lists read."""
    from integration.engine import pairs
    from integration.models import Route

    for route in Route.everywhere.filter(target=books):
        for vocabulary, code in CHOSEN.get(route.writes, {}).items():
            pairs.pair(route, vocabulary, pairs.ANY, code)


class Booked:
    """What the books hold of the shop's sales, counted in Xero's own ledger."""

    def __init__(self, merchant: Merchant) -> None:
        held = merchant.ledger("xero")
        home = held["organisations"][0]["OrganisationID"]
        rows = {
            name: [row for row in held[name] if row["tenant"] == home]
            for name in ("invoices", "contacts", "items", "payments")
        }
        sold = [row for row in rows["invoices"] if row["Type"] == "ACCREC"]
        self.invoices = Counter(row["InvoiceNumber"] for row in sold)
        self.totals = {row["InvoiceNumber"]: _number(row["Total"]) for row in sold}
        self.paid = {row["InvoiceNumber"] for row in sold if row["Status"] == "PAID"}
        self.contacts = Counter(
            row["EmailAddress"].lower() for row in rows["contacts"] if _mail(row)
        )
        self.items = Counter(row["Code"] for row in rows["items"])
        self.payments = Counter(
            row["Invoice"]["InvoiceNumber"] for row in rows["payments"]
        )
        self.over_budget = held["over_budget"]
        self.duplicated = held["duplicated"][home]
        self.refreshes = held["tokens"]["refreshes"] + held["tokens"]["reused"]


def sold_for(merchant: Merchant) -> dict[str, Decimal]:
    """What the shop took for each of its orders, by number."""
    rows = merchant.ledger("woocommerce")["orders"]
    return {str(row["number"]): _number(row["total"]) for row in rows}


def _mail(row: dict[str, Any]) -> bool:
    return bool(row.get("EmailAddress")) and row["ContactStatus"] == "ACTIVE"


def _number(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
