"""The pages of connections: what they say, what they change, and who may."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.models import CallBudget, CallUsage, Connection, Health, Link, Run
from synclog.models import AuditEvent, SyncError
from tests.admin.rows import CANARY, HOSTILE, Rows
from tests.little import Little, little
from tests.people import sign_in
from tests.road import Road

__all__ = ["little"]

At = Callable[..., str]


def words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text))


def seen(client: Client, at: str) -> str:
    answer = client.get(at)
    assert answer.status_code == 200, answer.content
    text = answer.content.decode()
    assert CANARY not in text
    assert HOSTILE not in text
    return words(answer)


def test_the_list_says_how_each_is_and_what_comes_next(
    rows: Rows, looker: Client, at: At
) -> None:
    Connection.everywhere.filter(pk=rows.shop.pk).update(
        health=Health.NEEDS_REAUTH, problem="The key was refused."
    )
    rows.connection("crystal", "www.back")
    rows.connection("woocommerce", "idle")
    # The day begins with its first hour.
    first = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    CallUsage.everywhere.create(
        tenant=rows.tenant, connection=rows.shop, hour=first, calls=17
    )
    CallBudget.objects.create(
        platform="crystal",
        account=rows.back.account,
        window=86_400_000,
        allowed=1000,
        slots=[[timezone.now().timestamp() - 60, 950]],
    )
    told = seen(looker, at("connections"))
    assert "Needs new credentials" in told
    assert "The key was refused." in told
    assert "what waits is kept" in told
    assert "17 today" in told
    assert "950 / 1,000" in told
    # Its list was never read, and that is not fine.
    assert "1 list was not read when it was due." in told
    assert "Late" in told
    assert "Nothing flows through it yet" in told
    assert "The same place is connected twice" in told
    for word in ("Connect a platform", "Reconnect", "Throw away"):
        assert word not in told


def test_the_list_costs_as_many_queries_for_many_as_for_few(
    rows: Rows, looker: Client, at: At
) -> None:
    def counted() -> int:
        with CaptureQueriesContext(
            database,
        ) as queries:
            looker.get(at("connections"))
        return len(queries)

    few = counted()
    for number in range(12):
        rows.connection("crystal", f"more{number}")
        rows.routes()
    assert counted() == few


def test_one_shows_lists_routes_calls_facts_and_settings_without_secrets(
    rows: Rows, looker: Client, at: At
) -> None:
    told = seen(looker, at("connections_show", rows.back.pk))
    for part in ("products", "Late", "Products: back", "EUR", "Organisation"):
        assert part in told
    assert "API key" not in told
    assert "New credentials" not in told
    assert "Test now" not in told


def test_a_connection_of_another_merchant_is_not_there(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    from integration.models import Tenant

    theirs = Connection.everywhere.create(
        tenant=Tenant.objects.create(slug="beta", name="Beta"),
        platform="crystal",
        account="beta",
        label="Beta's own",
    )
    names = ("show", "settings", "credentials", "disconnect")
    wizard = ("resume", "answers", "account", "test", "data", "ready", "csv", "first")
    for name in (*names, *(f"new_{each}" for each in wizard), "new_drop"):
        assert shop_owner.get(at(f"connections_{name}", theirs.pk)).status_code == 404
    for name in ("test", "webhooks", "sign_in", "new_read"):
        assert shop_owner.post(at(f"connections_{name}", theirs.pk)).status_code == 404
    assert shop_owner.post(at("connections_do", theirs.pk, "pause")).status_code == 404


def test_a_viewer_changes_nothing_and_nothing_changes_by_looking(
    rows: Rows, looker: Client, shop_owner: Client, at: At
) -> None:
    pk = rows.shop.pk
    posts = [at(f"connections_{name}", pk) for name in ("test", "webhooks", "sign_in")]
    posts.append(at("connections_do", pk, "pause"))
    for address in posts:
        assert looker.post(address).status_code == 403
        assert shop_owner.get(address).status_code == 405
    for name in ("settings", "credentials", "disconnect"):
        assert looker.get(at(f"connections_{name}", pk)).status_code == 403


def test_pause_resume_and_clear_are_audited_with_who_did_it(
    rows: Rows, shop_owner: Client, at: At
) -> None:
    pk = rows.shop.pk
    shop_owner.post(at("connections_do", pk, "pause"))
    rows.shop.refresh_from_db()
    assert rows.shop.health == Health.PAUSED
    shop_owner.post(at("connections_do", pk, "resume"))
    Connection.everywhere.filter(pk=pk).update(
        health=Health.TROUBLE,
        circuit_failures=7,
        circuit_until=timezone.now() + timedelta(minutes=9),
    )
    told = seen(shop_owner, at("connections_show", pk))
    assert "7 failures in a row" in told
    shop_owner.post(at("connections_do", pk, "clear"))
    rows.shop.refresh_from_db()
    assert (rows.shop.health, rows.shop.circuit_until) == (Health.HEALTHY, None)
    made = AuditEvent.everywhere.values_list("verb", "user__username")
    assert list(made.order_by("pk")) == [
        ("paused", "owner"),
        ("resumed", "owner"),
        ("resumed", "owner"),
    ]
    # What refuses our keys is not mended by a button.
    Connection.everywhere.filter(pk=pk).update(health=Health.NEEDS_REAUTH)
    for deed in ("resume", "clear"):
        shop_owner.post(at("connections_do", pk, deed))
    rows.shop.refresh_from_db()
    assert rows.shop.health == Health.NEEDS_REAUTH
    assert shop_owner.post(at("connections_do", pk, "explode")).status_code == 404


@pytest.fixture
def merchant(rows: Rows, road: Road) -> Connection:
    """The merchant's sandboxed shop."""
    rows.shop.delete()
    rows.shop = road.connect_shop(rows.tenant)
    return rows.shop


