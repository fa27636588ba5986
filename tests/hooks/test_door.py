"""The webhook door: who is let in, what is stored, and what is answered when."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection as database
from django.http import HttpResponse
from django.test import Client

from connectors.woocommerce.webhooks import signature
from integration.engine import inbox as engine_inbox
from integration.engine import steer, turned_away
from integration.hooks import inbox
from integration.models import Connection, WebhookEvent
from tests.road import Merchant, Road

BODY = b'{"id": 7,  "status": "processing"}\n'


@pytest.fixture
def merchant(road: Road) -> Merchant:
    return road.merchant()


def address(connection: Connection) -> str:
    return f"/hooks/{connection.pk}/{connection.hook_token}/"


def call(
    client: Client,
    connection: Connection,
    body: bytes = BODY,
    *,
    signed: str | None = None,
    topic: str = "order.updated",
    **more: Any,
) -> HttpResponse:
    """What the shop sends: `signed` in place of the right signature."""
    right = signature(connection.secrets["webhook_secret"], body).decode()
    headers = {
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Signature": right if signed is None else signed,
    }
    kept = {name: value for name, value in headers.items() if value}
    return client.post(
        more.pop("at", address(connection)),
        body,
        "application/json",
        headers={**kept, **more.pop("headers", {})},
        **more,
    )


def fill_up(event: WebhookEvent) -> None:
    """As many as may wait are like this one."""
    fields = WebhookEvent._meta.concrete_fields
    columns = ", ".join(f'"{f.column}"' for f in fields if not f.primary_key)
    with database.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO integration_webhookevent ({columns}) "  # noqa: S608
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
            f"WHERE i <= {inbox.MOST_WAITING}) "
            f"SELECT {columns} FROM n, integration_webhookevent WHERE id = %s",
            [event.pk],
        )


def events() -> list[WebhookEvent]:
    """What was taken in; a mark of what was turned away is no event."""
    taken = WebhookEvent.everywhere.exclude(turned_away.MARKED)
    return list(taken.order_by("pk"))


def turned() -> list[WebhookEvent]:
    return list(WebhookEvent.everywhere.filter(turned_away.MARKED))


def test_a_signed_call_is_stored_as_it_came_before_it_is_answered(
    client: Client, merchant: Merchant
) -> None:
    assert call(client, merchant.shop).status_code == 200
    (event,) = events()
    assert bytes(event.body or b"") == BODY
    assert (event.stream, event.ids, event.signed) == ("orders", ["7"], True)
    assert event.state == "received"
    assert event.tenant == merchant.tenant
    kept = {name.lower(): value for name, value in event.headers.items()}
    assert kept["x-wc-webhook-topic"] == "order.updated"


def test_every_byte_of_the_body_counts(client: Client, merchant: Merchant) -> None:
    right = signature(merchant.shop.secrets["webhook_secret"], BODY).decode()
    rewritten = json.dumps(json.loads(BODY)).encode()
    assert json.loads(rewritten) == json.loads(BODY)
    assert call(client, merchant.shop, rewritten, signed=right).status_code == 401
    flipped = BODY.replace(b"7", b"8")
    assert call(client, merchant.shop, flipped, signed=right).status_code == 401
    assert events() == []


@pytest.mark.parametrize("signed", ["", "AAAA", "x" * 5000, "ÿ"])
def test_a_forged_or_missing_signature_is_401(
    client: Client, merchant: Merchant, signed: str
) -> None:
    assert call(client, merchant.shop, signed=signed).status_code == 401
    assert events() == []
    assert all(not mark.body and not mark.headers for mark in turned())


def test_a_signature_under_another_merchant_s_secret_is_401(
    client: Client, road: Road, merchant: Merchant
) -> None:
    other = road.merchant("other")
    theirs = signature(other.shop.secrets["webhook_secret"], BODY).decode()
    assert call(client, merchant.shop, signed=theirs).status_code == 401


def test_an_unknown_address_or_token_is_404(client: Client, merchant: Merchant) -> None:
    shop = merchant.shop
    unknown = (
        f"/hooks/{shop.pk}/{shop.hook_token}x/",
        f"/hooks/{shop.pk}/{'é' * 32}/",
        f"/hooks/{shop.pk + 9999}/{shop.hook_token}/",
        f"/hooks/{merchant.crystal.pk}/{shop.hook_token}/",
        f"/hooks/{10**30}/{shop.hook_token}/",
    )
    for at in unknown:
        assert call(client, shop, at=at).status_code == 404, at
    assert events() == []


def test_a_platform_that_never_calls_has_no_door(
    client: Client, merchant: Merchant
) -> None:
    at = address(merchant.crystal)
    assert call(client, merchant.shop, at=at).status_code == 404


def test_a_merchant_switched_off_has_no_door(
    client: Client, merchant: Merchant
) -> None:
    merchant.tenant.active = False
    merchant.tenant.save()
    assert call(client, merchant.shop).status_code == 404


def test_too_large_a_body_is_413_whatever_its_length_claims(
    client: Client, merchant: Merchant
) -> None:
    large = b'{"id": 7, "note": "' + b"x" * 1_000_000 + b'"}'
    assert call(client, merchant.shop, large).status_code == 413
    assert events() == []


def test_a_length_that_is_no_number_is_no_fault_of_ours(
    client: Client, merchant: Merchant
) -> None:
    answer = call(client, merchant.shop, headers={"Content-Length": "many"})
    assert 400 <= answer.status_code < 500


def test_the_ping_of_a_new_webhook_is_answered_and_not_stored(
    client: Client, merchant: Merchant
) -> None:
    form = "application/x-www-form-urlencoded"
    answer = client.post(address(merchant.shop), b"webhook_id=4", form)
    assert answer.status_code == 200
    assert events() == []


def test_only_a_post_comes_in(client: Client, merchant: Merchant) -> None:
    for method in ("get", "put", "delete", "patch", "head"):
        answer = getattr(client, method)(address(merchant.shop))
        assert answer.status_code == 405, method


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"not json", b'{"no": "id"}', b'"7"', b"\xff\xfe", b"{}" * 9]
)
def test_a_signed_call_that_names_nothing_is_accepted_or_refused_never_a_fault(
    client: Client, merchant: Merchant, body: bytes
) -> None:
    assert call(client, merchant.shop, body).status_code in (200, 400)
    assert events() == []


def test_an_id_no_database_can_hold_is_refused(
    client: Client, merchant: Merchant
) -> None:
    hostile = b'{"id": "7\\u0000"}'
    answer = call(client, merchant.shop, hostile)
    assert answer.status_code in (200, 400)
    assert all("\x00" not in each for event in events() for each in event.ids)


def test_the_same_call_twice_before_anybody_looked_is_one_event(
    client: Client, merchant: Merchant
) -> None:
    for _ in range(3):
        assert call(client, merchant.shop).status_code == 200
    assert [event.repeats for event in events()] == [2]


def test_other_news_of_the_same_thing_is_another_event(
    client: Client, merchant: Merchant
) -> None:
    call(client, merchant.shop)
    call(client, merchant.shop, b'{"id": 7, "status": "completed"}')
    call(client, merchant.shop, topic="order.created")
    assert [event.repeats for event in events()] == [0, 0, 0]


def test_the_same_call_after_the_first_was_acted_on_acts_again(
    client: Client, merchant: Merchant
) -> None:
    call(client, merchant.shop)
    assert engine_inbox.act() == 1
    call(client, merchant.shop)
    assert [event.state for event in events()] == ["triggered", "received"]


def test_the_same_call_much_later_is_another_event(
    client: Client, road: Road, merchant: Merchant
) -> None:
    call(client, merchant.shop)
    road.pass_time(minutes=11)
    call(client, merchant.shop)
    assert [event.repeats for event in events()] == [0, 0]


def test_an_inbox_that_overflows_asks_the_shop_to_come_again(
    client: Client, road: Road, merchant: Merchant
) -> None:
    call(client, merchant.shop)
    (event,) = events()
    fill_up(event)
    before = WebhookEvent.everywhere.count()
    road.pass_time(seconds=inbox.ROOM_LASTS.total_seconds())
    answer = call(client, merchant.shop, b'{"id": 8}')
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    assert WebhookEvent.everywhere.count() == before


def test_a_replayed_call_reads_anew_and_doubles_nothing(
    client: Client, road: Road
) -> None:
    merchant = road.in_step()
    order = road.buy(road.goods()[0]["id"])
    body = json.dumps({"id": order["id"]}).encode()
    call(client, merchant.shop, body)
    road.settle()
    (event,) = events()
    assert event.state == "processed"
    road.forget()
    assert steer.replay(WebhookEvent.everywhere.all()) == 1
    road.settle()
    event.refresh_from_db()
    assert event.state == "processed"
    assert len(road.front.calls("orders")) == 1
    assert len(road.sold()) == 1


def test_no_secret_is_kept_with_a_call(client: Client, merchant: Merchant) -> None:
    headers = {"Authorization": "Bearer canary-7f3a", "X-Api-Key": "canary-7f3a"}
    call(client, merchant.shop, headers=headers)
    (event,) = events()
    assert "canary-7f3a" not in json.dumps(event.headers)
