"""The wizard from the first page to the first sync, over the sandboxed platforms."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from connectors.xero.sandbox.identity import CLIENT_ID, CLIENT_SECRET
from integration.models import (
    App,
    Connection,
    Delivery,
    Grant,
    Health,
    Link,
    Member,
    Route,
    Tenant,
)
from integration.sandbox.server import SandboxServer
from synclog.models import AuditEvent
from tests.people import sign_in
from tests.road import Platform, Road

At = Callable[..., str]


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(slug="acme", name="Acme")


def signed_in(tenant: Tenant, role: str) -> Client:
    user = User.objects.create_user(role, f"{role}@example.com", "correct horse")
    Member.objects.create(tenant=tenant, user=user, role=role)
    return sign_in(Client(), user, second_factor=False, confirmed=True)


@pytest.fixture
def ada(tenant: Tenant) -> Client:
    return signed_in(tenant, "admin")


def step(name: str, *args: Any) -> str:
    return reverse(f"dashboard:connections_{name}", args=["acme", *args])


def words(answer: Any) -> str:
    text = html.unescape(answer.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def keys(road: Road, **changed: Any) -> dict[str, Any]:
    """What a person types in for the sandboxed shop."""
    given = {"label": "Main shop", "url": road.front.root, "allow_http": "on"}
    choices = {"backorder_word": "yes", "unpublish_as": "draft"}
    return {**given, **choices, **road.front.credentials, **changed}


def typed(ada: Client, road: Road, **changed: Any) -> Connection:
    """A connection whose keys were typed in."""
    at = step("new_keys", "woocommerce")
    assert ada.post(at, keys(road, **changed)).status_code == 302
    return Connection.everywhere.latest("pk")


def tested(ada: Client, road: Road) -> int:
    """The number of a connection whose keys were tried."""
    pk = typed(ada, road).pk
    ada.post(step("new_test", pk))
    return pk


def test_a_shop_is_connected_and_nothing_is_written_before_the_start(
    ada: Client, road: Road, tenant: Tenant
) -> None:
    road.connect_crystal(tenant)
    goods = road.goods()
    shared = {"name": "Known", "sku": goods[0]["id"].upper()}
    own = {"name": "Own", "sku": "ONLY-HERE"}
    road.front.do("seed", products=[shared, own, {"name": "No key", "sku": ""}])

    assert "WooCommerce" in words(ada.get(step("new")))
    pk = typed(ada, road).pk
    tested = ada.post(step("new_test", pk))
    assert "The key may write." in words(tested)
    connection = Connection.everywhere.get(pk=pk)
    assert connection.health == Health.HEALTHY
    assert connection.account in road.front.root
    road.settle()
    road.forget()

    page = ada.get(step("new_data", pk))
    chosen = re.findall(r'value="([\w-]+)"[^>]* checked', page.content.decode())
    kinds = {key.partition("-")[0] for key in chosen}
    assert kinds == {"category", "product", "stock", "price", "order"}
    assert ada.post(step("new_data", pk), {"routes": chosen}).status_code == 302
    assert not Route.everywhere.filter(enabled=True).exists()

    assert "These lists were never read" in words(ada.get(step("new_ready", pk)))
    ada.post(step("new_read", pk))
    assert "hx-trigger" in ada.get(step("new_ready", pk)).content.decode()
    road.settle()
    answer = ada.get(step("new_ready", pk))
    assert "hx-trigger" not in answer.content.decode()
    told = words(answer)
    assert "1 match by SKU" not in told  # The number stands after its name.
    assert "match by SKU 1" in told
    assert "differ in case only 1" in told
    assert "without a SKU 1 + 0" in told
    assert "A month, to look for changes" in told
    found = b"".join(ada.get(step("new_csv", pk)).streaming_content)
    lines = list(csv.reader(found.decode("utf-8-sig").splitlines()))
    assert lines[1][:3] == ["only here", "Variant", "Main shop"]
    assert any("only-here" in line for line in lines)
    assert not Delivery.everywhere.exists()
    assert road.front.writes() == []
    assert [each for each in road.back.writes() if "token" not in each] == []

    started = ada.post(step("new_first", pk), {"mode": "write"})
    assert "It runs" in words(started)
    road.settle()
    assert not Route.everywhere.filter(enabled=False).exists()
    # The one that was there is linked, its own goods stay, the others came.
    rows = road.front.ledger("products")
    assert len(rows) == len(goods) + 2
    assert "Own" in {row["name"] for row in rows}
    verbs = set(AuditEvent.everywhere.values_list("verb", flat=True))
    assert {"tested", "route_added", "preflight", "first_sync"} <= verbs


def test_link_only_writes_nothing_and_can_be_gone_on_with(
    ada: Client, road: Road, tenant: Tenant
) -> None:
    road.connect_crystal(tenant)
    pk = tested(ada, road)
    page = ada.get(step("new_data", pk)).content.decode()
    chosen = re.findall(r'value="([\w-]+)"[^>]* checked', page)
    ada.post(step("new_data", pk), {"routes": chosen})
    ada.post(step("new_read", pk))
    road.settle()
    road.forget()
    ada.post(step("new_first", pk), {"mode": "link"})
    road.settle()
    assert [each for each in road.front.writes() if "webhooks" not in each] == []
    on = set(Route.everywhere.filter(enabled=True).values_list("kind", "policy"))
    assert on == {("category", "link_only"), ("product", "link_only")}
    assert "only linked so far" in words(ada.get(step("new_first", pk)))
    ada.post(step("new_first", pk), {"mode": "write"})
    road.settle()
    assert len(road.front.ledger("products")) == len(road.goods())


def test_choosing_no_data_is_told_where_it_is_chosen(
    ada: Client, road: Road, tenant: Tenant
) -> None:
    road.connect_crystal(tenant)
    pk = tested(ada, road)
    answer = ada.post(step("new_data", pk), {"routes": []})
    assert answer.status_code == 422
    assert "Tick at least one line" in words(answer)


def test_what_is_wrong_is_said_at_its_field_and_no_secret_comes_back(
    ada: Client, road: Road
) -> None:
    at = step("new_keys", "woocommerce")
    missing = ada.post(at, keys(road, consumer_secret=""))
    assert missing.status_code == 422
    assert "id_consumer_secret_error" in missing.content.decode()
    unfit = ada.post(at, keys(road, url="ftp://shop.example.com"))
    assert unfit.status_code == 422
    assert 'id="id_url_error"' in unfit.content.decode()
    assert not Connection.everywhere.exists()

    wrong = "cs_wrong_secret_0815"
    pk = typed(ada, road, consumer_secret=wrong).pk
    seen = [
        ada.post(step("new_test", pk)),
        ada.get(step("new_answers", pk)),
        ada.get(step("show", pk)),
        ada.post(at, keys(road, consumer_secret=wrong, url="")),
    ]
    assert "Test again" in words(seen[0])
    for page in seen:
        assert wrong not in page.content.decode()
    connection = Connection.everywhere.get(pk=pk)
    assert connection.health == Health.PAUSED
    assert ada.get(step("new_data", pk))["Location"] == step("new_test", pk)

    kept = keys(road, consumer_key="", label="Renamed")
    assert ada.post(step("new_answers", pk), kept).status_code == 302
    assert "All is well" in words(ada.post(step("new_test", pk)))
    connection.refresh_from_db()
    assert connection.label == "Renamed"
    assert connection.secrets["consumer_key"] == road.front.credentials["consumer_key"]


def test_an_inside_address_is_refused_where_none_is_allowed(
    ada: Client, road: Road, settings: Any
) -> None:
    settings.WEFT_ALLOW_LOOPBACK = False
    road.forget()
    pk = typed(ada, road).pk
    assert "Test again" in words(ada.post(step("new_test", pk)))
    assert road.front.calls() == []


def test_a_half_finished_connection_is_found_again_and_thrown_away(
    ada: Client, road: Road, tenant: Tenant
) -> None:
    untested, tested = typed(ada, road), typed(ada, road, label="Other")
    ada.post(step("new_test", tested.pk))
    listed = words(ada.get(reverse("dashboard:connections", args=["acme"])))
    assert "It was never tested" in listed
    assert "Nothing flows through it yet" in listed
    again = ada.get(step("new_resume", untested.pk))
    assert again["Location"] == step("new_test", untested.pk)
    assert ada.get(step("new_resume", tested.pk))["Location"] == step(
        "new_data", tested.pk
    )
    ada.get(step("new_drop", untested.pk))
    assert Connection.everywhere.count() == 2
    for connection in (untested, tested):
        ada.post(step("new_drop", connection.pk))
    left = Connection.everywhere.get()
    assert (left.pk, left.health, left.secrets) == (tested.pk, "disconnected", {})


def test_the_same_account_is_connected_once_and_comes_back_with_its_links(
    ada: Client, road: Road, tenant: Tenant
) -> None:
    first = road.connect_shop(tenant)
    second = typed(ada, road)
    told = words(ada.post(step("new_test", second.pk)))
    assert "it is connected already" in told
    Connection.everywhere.filter(pk=first.pk).update(health=Health.DISCONNECTED)
    ada.post(step("new_test", second.pk))
    back = Connection.everywhere.get()
    assert (back.pk, back.health, back.label) == (first.pk, "healthy", "Main shop")


@pytest.fixture
def xero(sandbox: SandboxServer, settings: Any) -> Platform:
    """Xero, registered with, which sends people back to this machine."""
    settings.WEFT_PUBLIC_URL = "http://127.0.0.1"
    held = {"client_secret": CLIENT_SECRET}
    App.objects.create(platform="xero", client_id=CLIENT_ID, secrets=held)
    platform = Platform(sandbox, "xero")
    platform.do("set_settings", latency=0)
    return platform


def asked_xero(ada: Client, xero: Platform) -> tuple[int, str]:
    """The connection being set up, and where Xero's page sends the browser back."""
    roots = dict.fromkeys(("base_url", "login_url", "identity_url"), xero.root)
    more = {"sign_in": "oauth", "invoice_status": "DRAFT", "amounts": "exclusive"}
    page = ada.post(step("new_keys", "xero"), {"label": "Books", **more, **roots})
    leave = html.unescape(page.content.decode())
    url = re.search(r'href="(https?://[^"]+/authorize\?[^"]+)"', leave)
    assert url, leave
    sent = requests.get(url.group(1), allow_redirects=False, timeout=60)
    back = urlsplit(sent.headers["Location"])
    return Connection.everywhere.latest("pk").pk, f"{back.path}?{back.query}"


