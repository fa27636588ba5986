"""Every page of the dashboard, asked by somebody it is not for.

The addresses come from the resolver; one whose ids nobody names here fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse

from integration.models import (
    ApiKey,
    Endpoint,
    Invitation,
    Link,
    Member,
    Override,
    Record,
    Role,
    Tenant,
    TenantModel,
)
from synclog.models import AuditEvent, Retry
from tests.admin.rows import CANARY, Rows
from tests.isolation.test_addresses import walk
from tests.people import sign_in

PAGES = {
    pattern.name: route
    for route, pattern in walk(get_resolver())
    if route.startswith("t/<slug:slug>/")
}
# By the part of the name before the first "_", or the whole name: what its ids are.
IDS = {
    "budget": ("route",),
    "connections": ("connection",),
    "connections_do": ("connection", "word:pause"),
    "connections_new_keys": ("word:woocommerce",),
    "errors": ("error",),
    "errors_group": ("group",),
    "errors_retrying": ("retry",),
    "errors_cancel": ("retry",),
    "items": ("record",),
    "items_unlink": ("record", "link"),
    "lookups": ("connection",),
    "orders": ("order",),
    "orders_again": ("order", "delivery"),
    "orders_done": ("order", "delivery"),
    "orders_act": ("order", "delivery", "word:retry"),
    "routes": ("route",),
    "routes_map_back": ("route", "override"),
    "routes_map_field": ("route", "word:write", "word:product"),
    "runs": ("run",),
    "settings_keys_revoke": ("key",),
    "settings_team_withdraw": ("invitation",),
    "settings_team_role": ("member",),
    "settings_team_remove": ("member",),
    "webhooks": ("event",),
    "webhooks_out": ("endpoint",),
    "webhooks_out_event": ("endpoint", "notice"),
    "webhooks_out_resend": ("endpoint", "notice"),
}
# Chosen by words, which name no row: nobody's are there to be found.
WORDS_ALONE = {"connections_new_keys", "errors_group"}


def ids_of(name: str) -> tuple[str, ...]:
    """What a page's address is made of besides the slug; none for a list."""
    wanted = PAGES[name].count("<") - 1
    if not wanted:
        return ()
    tried = [name]
    while "_" in tried[-1]:
        tried.append(tried[-1].rpartition("_")[0])
    for key in tried:
        if len(IDS.get(key, ())) == wanted:
            return IDS[key]
    pytest.fail(f"name the ids of {name}: {PAGES[name]}")


class House:
    """One merchant with a row of everything a page may be about."""

    def __init__(self, rows: Rows) -> None:
        tenant = rows.tenant
        endpoint = Endpoint.everywhere.create(tenant=tenant, url="https://a.example/")
        record, order = rows.records(), rows.records()
        Record.everywhere.filter(pk=order.pk).update(kind="order")
        # What the rows hold there is no record of ours.
        Link.everywhere.filter(tenant=tenant).update(data=None)
        user = User.objects.create_user(f"of-{tenant.slug}")
        self.tenant = tenant
        self.error = rows.errors()
        self.ids: dict[str, Any] = {
            "route": rows.route.pk,
            "connection": rows.shop.pk,
            "error": self.error.pk,
            "group": self.error.group,
            "retry": Retry.everywhere.create(tenant=tenant, total=1).pk,
            "record": record.uid,
            "order": order.uid,
            "link": record.links.first().pk,
            "delivery": rows.deliveries(record=order, kind="order").pk,
            "override": rows.overrides().pk,
            "run": rows.runs().pk,
            "key": ApiKey.everywhere.create(
                tenant=tenant, name="k", prefix=tenant.slug, digest=b"0" * 32
            ).pk,
            "invitation": Invitation.everywhere.create(
                tenant=tenant,
                email="x@example.com",
                digest=tenant.slug.encode() * 4,
                expires_at=self.error.first_at,
            ).pk,
            "member": Member.objects.create(tenant=tenant, user=user).pk,
            "event": rows.events().pk,
            "endpoint": endpoint.pk,
            "notice": rows.notices().pk,
        }

    def address(self, name: str, slug: str | None = None) -> str:
        """A page of this house's, under its own slug or another's."""
        args = [
            each.partition(":")[2] if ":" in each else self.ids[each]
            for each in ids_of(name)
        ]
        return reverse(f"dashboard:{name}", args=[slug or self.tenant.slug, *args])


