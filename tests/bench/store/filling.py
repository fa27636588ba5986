"""One merchant: its connections, routes and people; then all its rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone

from integration.engine import api_keys
from integration.models import (
    ApiKey,
    CallBudget,
    Connection,
    Cursor,
    Endpoint,
    Invitation,
    Lookup,
    Member,
    Override,
    Role,
    Route,
    Scope,
    Tenant,
)
from synclog.models import Notice, NoticeState, Retry, SyncLog
from tests.bench.store.size import Size
from tests.people import sign_in


class Store:
    """A merchant with an owner, a key, and whatever pages may be about (`ids`)."""

    def __init__(self, slug: str, size: Size) -> None:
        self.size, self.now = size, timezone.now()
        self.tenant = Tenant.objects.create(slug=slug, name=slug.capitalize())
        self.owner = User.objects.create_user(f"owner-of-{slug}", f"{slug}@example.com")
        self.member = self._member(self.owner, Role.OWNER)
        self.back = self._connection("crystal", "back")
        self.shop = self._connection("woocommerce", "shop")
        self.books = self._connection("xero", "books")
        self.others = [
            self._connection("woocommerce", f"shop{i}") for i in range(size.others)
        ]
        self.products = self._route("product", self.back, self.shop)
        self.orders = self._route("order", self.shop, self.books, as_kind="invoice")
        self._route("customer", self.shop, self.books)
        for kind in ("stock", "price"):
            self._route(kind, self.back, self.shop)
        for other in self.others:
            self._route("order", other, self.books, as_kind="invoice")
            self._route("customer", other, self.books)
        self.ids: dict[str, Any] = {
            "route": self.products.pk,
            "connection": self.shop.pk,
            "member": self.member.pk,
        }

    @property
    def connections(self) -> list[Connection]:
        """All of them."""
        return [self.back, self.shop, self.books, *self.others]

    def ago(self, share: float, days: float) -> datetime:
        """A moment of the last days: 0 is their beginning, 1 is now."""
        return self.now - timedelta(days=days * (1 - share))

    def client(self) -> Client:
        """The owner, signed in just now."""
        return sign_in(Client(), self.owner, second_factor=False, confirmed=True)

    def program(self) -> Client:
        """A program with a key for everything."""
        _, text = api_keys.issue(self.tenant, "Till", list(Scope))
        return Client(headers={"Authorization": f"Bearer {text}"})

    def people(self) -> None:
        """What there is little of: people, keys, endpoints, words, lists, windows."""
        for number in range(self.size.others):
            self._person(number)
        self._addresses()
        for connection in self.connections:
            self._lists(connection)
        retry = Retry.everywhere.create(
            tenant=self.tenant, total=self.size.errors, user=self.owner
        )
        self.ids["retry"] = retry.pk

    def _person(self, number: int) -> None:
        slug = self.tenant.slug
        name = f"{slug}-{number}"
        user = User.objects.create_user(name, f"{name}@example.com")
        member = self._member(user, Role.VIEWER)
        invitation = Invitation.everywhere.create(
            tenant=self.tenant,
            email=f"new-{name}@example.com",
            digest=name.encode(),
            invited_by=user,
            expires_at=self.now + timedelta(days=7),
        )
        key = ApiKey.everywhere.create(
            tenant=self.tenant,
            name=name,
            prefix=name,
            digest=b"0" * 32,
            created_by=user,
        )
        override = Override.everywhere.create(
            tenant=self.tenant,
            connection=self.back,
            kind="product",
            direction="read",
            field=f"field{number}",
            path="name",
        )
        self.ids |= {
            "member": member.pk,
            "invitation": invitation.pk,
            "key": key.pk,
            "override": override.pk,
        }

    def _addresses(self) -> None:
        """Addresses of the merchant's own, with what they were told."""
        for number in range(self.size.others):
            endpoint = Endpoint.everywhere.create(
                tenant=self.tenant, url=f"https://example.com/{number}"
            )
            for each in range(self.size.others):
                notice = Notice.everywhere.create(
                    tenant=self.tenant,
                    endpoint=endpoint,
                    state=NoticeState.SENT,
                    episode=f"{self.tenant.slug}-{number}-{each}",
                    channel="webhook",
                    template="error.opened",
                    subject="error.opened",
                    ended_at=self.now,
                )
            self.ids |= {"endpoint": endpoint.pk, "notice": notice.pk}

    def _lists(self, connection: Connection) -> None:
        same = {"tenant": self.tenant, "connection": connection}
        for stream in ("products", "orders", "customers"):
            Cursor.everywhere.create(**same, stream=stream, asked_at=self.now)
        for kind in ("product", "customer"):
            SyncLog.everywhere.create(**same, data_type=kind, last_full_at=self.now)
        for window in (60_000, 86_400_000):
            CallBudget.objects.create(
                platform=connection.platform,
                account=connection.account,
                window=window,
                allowed=5_000,
            )
        for number in range(self.size.others):
            Lookup.everywhere.create(
                **same,
                table="tax_rates",
                external_id=str(number),
                code=f"T{number}",
                label=f"Rate {number}",
                seen_at=self.now,
            )

    def _member(self, user: User, role: str) -> Member:
        return Member.objects.create(tenant=self.tenant, user=user, role=role)

    def _connection(self, platform: str, name: str) -> Connection:
        account = f"{name}.{self.tenant.slug}.example.com"
        return Connection.everywhere.create(
            tenant=self.tenant,
            platform=platform,
            account=account,
            label=name,
            settings={"url": f"https://{account}"},
            facts={"currency": "EUR"},
        )

    def _route(
        self, kind: str, source: Connection, target: Connection, **more: Any
    ) -> Route:
        return Route.everywhere.create(
            tenant=self.tenant, kind=kind, source=source, target=target, **more
        )


@transaction.atomic
def fill(slug: str, size: Size) -> Store:
    """A merchant of this size; a hundred thousand records take about a minute."""
    from tests.bench.store import goods, traffic, work

    store = Store(slug, size)
    store.people()
    shelf = goods.fill(store)
    traffic.fill(store, work.fill(store, shelf))
    Tenant.objects.filter(pk=store.tenant.pk).update(revision=size.records)
    return store