def test_xero_is_connected_by_signing_in_and_choosing_the_organisation(
    ada: Client, xero: Platform, tenant: Tenant
) -> None:
    pk, back = asked_xero(ada, xero)
    answer = ada.get(back)
    assert answer.status_code == 200
    at = re.search(r'href="([^"]+)"', answer.content.decode())
    assert at
    choice = ada.get(html.unescape(at.group(1)))
    accounts = re.findall(
        r'name="account"[^>]*value="([^"]+)"', choice.content.decode()
    )
    assert accounts
    consent = re.search(r'name="consent" value="([^"]+)"', choice.content.decode())
    assert consent
    given = {"consent": consent.group(1)}
    stranger = ada.post(step("new_account", pk), {**given, "account": "stranger"})
    assert "Choose one of these" in words(stranger)
    ada.post(step("new_account", pk), {**given, "account": accounts[0]})
    assert "All is well" in words(ada.post(step("new_test", pk)))
    connection = Connection.everywhere.get(pk=pk)
    assert connection.account == accounts[0]
    assert connection.grant == Grant.everywhere.get()
    assert "nothing to exchange it with" in words(ada.get(step("new_data", pk)))


def test_an_answer_in_another_browser_is_refused_and_the_right_one_still_counts(
    ada: Client, xero: Platform, tenant: Tenant
) -> None:
    _pk, back = asked_xero(ada, xero)
    other = signed_in(tenant, "owner")
    for browser in (other, Client()):
        refused = browser.get(back)
        assert refused.status_code == 400
        assert "another browser" in words(refused)
        declined = browser.get(back.replace("code=", "error=access_denied&x="))
        assert declined.status_code == 400
    assert not Grant.everywhere.exists()
    assert ada.get(back).status_code == 200
    assert Grant.everywhere.exists()


