"""The second merchant's accounts: a shop, Galaxy, and Xero by a person's sign-in."""

from __future__ import annotations

from typing import Any

from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.demo import browser, merchant, people
from integration.demo.buyers import Buyers
from integration.demo.merchant import ORDERS_EVERY, PAID, PRODUCT_KINDS, PRODUCTS_EVERY
from integration.demo.outside import Galaxy, Sandbox, Shop, Xero
from integration.demo.progress import Teller
from integration.demo.trade import Trade
from integration.engine import accounts, consent, grants, routes
from integration.models import App, Connection, Grant, Policy, Tenant

Json = Any
EMAIL = "second@example.com"
# All three platforms of this merchant keep their money in it.
CURRENCY, COUNTRY, TAX_RATE = "GBP", "GB", 20
# The organisation of Xero's sandbox that keeps its books in that currency.
ORGANISATION = "GB"
# Seconds for which Galaxy has taken a customer and does not show it.
HIDDEN_FOR = 2


def cast(teller: Teller, sandbox: Sandbox) -> Trade:
    """Set the platforms up, connect them for a new merchant and lay the routes."""
    teller.title("A second merchant: Galaxy, a shop of its own, and the books in Xero")
    _set_up(sandbox)
    told = sandbox.ask("", "")
    tenant = Tenant.objects.create(slug="second", name="Second merchant", email=EMAIL)
    people.owns(tenant)
    keys = told["woocommerce"]["credentials"]
    shop = _shop(tenant, told["woocommerce"]["base_url"], keys)
    galaxy = _galaxy(tenant, told["galaxy"])
    books = _books(teller, tenant, told["xero"])
    for kind in PRODUCT_KINDS:
        routes.add(tenant, kind, galaxy, shop, every=PRODUCTS_EVERY)
    sales = {"filters": PAID, "every": ORDERS_EVERY}
    routes.add(tenant, Kind.ORDER, shop, galaxy, policy=Policy.CREATE_ONLY, **sales)
    front = Shop(shop.settings["url"], keys["consumer_key"], keys["consumer_secret"])
    return Trade(
        teller=teller,
        sandbox=sandbox,
        galaxy=Galaxy(sandbox, told["galaxy"]["credentials"]),
        shop=front,
        buyers=Buyers(front),
        xero=Xero(sandbox, books.settings["organisation"]),
        tenant=tenant,
        source=galaxy,
        target=shop,
        books=books,
        invoices=routes.add(tenant, Kind.ORDER, shop, books, **sales),
        payments=routes.add(tenant, Kind.PAYMENT, shop, books, every=ORDERS_EVERY),
        refunds=routes.add(tenant, Kind.REFUND, shop, books, every=ORDERS_EVERY),
        email=EMAIL,
    )


def _set_up(sandbox: Sandbox) -> None:
    """What the platforms' owners had set before anybody heard of Weft."""
    taxes = {"tax_rate": TAX_RATE, "prices_include_tax": True}
    place = {"currency": CURRENCY, "country": COUNTRY}
    sandbox.ask("woocommerce", "settings", {**place, **taxes})
    sandbox.ask(
        "galaxy",
        "set_settings",
        {"customer_seconds": HIDDEN_FOR, "entries_readable": True},
    )
    sandbox.ask("xero", "consent", {"organisations": [ORGANISATION]})


def _shop(tenant: Tenant, url: str, keys: Json) -> Connection:
    given = {"url": url, **keys, "allow_http": True}
    return merchant.account(tenant, "woocommerce", "The second shop", given)


def _galaxy(tenant: Tenant, told: Json) -> Connection:
    keys = told["credentials"]
    given = {
        "base_url": told["base_url"],
        **{name: keys[name] for name in ("username", "password", "web_scenario")},
        "allow_http": True,
        "currency": CURRENCY,
        "order_lookup": True,
    }
    return merchant.account(tenant, "galaxy", "Galaxy", given)


def _books(teller: Teller, tenant: Tenant, told: Json) -> Connection:
    """A person signs in at Xero, chooses the organisation, and it is connected."""
    connector = registry.connector("xero")
    keys = told["credentials"]
    App.objects.create(
        platform="xero",
        client_id=keys["client_id"],
        secrets={"client_secret": keys["client_secret"]},
    )
    given = dict.fromkeys(("base_url", "login_url", "identity_url"), told["base_url"])
    asked = consent.begin(tenant, connector, dict(given), "Xero")
    teller.say(f"Xero is signed in to at {asked.url.partition('?')[0]}")
    browser.allow(asked.url)
    asked.consent.refresh_from_db()
    grant = asked.consent.grant
    assert isinstance(grant, Grant)  # noqa: S101  the page said so
    chosen = accounts.opened(grant, connector, dict(given))[0]
    teller.say(f"The sign-in opened the books of {chosen.name}.")
    setting = grants.oauth_of(connector).setting
    return merchant.account(
        tenant, "xero", "Xero", {**given, setting: chosen.external_id}, grant
    )
