"""The demonstration's merchants: connected exactly as `connect` and `route` would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.engine import connect, routes
from integration.models import Connection, Grant, Health, Policy, Tenant

PRODUCT_KINDS = (Kind.CATEGORY, Kind.PRODUCT, Kind.STOCK, Kind.PRICE)
# Which orders are worth sending: those somebody has paid.
PAID = {"order_status.word": ["processing", "completed"]}
# Seconds between two looks: orders soon, so that the lost webhook is found while you
# watch; products only when the demonstration asks.
ORDERS_EVERY = 20
PRODUCTS_EVERY = 86_400


class NotConnected(RuntimeError):
    """A stage of the connection test failed."""


def make() -> Tenant:
    """The first merchant, of whom nothing is known yet."""
    return Tenant.objects.create(
        slug="demo", name="Demo merchant", email="merchant@example.com"
    )


def account(
    tenant: Tenant,
    platform: str,
    label: str,
    given: Mapping[str, Any],
    grant: Grant | None = None,
) -> Connection:
    """Test and store one account; NotConnected says which stage failed."""
    connector = registry.connector(platform)
    settings, kept = connect.complete(connector, dict(given))
    facts: dict[str, str] = {}
    for finding in connect.probe(connector, settings, kept, grant):
        if not finding.ok:
            raise NotConnected(f"{label}: {finding.message} {finding.hint}")
        facts.update(finding.facts)
    return connect.connect(tenant, platform, label, settings, kept, facts, grant)


def route_all(tenant: Tenant, crystal: Connection, shop: Connection) -> None:
    """Products, stock and prices to the shop; paid orders back."""
    for kind in PRODUCT_KINDS:
        routes.add(tenant, kind, crystal, shop, every=PRODUCTS_EVERY)
    routes.add(
        tenant,
        Kind.ORDER,
        shop,
        crystal,
        policy=Policy.CREATE_ONLY,
        filters=PAID,
        every=ORDERS_EVERY,
    )


def leave() -> list[str]:
    """Disconnect all that the demonstration connected: what it registered on a platform
    goes, and consents are given back. What could not be cleaned up is told."""
    connections = Connection.everywhere.exclude(health=Health.DISCONNECTED)
    told = [(each, connect.disconnect(each)) for each in connections.order_by("pk")]
    return [f"{each.label}: {left}" for each, left in told if left]