def test_a_sign_in_of_another_person_opens_nothing_here(
    ada: Client, xero: Platform, tenant: Tenant
) -> None:
    pk, back = asked_xero(ada, xero)
    ada.get(back)
    at = f"{step('new_account', pk)}?consent="
    from integration.models import Consent

    uid = Consent.everywhere.get().uid
    assert "Nobody has signed in" in words(signed_in(tenant, "owner").get(f"{at}{uid}"))
    assert "Nobody has signed in" in words(ada.get(f"{at}nonsense"))


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_whoever_may_not_configure_opens_no_step(
    tenant: Tenant, role: str, road: Road
) -> None:
    connection = road.connect_shop(tenant)
    client = signed_in(tenant, role)
    names = ("answers", "account", "test", "data", "ready", "csv", "first", "drop")
    addresses = [step(f"new_{name}", connection.pk) for name in names]
    for at in (step("new"), step("new_keys", "woocommerce"), *addresses):
        assert client.get(at).status_code == 403
    assert client.post(step("new_read", connection.pk)).status_code == 403


def test_galaxy_s_scenario_is_chosen_from_its_own_list(
    ada: Client, sandbox: SandboxServer, tenant: Tenant
) -> None:
    galaxy = Platform(sandbox, "galaxy")
    page = ada.get(step("new_keys", "galaxy")).content.decode()
    given = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', page))
    selects = re.findall(r'<select name="(\w+)".*?</select>', page, re.DOTALL)
    first = re.compile(r'<select name="(\w+)".*?<option value="([^"]*)" selected', re.S)
    given |= dict(first.findall(page))
    assert set(selects) <= set(given)
    access = {
        "base_url": galaxy.root,
        "username": galaxy.credentials["username"],
        "password": galaxy.credentials["password"],
        "allow_http": "on",
        "prices_include_tax": "on",
    }
    del given["csrfmiddlewaretoken"]
    answer = ada.post(step("new_keys", "galaxy"), {**given, **access})
    pk = Connection.everywhere.latest("pk").pk
    assert answer["Location"] == step("new_account", pk)
    choice = ada.get(answer["Location"])
    wanted = galaxy.credentials["web_scenario"]
    assert wanted.lower() in choice.content.decode().lower()
    offered = re.findall(r'name="account"[^>]*value="([^"]+)"', choice.content.decode())
    chosen = next(each for each in offered if each.lower() == wanted.lower())
    ada.post(step("new_account", pk), {"account": chosen})
    assert "All is well" in words(ada.post(step("new_test", pk)))
    assert Connection.everywhere.get(pk=pk).account.endswith(f"#{wanted.lower()}")
    assert not Link.everywhere.exists()
