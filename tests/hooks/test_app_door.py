"""The door of an app: whose key a call is proved with, and whom its events are for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integration.hooks import inbox
from integration.models import App, Connection, Health, WebhookEvent
from tests.hooks.test_door import fill_up
from tests.little import Little
from tests.platforms.little import SIGNATURE, signature

KEY = "the-app-s-webhook-key"
AT = "/hooks/app/little/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def app(little: Little) -> App:
    return little.app(webhook_key=KEY)


def connection(little: Little, account: str, slug: str = "acme") -> Connection:
    return Connection.everywhere.create(
        tenant=little.tenant(slug), platform="little", account=account, label=account
    )


def told(*events: tuple[str, str]) -> bytes:
    return json.dumps({"events": events}).encode()


def call(client: Client, body: bytes, key: str = KEY, **more: Any) -> HttpResponse:
    headers = {SIGNATURE: signature(key, body), **more.pop("headers", {})}
    at = more.pop("at", AT)
    return client.post(at, body, "application/json", headers=headers, **more)


def stored() -> list[tuple[str, list[str]]]:
    rows = WebhookEvent.everywhere.order_by("pk")
    return list(rows.values_list("connection__account", "ids"))


def test_each_event_is_stored_for_every_connection_of_its_account(
    client: Client, little: Little, app: App
) -> None:
    mine, theirs = (connection(little, "a-1", slug) for slug in ("acme", "beta"))
    connection(little, "b-2")
    answer = call(client, told(("a-1", "7"), ("b-2", "8")))
    assert answer.status_code == 200
    assert sorted(stored()) == [("a-1", ["7"]), ("a-1", ["7"]), ("b-2", ["8"])]
    event = WebhookEvent.everywhere.get(connection=theirs)
    assert event.tenant == theirs.tenant != mine.tenant
    assert (event.stream, event.topic, event.signed) == ("things", "thing", True)
    event.check_tenant()


def test_the_answer_is_empty_and_sets_no_cookie(
    little: Little, app: App, client: Client
) -> None:
    connection(little, "a-1")
    strict = Client(enforce_csrf_checks=True)
    for key, status in ((KEY, 200), ("another", 401)):
        answer = call(strict, told(("a-1", "7")), key)
        assert (answer.status_code, answer.content) == (status, b"")
        assert not answer.cookies


def test_a_forged_call_stores_nothing(client: Client, little: Little, app: App) -> None:
    connection(little, "a-1")
    body = told(("a-1", "7"))
    assert call(client, body, "another").status_code == 401
    right = signature(KEY, body)
    flipped = body.replace(b"7", b"8")
    answer = call(client, flipped, headers={SIGNATURE: right})
    assert answer.status_code == 401
    assert stored() == []


def test_a_call_without_events_tells_by_its_status_whether_the_key_is_right(
    client: Client, app: App
) -> None:
    assert call(client, told()).status_code == 200
    assert call(client, told(), "another").status_code == 401
    assert stored() == []


def test_any_app_of_the_platform_may_have_signed(
    client: Client, little: Little, app: App
) -> None:
    App.objects.create(
        platform="little", client_id="newer", secrets={"webhook_key": "newer-key"}
    )
    connection(little, "a-1")
    for number, key in enumerate((KEY, "newer-key")):
        assert call(client, told(("a-1", str(number))), key).status_code == 200
    assert len(stored()) == 2


def test_a_greeting_is_answered_and_not_stored(client: Client, app: App) -> None:
    answer = client.get(f"{AT}?word=hello")
    assert (answer.status_code, answer.content) == (200, b"hello")
    assert client.get(AT).status_code == 405
    assert stored() == []


def test_where_no_app_is_registered_there_is_no_door(
    client: Client, little: Little
) -> None:
    for platform in ("little", "woocommerce", "nothing"):
        answer = call(client, told(), at=f"/hooks/app/{platform}/")
        assert answer.status_code == 404


def test_an_account_nobody_connected_or_left_is_no_reason_to_complain(
    client: Client, little: Little, app: App
) -> None:
    left = connection(little, "left")
    left.health = Health.DISCONNECTED
    left.save()
    off = connection(little, "off", "beta")
    off.tenant.active = False
    off.tenant.save()
    Connection.everywhere.create(
        tenant=little.tenant(), platform="crystal", account="a-1", label="Other"
    )
    events = [(account, "7") for account in ("left", "off", "a-1", "")]
    assert call(client, told(*events)).status_code == 200
    assert stored() == []


def test_the_same_call_twice_is_one_event_of_each_account(
    client: Client, little: Little, app: App
) -> None:
    for slug in ("acme", "beta"):
        connection(little, "a-1", slug)
    for _ in range(3):
        call(client, told(("a-1", "7")))
    repeats = WebhookEvent.everywhere.values_list("repeats", flat=True)
    assert list(repeats) == [2, 2]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"not json", b'{"events": 7}', b'{"events": [["a"]]}', b"\xff"]
)
def test_a_signed_call_that_makes_no_sense_is_400(
    client: Client, app: App, body: bytes
) -> None:
    assert call(client, body).status_code == 400


@pytest.mark.parametrize("event", [("a-1\x00", "7"), ("a-1", "7\x00")])
def test_what_no_database_can_hold_is_refused(
    client: Client, little: Little, app: App, event: tuple[str, str]
) -> None:
    connection(little, "a-1")
    assert call(client, told(event)).status_code == 400
    assert stored() == []


def test_too_large_a_body_is_413(client: Client, app: App) -> None:
    assert call(client, b"x" * 1_000_001).status_code == 413


def test_more_than_waits_already_must_come_later(
    client: Client, little: Little, app: App
) -> None:
    connection(little, "a-1")
    empty = connection(little, "b-2")
    call(client, told(("a-1", "7")))
    fill_up(WebhookEvent.everywhere.get())
    with time_machine.travel(datetime.now(UTC) + inbox.ROOM_LASTS):
        answer = call(client, told(("b-2", "8"), ("a-1", "7")))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    assert not WebhookEvent.everywhere.filter(connection=empty).exists()


def test_a_call_for_many_is_a_few_looks_and_one_insert_each(
    client: Client, little: Little, app: App
) -> None:
    for number in range(5):
        connection(little, f"a-{number}")
    body = told(*[(f"a-{number}", "7") for number in range(5)])
    with CaptureQueriesContext(database) as captured:
        assert call(client, body).status_code == 200
    said = [query["sql"].split()[0] for query in captured.captured_queries]
    assert said.count("INSERT") == 5
    assert said[:2] == ["SELECT", "SELECT"]


def test_the_address_of_a_connection_may_go_on_and_is_looked_at_too(
    client: Client, little: Little
) -> None:
    mine = connection(little, "a-1")
    at = f"/hooks/{mine.pk}/{mine.hook_token}/"
    assert client.get(f"{at}items").status_code == 200
    assert client.post(f"{at}items", b"<xml/>", "text/xml").status_code == 200
    assert client.get(at).status_code == 200
    rows = WebhookEvent.everywhere.order_by("pk").values_list("stream", "signed")
    assert list(rows) == [("items", False), ("items", False), ("any", False)]
    assert client.get(f"/hooks/{mine.pk}/wrong/items").status_code == 404
    assert client.head(f"{at}items").status_code == 405
    assert client.put(f"{at}items").status_code == 405