def form_of(client: Client, at: str) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    page = client.get(at).content.decode()
    given = dict(
        re.findall(r'<input type="(?:text|number)" name="(\w+)" value="([^"]*)"', page)
    )
    given |= {
        name: "on"
        for name in re.findall(
            r'<input type="checkbox" name="(\w+)"[^>]* checked', page
        )
    }
    given |= dict(
        re.findall(
            r'<select name="(\w+)".*?<option value="([^"]*)" selected', page, re.S
        )
    )
    return {name: html.unescape(value) for name, value in given.items()}


def test_settings_are_checked_and_another_account_is_refused(
    merchant: Connection, shop_owner: Client, at: At
) -> None:
    address = at("connections_settings", merchant.pk)
    given = form_of(shop_owner, address)
    assert given["url"] == merchant.settings["url"]
    other = shop_owner.post(address, {**given, "url": "https://other.example.com"})
    assert other.status_code == 422
    assert "another account" in words(other)
    bad = shop_owner.post(address, {**given, "calls_per_minute": "many"})
    assert bad.status_code == 422
    changed = {"label": "Renamed", "calls_per_minute": "90", "rotate_items": "25"}
    assert shop_owner.post(address, {**given, **changed}).status_code == 302
    merchant.refresh_from_db()
    assert (merchant.label, merchant.rotate_items) == ("Renamed", 25)
    assert merchant.settings["calls_per_minute"] == 90
    assert merchant.settings["allow_http"] is True
    assert merchant.secrets["consumer_key"]
    event = AuditEvent.everywhere.filter(verb="connection_changed").get()
    assert event.after["calls_per_minute"] == 90
    assert event.user is not None


def test_new_keys_are_tested_before_they_replace_the_old_ones(
    merchant: Connection, road: Road, shop_owner: Client, at: At, rows: Rows
) -> None:
    link = rows.records().links.get()
    Connection.everywhere.filter(pk=merchant.pk).update(health=Health.NEEDS_REAUTH)
    address = at("connections_credentials", merchant.pk)
    good = dict(road.front.credentials)
    wrong = shop_owner.post(address, {**good, "consumer_secret": "cs_wrong_0815"})
    assert "Nothing was replaced." in words(wrong)
    assert "cs_wrong_0815" not in wrong.content.decode()
    merchant.refresh_from_db()
    assert merchant.health == Health.NEEDS_REAUTH
    assert merchant.secrets["consumer_secret"] == good["consumer_secret"]
    token = merchant.secrets["webhook_secret"]
    assert shop_owner.post(address, good).status_code == 302
    merchant.refresh_from_db()
    assert merchant.health == Health.HEALTHY
    assert merchant.secrets["webhook_secret"] == token
    assert Link.everywhere.get(pk=link.pk).external_id == link.external_id
    event = AuditEvent.everywhere.get(verb="secrets_replaced")
    assert event.after == {"names": sorted(good)}


def test_credentials_ask_who_it_is_again(
    rows: Rows, person: Callable[..., Client], at: At
) -> None:
    stale = person("owner", confirmed=False)
    for address in (
        at("connections_credentials", rows.shop.pk),
        at("connections_disconnect", rows.shop.pk),
        at("connections_new_keys", "woocommerce"),
    ):
        assert "reauthenticate" in stale.get(address)["Location"]
    form = {"consumer_key": "ck_1", "consumer_secret": "cs_1"}
    stale.post(at("connections_credentials", rows.shop.pk), form)
    rows.shop.refresh_from_db()
    assert rows.shop.secrets["consumer_secret"] == CANARY


