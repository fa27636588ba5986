"""Every address there is, asked by somebody it is not for.

The addresses are taken from the resolver; one that no case is written for fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from connectors.woocommerce.webhooks import signature
from integration.engine import connect
from integration.models import Member, Role, TenantModel, WebhookEvent
from tests.people import sign_in
from tests.road import Merchant, Road

OPEN_TO_ALL = {"healthz", "readyz"}
# Opens to a token or to this machine alone, and names no merchant: shown in
# tests/web/test_metrics.py.
BY_TOKEN = {"metrics"}
HOOK = "hooks/<int:connection_id>/<str:token>/"
HOOKS = {HOOK, f"{HOOK}<path:rest>"}
# Shown in tests/hooks/test_app_door.py, tests/oauth/test_callback.py and
# tests/pictures/test_views.py: whose a call, an answer or a picture is follows from
# what it is signed or was asked with.
PROVED = {
    "hooks/app/<slug:platform>/",
    "oauth/<slug:platform>/callback/",
    "pictures/<str:token>/<str:name>",
}
# The pages of the dashboard and the API: tests/isolation/test_merchant_pages.py and
# tests/api/test_isolation.py walk all of them. The others below `api/` describe it.
WALKED = ("t/<slug:slug>/", "api/v1/")
ABOUT_THE_API = {"api/schema/", "api/docs/", "api/", "api/<path:rest>"}
# Shown in tests/dashboard/test_alerts.py: opens to whoever got the mail.
BY_MAIL = {"mute/<str:token>/"}
# Of no merchant: signing in, one's own account and language, and the way to one's
# merchants. What they open is shown in tests/dashboard/test_signing_in.py.
OF_NO_MERCHANT = {"", "language/setlang/"}
OWN = "account/"
# Where people may go who are nobody yet, or wish to be.
SIGN_IN = {"admin/login/", "admin/logout/"}


def walk(resolver: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route, as written, and its pattern."""
    for found in resolver.url_patterns:
        route = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from walk(found, route)
        else:
            yield route, found


ROUTES = dict(walk(get_resolver()))
ADMIN = sorted(route for route in ROUTES if route.startswith("admin/"))


def test_every_address_has_a_case() -> None:
    own = {route for route in ROUTES if route.startswith(OWN)}
    own |= {route for route in ROUTES if route.startswith(WALKED)}
    told = {*PROVED, *BY_TOKEN, *BY_MAIL, *ABOUT_THE_API, *OF_NO_MERCHANT}
    covered = {*HOOKS, *OPEN_TO_ALL, *ADMIN, *told, *own}
    assert set(ROUTES) - covered == set()
    assert len(ADMIN) > 50


@pytest.fixture
def merchants(road: Road) -> tuple[Merchant, Merchant]:
    """Acme, with rows of every sort, and Beta."""
    acme = road.in_step()
    road.buy(road.goods()[0]["id"])
    road.later(hours=2)
    return acme, road.merchant("beta")


def somebody(client: Client, merchant: Merchant, name: str = "ben") -> User:
    """Signed in: an owner of this merchant's, who is not staff."""
    user = User.objects.create_user(name, f"{name}@example.com", "pw")
    Member.objects.create(tenant=merchant.tenant, user=user, role=Role.OWNER)
    client.force_login(user)
    return user


def addresses(route: str) -> Iterator[str]:
    """Real addresses of a route: every id in it stands for a row of Acme's."""
    if "(?P<url>" in route:
        yield "/admin/no/such/page/"
    elif "(?P<app_label>" in route:
        for label in re.search(r"<app_label>([^)]*)", route)[1].split("|"):  # type: ignore[index]
            yield f"/admin/{label}/"
    else:
        yield "/" + re.sub(r"<[^>]*>", lambda _: _row(route), route)


def _row(route: str) -> str:
    """The key of a stored row of the model a route is about."""
    _, label, name = route.split("/")[:3]
    try:
        model = apps.get_model(label, name)
    except LookupError:
        return "1"
    row = model._base_manager.order_by("pk").first()
    return str(row.pk) if row is not None else "1"


def test_staff_pages_are_shut_to_everybody_else(
    client: Client, merchants: tuple[Merchant, Merchant]
) -> None:
    _, beta = merchants
    nobody, owner = Client(), client
    somebody(owner, beta)
    seen = 0
    for route in ADMIN:
        if route in SIGN_IN:
            continue
        for at in addresses(route):
            for who in (nobody, owner):
                for method in ("get", "post"):
                    answer = getattr(who, method)(at)
                    seen += 1
                    assert answer.status_code in (302, 403, 404, 405), (method, at)
                    if answer.status_code == 302:
                        assert "/login/" in answer.headers["Location"], (method, at)
    assert seen > 200


def test_staff_without_a_right_sees_no_merchant_s_rows(
    client: Client, merchants: tuple[Merchant, Merchant]
) -> None:
    user = User.objects.create_user("sue", "sue@example.com", "pw", is_staff=True)
    sign_in(client, user)
    for route in ADMIN:
        if not route.startswith(("admin/integration/", "admin/synclog/")):
            continue
        for at in addresses(route):
            answer = client.get(at)
            assert answer.status_code in (302, 403, 404), at


@pytest.mark.parametrize("route", sorted(OPEN_TO_ALL))
def test_a_probe_tells_nothing_of_anybody(
    client: Client, merchants: tuple[Merchant, Merchant], route: str
) -> None:
    answer = client.get(f"/{route}")
    assert answer.status_code == 200
    words = answer.content.decode().casefold()
    assert all(word not in words for word in ("acme", "beta", "crystal", "commerce"))


def test_one_merchant_s_webhook_with_another_s_token_is_404(
    client: Client, merchants: tuple[Merchant, Merchant]
) -> None:
    acme, beta = (each.shop for each in merchants)
    body = b'{"id": 1}'
    for ours, theirs in ((acme, beta), (beta, acme)):
        for secret in (ours, theirs):
            signed = signature(secret.secrets[connect.HOOK_SECRET], body).decode()
            headers = {
                "X-WC-Webhook-Topic": "order.created",
                "X-WC-Webhook-Signature": signed,
            }
            for rest in ("", "items"):
                at = f"/hooks/{ours.pk}/{theirs.hook_token}/{rest}"
                answer = client.post(at, body, "application/json", headers=headers)
                assert answer.status_code == 404
                assert client.get(at).status_code == 404
    assert not WebhookEvent.everywhere.exists()


def test_two_merchants_on_the_same_platforms_share_no_row(
    road: Road, merchants: tuple[Merchant, Merchant]
) -> None:
    acme, beta = merchants
    road.start(beta)
    owned = 0
    for model in apps.get_models():
        if not issubclass(model, TenantModel):
            continue
        for row in model.everywhere.all():
            owned += 1
            row.check_tenant()
            assert row.tenant_id in (acme.tenant.pk, beta.tenant.pk)
    assert owned > 200
    assert acme.errors() == []


def test_a_merchant_switched_off_is_neither_read_nor_written(
    road: Road, merchants: tuple[Merchant, Merchant]
) -> None:
    acme, beta = merchants
    road.start(beta)
    acme.tenant.active = False
    acme.tenant.save()
    before = len(acme.runs("products")), len(acme.deliveries("product"))
    road.change(road.goods()[0], name="New")
    road.later(days=1)
    after = len(acme.runs("products")), len(acme.deliveries("product"))
    assert after == before
    assert len(beta.deliveries("product", "done")) > 12
