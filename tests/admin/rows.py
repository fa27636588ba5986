"""Makes rows of every model the staff admin shows, with names nobody should trust."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.utils import timezone

from integration.models import (
    App,
    CallBudget,
    CallUsage,
    Connection,
    Consent,
    Cursor,
    Delivery,
    Grant,
    Lease,
    Link,
    Lookup,
    MatchKey,
    Member,
    Override,
    Plan,
    Record,
    Route,
    Run,
    RunTarget,
    Sighting,
    Tenant,
    WebhookEvent,
    WorkerBeat,
)
from synclog.models import AuditEvent, ErrorGroup, Notice, SyncError, SyncLog
from synclog.models.error import group_key
from tests.admin.face_rows import BODY, CANARY, FACES, HOSTILE, FaceRows

__all__ = ["BODY", "CANARY", "HOSTILE", "MAKERS", "Rows"]


class Rows(FaceRows):
    """One merchant with two accounts and a route; more rows on demand."""

    def __init__(self) -> None:
        self.tenant = Tenant.objects.create(slug="acme", name=f"Acme {HOSTILE}")
        self.shop = self.connection("woocommerce", "shop")
        self.back = self.connection("crystal", "back")
        self.route = Route.everywhere.create(
            tenant=self.tenant, kind="product", source=self.back, target=self.shop
        )
        self._count = 0

    def next(self) -> int:
        """A number that was not used yet."""
        self._count += 1
        return self._count

    def connection(self, platform: str, account: str) -> Connection:
        """An account on a platform, with secrets."""
        return Connection.everywhere.create(
            tenant=self.tenant,
            platform=platform,
            account=f"{account}.example.com",
            label=f"{account} {HOSTILE}",
            settings={
                "url": f"https://user:{CANARY}@{account}.example.com",
                "note": HOSTILE,
            },
            secrets={"consumer_secret": CANARY, "webhook_secret": CANARY},
            hook_token=f"{CANARY}-{account}",
            facts={"currency": "EUR", "name": HOSTILE},
        )

    def tenants(self) -> Tenant:
        number = self.next()
        return Tenant.objects.create(slug=f"t{number}", name=f"T {number} {HOSTILE}")

    def connections(self) -> Connection:
        return self.connection("woocommerce", f"shop{self.next()}")

    def apps(self) -> App:
        return App.objects.create(
            platform="xero",
            client_id=f"{HOSTILE[:30]} {self.next()}",
            secrets={"client_secret": CANARY, "webhook_key": CANARY},
        )

    def grants(self) -> Grant:
        return Grant.everywhere.create(
            tenant=self.tenant,
            platform="xero",
            app=self.apps(),
            secrets={"access": CANARY, "refresh": CANARY},
            scopes=HOSTILE,
        )

    def consents(self) -> Consent:
        return Consent.everywhere.create(
            tenant=self.tenant,
            platform="xero",
            app=self.apps(),
            state=f"{CANARY}-{self.next()}",
            secrets={"verifier": CANARY},
            label=HOSTILE,
            grant=self.grants(),
        )

    def plans(self) -> Plan:
        return Plan.objects.create(name=f"{HOSTILE[:30]} {self.next()}")

    def users(self) -> User:
        return User.objects.create_user(f"user{self.next()}")

    def groups(self) -> Group:
        return Group.objects.create(name=f"{HOSTILE} {self.next()}")

    def members(self) -> Member:
        return Member.objects.create(
            tenant=self.tenant, user=self.users(), role="operator"
        )

    def routes(self) -> Route:
        source = self.connection("crystal", f"back{self.next()}")
        return Route.everywhere.create(
            tenant=self.tenant, kind="product", source=source, target=self.shop
        )

    def overrides(self) -> Override:
        return Override.everywhere.create(
            tenant=self.tenant,
            connection=self.back,
            kind="product",
            direction="read",
            field=f"field{self.next()}",
            path="name",
        )

    def cursors(self) -> Cursor:
        return Cursor.everywhere.create(
            tenant=self.tenant, connection=self.back, stream=f"list{self.next()}"
        )

    def leases(self) -> Lease:
        return Lease.objects.create(
            connection=self.connections(), owner=HOSTILE, until=timezone.now()
        )

    def beats(self) -> WorkerBeat:
        return WorkerBeat.objects.create(
            cluster=f"weft/{self.next()}", host="here", beat_at=timezone.now()
        )

    def records(self) -> Record:
        number = self.next()
        record = Record.everywhere.create(
            tenant=self.tenant, kind="product", label=f"Mug {number} {HOSTILE}"
        )
        self.keys(record)
        self.links(record)
        return record

    def links(self, record: Record | None = None) -> Link:
        return Link.everywhere.create(
            tenant=self.tenant,
            connection=self.shop,
            kind="product",
            external_id=f"id{self.next()}{HOSTILE}",
            record=record or self._record(),
            data=BODY,
            handles={"https://pictures.example.com/1.png": HOSTILE},
        )

    def keys(self, record: Record | None = None) -> MatchKey:
        return MatchKey.everywhere.create(
            tenant=self.tenant,
            connection=self.back,
            kind="product",
            name="sku",
            value=f"mug-{self.next()}",
            record=record or self._record(),
        )

    def sightings(self) -> Sighting:
        return Sighting.everywhere.create(
            tenant=self.tenant,
            connection=self.shop,
            stream="products",
            external_id=f"{HOSTILE}{self.next()}",
            raw_digest=b"0" * 16,
            body=zlib.compress(BODY),
            seen_at=timezone.now(),
        )

    def lookups(self) -> Lookup:
        return Lookup.everywhere.create(
            tenant=self.tenant,
            connection=self.shop,
            table="accounts",
            external_id=f"{HOSTILE}{self.next()}",
            code=HOSTILE,
            label=HOSTILE,
            data={"note": HOSTILE, "api_token": CANARY},
            seen_at=timezone.now(),
        )

    def runs(self) -> Run:
        number = self.next()
        return Run.everywhere.create(
            tenant=self.tenant,
            connection=self.back,
            stream="<script>alert(1)</script>",
            selection={"type": "Changed", "since": None},
            selection_key=str(number),
            cause="manual",
            message=HOSTILE,
        )

    def targets(self) -> RunTarget:
        return RunTarget.everywhere.create(
            tenant=self.tenant, run=self.runs(), route=self.route, owed=3
        )

    def deliveries(self, **more: Any) -> Delivery:
        return Delivery.everywhere.create(
            **{
                "tenant": self.tenant,
                "route": self.route,
                "record": self._record(),
                "kind": "product",
                "run": self.runs(),
                "message": HOSTILE,
                "frozen": BODY,
                **more,
            }
        )

    def events(self) -> WebhookEvent:
        return WebhookEvent.everywhere.create(
            tenant=self.tenant,
            connection=self.shop,
            stream="orders",
            ids=[HOSTILE],
            topic=HOSTILE,
            fingerprint=str(self.next()),
            body=BODY,
            headers={"x-token": CANARY, "x-source": HOSTILE},
        )

    def budgets(self) -> CallBudget:
        return CallBudget.objects.create(
            platform="woocommerce",
            account=f"shop{self.next()}.example.com",
            window=1000,
            allowed=10,
            slots=[[1.0, 2], [2.0, 3]],
        )

    def usages(self) -> CallUsage:
        return CallUsage.everywhere.create(
            tenant=self.tenant,
            connection=self.shop,
            route=self.route,
            hour=timezone.now() - timedelta(minutes=self.next()),
            calls=7,
        )

    def errors(self, **more: Any) -> SyncError:
        now = timezone.now()
        values = {
            "tenant": self.tenant,
            "connection": self.shop,
            "kind": "product",
            "external_id": str(self.next()),
            "label": f"Mug {HOSTILE}",
            "record": self._record(),
            "run": self.runs(),
            "code": "refused",
            "field": "images",
            "message": HOSTILE,
            "hint": HOSTILE,
            "first_at": now,
            "last_at": now,
        }
        group = group_key(self.shop.pk, "product", "refused", "images")
        return SyncError.everywhere.create(**{**values, "group": group, **more})

    def error_groups(self) -> ErrorGroup:
        return ErrorGroup.everywhere.create(
            tenant=self.tenant, connection=self.shop, key=str(self.next()), code="bad"
        )

    def logs(self) -> SyncLog:
        return SyncLog.everywhere.create(
            tenant=self.tenant, connection=self.connections(), data_type="product"
        )

    def notices(self) -> Notice:
        return Notice.everywhere.create(
            tenant=self.tenant,
            episode=str(self.next()),
            template="problems",
            subject=HOSTILE,
            context={"name": HOSTILE, "token": CANARY},
            to=["ann@example.com"],
        )

    def audits(self) -> AuditEvent:
        return AuditEvent.everywhere.create(
            tenant=self.tenant,
            actor=HOSTILE,
            verb="retried",
            subject=HOSTILE,
            before={"password": CANARY},
            after={"name": HOSTILE},
        )

    def _record(self) -> Record:
        return Record.everywhere.create(
            tenant=self.tenant, kind="product", label=f"Cup {self.next()} {HOSTILE}"
        )


MAKERS: dict[type[Model], Callable[[Rows], Model]] = {
    AuditEvent: Rows.audits,
    CallBudget: Rows.budgets,
    CallUsage: Rows.usages,
    Connection: Rows.connections,
    Cursor: Rows.cursors,
    Delivery: Rows.deliveries,
    ErrorGroup: Rows.error_groups,
    Group: Rows.groups,
    Lease: Rows.leases,
    Link: Rows.links,
    App: Rows.apps,
    Grant: Rows.grants,
    Consent: Rows.consents,
    Lookup: Rows.lookups,
    MatchKey: Rows.keys,
    Member: Rows.members,
    Notice: Rows.notices,
    Override: Rows.overrides,
    Plan: Rows.plans,
    Record: Rows.records,
    Route: Rows.routes,
    Run: Rows.runs,
    RunTarget: Rows.targets,
    Sighting: Rows.sightings,
    SyncError: Rows.errors,
    SyncLog: Rows.logs,
    Tenant: Rows.tenants,
    User: Rows.users,
    WebhookEvent: Rows.events,
    WorkerBeat: Rows.beats,
    **FACES,
}