def test_the_test_and_the_webhooks_are_asked_for_now(
    merchant: Connection, road: Road, shop_owner: Client, at: At, rows: Rows
) -> None:
    tested = shop_owner.post(at("connections_test", merchant.pk))
    assert "The key may write." in words(tested)
    partial = shop_owner.post(
        at("connections_test", merchant.pk), headers={"HX-Request": "true"}
    )
    assert "<html" not in partial.content.decode()
    from integration.engine import routes

    routes.add(rows.tenant, "order", merchant, rows.back)
    shop_owner.post(at("connections_webhooks", merchant.pk))
    assert road.front.ledger("webhooks")
    merchant.refresh_from_db()
    assert merchant.webhooks_checked_at is not None
    road.front.fault("status", "webhooks", status=500, times=-1)
    told = shop_owner.post(at("connections_webhooks", merchant.pk), follow=True)
    assert "alert-danger" in told.content.decode()


def test_disconnecting_says_what_goes_cleans_up_and_keeps_the_links(
    merchant: Connection, road: Road, shop_owner: Client, at: At, rows: Rows
) -> None:
    from integration.engine import connect, routes

    routes.add(rows.tenant, "order", merchant, rows.back)
    connect.sync_webhooks(merchant)
    rows.records()
    SyncError.everywhere.create(
        tenant=rows.tenant,
        connection=merchant,
        kind="product",
        code="x",
        message="m",
        first_at=timezone.now(),
        last_at=timezone.now(),
        group="g",
    )
    address = at("connections_disconnect", merchant.pk)
    asked = seen(shop_owner, address)
    assert "its webhooks on the platform" in asked
    assert "1 route stands still." in asked
    assert road.front.ledger("webhooks")
    told = shop_owner.post(address, follow=True)
    assert "is disconnected" in words(told)
    merchant.refresh_from_db()
    assert (merchant.health, merchant.secrets) == (Health.DISCONNECTED, {})
    assert road.front.ledger("webhooks") == []
    assert not SyncError.everywhere.filter(connection=merchant).exists()
    assert Link.everywhere.filter(connection=merchant).exists()
    assert AuditEvent.everywhere.filter(verb="left", user__isnull=False).exists()
    assert "1 disconnected" in seen(shop_owner, at("connections"))


def test_what_could_not_be_cleaned_up_is_told(
    merchant: Connection, road: Road, shop_owner: Client, at: At
) -> None:
    road.front.fault("status", "webhooks", status=500, times=-1)
    address = at("connections_disconnect", merchant.pk)
    told = words(shop_owner.post(address, follow=True))
    assert "something is left to be cleaned up" in told
    assert "webhooks could not be removed" in told


def test_a_new_sign_in_keeps_the_connection_and_another_account_s_is_refused(
    db: None, little: Little, client: Client
) -> None:
    from django.contrib.auth.models import User
    from django.urls import reverse

    from integration.models import Consent, Member

    connection = little.connect(little.grant())
    user = User.objects.create_user("ada", "ada@example.com", "correct horse")
    Member.objects.create(tenant=little.tenant(), user=user, role="admin")
    sign_in(client, user, second_factor=False, confirmed=True)
    where = [connection.tenant.slug, connection.pk]
    leave = client.post(reverse("dashboard:connections_sign_in", args=where))
    url = re.search(r'href="(http[^"]+authorize\?[^"]+)"', leave.content.decode())
    assert url
    answer = little.visit(html.unescape(url.group(1)), client)
    back = re.search(r'href="([^"]+)"', answer.content.decode())
    assert back
    address = reverse("dashboard:connections_credentials", args=where)
    assert html.unescape(back.group(1)).startswith(address)
    given = {"consent": str(Consent.everywhere.latest("pk").uid)}
    little.identity.opened[:] = [{"id": "b-2", "name": "Somebody else"}]
    refused = client.post(address, given)
    assert "opens: Somebody else" in words(refused)
    little.identity.opened[:] = [{"id": "a-1", "name": "Acme"}]
    former = connection.grant_id
    assert client.post(address, given).status_code == 302
    connection.refresh_from_db()
    assert connection.grant_id != former
    assert AuditEvent.everywhere.filter(verb="signed in again", user=user).exists()


def test_a_full_sync_under_way_is_said(rows: Rows, looker: Client, at: At) -> None:
    run = rows.runs()
    now = timezone.now()
    Run.everywhere.filter(pk=run.pk).update(
        stream="products", state="done", ended_at=now
    )
    other = rows.runs()
    Run.everywhere.filter(pk=other.pk).update(
        stream="products", state="running", everything=True, read=612
    )
    told = seen(looker, at("connections"))
    assert "612 rows so far" in told
