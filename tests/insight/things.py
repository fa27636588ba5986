"""Items as two platforms show them, made straight in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from integration.canonical.catalog import Level, Price, Product, Stock, Variant
from integration.canonical.codec import encode, fingerprint
from integration.canonical.kinds import Kind
from integration.canonical.record import Record as Canonical
from integration.canonical.values import Money, Ref
from integration.models import (
    Connection,
    Delivery,
    Link,
    MatchKey,
    Record,
    Route,
    Sighting,
)
from integration.models.record import normalised
from tests.admin.rows import Rows


@dataclass
class Thing:
    """A product with its only variant."""

    product: Record
    variant: Record


class Things:
    """A merchant's items: a back office is the master, a shop is filled."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.tenant, self.back, self.shop = rows.tenant, rows.back, rows.shop
        self.stock = self.route("stock")
        self.price = self.route("price")

    def route(self, kind: str, **rules: Any) -> Route:
        """A route of this kind from the back office to the shop."""
        return Route.everywhere.create(
            tenant=self.tenant,
            kind=kind,
            source=self.back,
            target=self.shop,
            **rules,
        )

    def thing(
        self,
        sku: str,
        title: str = "Tee red M",
        *,
        here: str = "7",
        there: str | None = "7",
        price: str = "199.00",
        seen_at: datetime | None = None,
    ) -> Thing:
        """One product; `here` and `there` are its stock, `there` None: not linked."""
        product = self.record("product", title)
        variant = self.record("variant", sku, product)
        places = [(self.back, f"b-{sku}", here)]
        if there is not None:
            places.append((self.shop, f"s-{sku}", there))
        for connection, external_id, stock in places:
            self.show(connection, product, variant, external_id, sku, stock, price)
            self.seen(connection, external_id, seen_at)
        return Thing(product, variant)

    def record(self, kind: str, label: str, parent: Record | None = None) -> Record:
        """A bare record."""
        return Record.everywhere.create(
            tenant=self.tenant, kind=kind, label=label, parent=parent
        )

    def show(
        self,
        connection: Connection,
        product: Record,
        variant: Record,
        external_id: str,
        sku: str,
        stock: str,
        price: str,
    ) -> None:
        """A connection shows the product with its stock and price."""
        part = Variant(external_id=external_id, sku=sku)
        whole = Product(external_id=external_id, title=product.label, variants=(part,))
        of = Ref(Kind.VARIANT, external_id)
        levels = (Level(available=Decimal(stock)),)
        money = Money(Decimal(price), "EUR")
        self.link(connection, product, whole)
        self.link(
            connection,
            variant,
            Stock(external_id=external_id, variant=of, levels=levels),
        )
        self.link(
            connection, variant, Price(external_id=external_id, variant=of, money=money)
        )
        Link.everywhere.create(
            tenant=self.tenant,
            connection=connection,
            kind="variant",
            external_id=external_id,
            record=variant,
        )
        for record, kind in ((product, "product"), (variant, "variant")):
            MatchKey.everywhere.create(
                tenant=self.tenant,
                connection=connection,
                record=record,
                kind=kind,
                name="sku",
                value=normalised(sku),
            )

    def link(self, connection: Connection, record: Record, thing: Canonical) -> Link:
        """What a connection says of a record."""
        return Link.everywhere.create(
            tenant=self.tenant,
            connection=connection,
            kind=thing.kind,
            external_id=thing.external_id,
            record=record,
            data=encode(thing),
            digest=fingerprint(thing),
        )

    def seen(
        self, connection: Connection, external_id: str, at: datetime | None = None
    ) -> None:
        """When it was last seen there."""
        Sighting.everywhere.create(
            tenant=self.tenant,
            connection=connection,
            stream="products",
            external_id=external_id,
            raw_digest=b"0" * 16,
            seen_at=at or timezone.now(),
        )

    def owe(self, record: Record, route: Route | None = None, **more: Any) -> Delivery:
        """A write of it is owed."""
        route = route or self.rows.route
        return self.rows.deliveries(
            **{
                "record": record,
                "route": route,
                "kind": route.kind,
                "run": None,
                "frozen": None,
                "message": "",
                **more,
            }
        )