def rows_of(slug: str) -> Rows:
    """Another merchant with rows like the first's."""
    rows = Rows.__new__(Rows)
    rows._count = 1000
    rows.tenant = Tenant.objects.create(slug=slug, name=slug)
    rows.shop = rows.connection("woocommerce", f"{slug}-shop")
    rows.back = rows.connection("crystal", f"{slug}-back")
    from integration.models import Route

    rows.route = Route.everywhere.create(
        tenant=rows.tenant, kind="product", source=rows.back, target=rows.shop
    )
    return rows


@pytest.fixture
def acme(db: None) -> House:
    return House(Rows())


@pytest.fixture
def beta(acme: House) -> House:
    return House(rows_of("beta"))


def owner_of(house: House, role: str = Role.OWNER, **more: Any) -> Client:
    """Somebody with this role of one merchant's alone, signed in just now."""
    name = f"{role}-{house.tenant.slug}"
    user = User.objects.create_user(name, f"{name}@example.com", "correct horse")
    Member.objects.create(tenant=house.tenant, user=user, role=role)
    client = Client(**more)
    return sign_in(client, user, second_factor=False, confirmed=True)


def stored(house: House) -> dict[str, int]:
    """How many rows of every sort the merchant has."""
    models = (each for each in apps.get_models() if issubclass(each, TenantModel))
    return {
        model.__name__: model.objects.for_tenant(house.tenant).count()
        for model in models
    }


def asked(client: Client, at: str) -> Iterator[tuple[str, Any]]:
    """Both ways a page may be asked."""
    for method in ("get", "post"):
        yield method, getattr(client, method)(at)


def test_every_page_s_ids_are_named_here() -> None:
    assert len(PAGES) > 80
    for name in PAGES:
        ids_of(name)


def test_another_merchant_s_pages_are_not_there(acme: House, beta: House) -> None:
    client, before = owner_of(beta), stored(acme)
    for name in PAGES:
        for method, answer in asked(client, acme.address(name)):
            assert answer.status_code in (404, 405), (method, name)
    assert stored(acme) == before


def test_another_merchant_s_rows_are_not_under_one_s_own_address(
    acme: House, beta: House
) -> None:
    client, before = owner_of(beta), stored(acme)
    seen = 0
    for name in PAGES:
        if not ids_of(name) or name in WORDS_ALONE:
            continue
        at = acme.address(name, slug="beta")
        for method, answer in asked(client, at):
            seen += 1
            assert answer.status_code in (404, 405), (method, name)
    assert seen > 80
    assert stored(acme) == before


def test_nobody_who_is_not_signed_in_sees_a_page(acme: House) -> None:
    for name in PAGES:
        for method, answer in asked(Client(), acme.address(name)):
            if answer.status_code != 405:
                assert answer.status_code == 302, (method, name)
                assert "/account/login/" in answer.headers["Location"], (method, name)


def test_whoever_only_looks_changes_nothing(acme: House) -> None:
    client = owner_of(acme, Role.VIEWER)
    for name in PAGES:
        answer = client.post(acme.address(name))
        assert answer.status_code != 500, name
    assert not AuditEvent.objects.for_tenant(acme.tenant).exists()


def test_looking_at_every_page_changes_nothing_and_shows_no_secret(
    acme: House,
) -> None:
    client, seen = owner_of(acme), 0
    for name in PAGES:
        answer = client.get(acme.address(name))
        assert answer.status_code in (200, 302, 404, 405), (name, answer.status_code)
        if answer.status_code == 200 and not answer.streaming:
            seen += 1
            text = answer.content.decode()
            assert CANARY not in text, name
            assert "<script>alert(1)</script>" not in text, name
            assert "<svg onload" not in text, name
            assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert seen > 50
    assert not AuditEvent.objects.for_tenant(acme.tenant).exists()


def test_a_form_of_another_site_is_refused_everywhere(acme: House) -> None:
    client = owner_of(acme, enforce_csrf_checks=True)
    for name in PAGES:
        answer = client.post(acme.address(name))
        assert answer.status_code in (403, 405), (name, answer.status_code)


def test_an_override_of_another_route_s_source_is_not_removed(
    acme: House, beta: House
) -> None:
    client = owner_of(beta)
    client.post(acme.address("routes_map_back", slug="beta"))
    assert Override.objects.for_tenant(acme.tenant).exists()
