"""Receiving the shop's webhooks, and keeping its subscriptions in order."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.woocommerce.webhooks import TOPICS, Webhooks, signature
from integration.contract.messages import Answer, Event, Request, Verdict
from integration.sandbox.server import SandboxServer
from tests.connectors.woocommerce.shop import Shop

SECRET = "s3cret"
URL = "http://127.0.0.1:9/hooks/12/first-token/"
STREAMS = ("products", "orders")
WANTED = {*TOPICS["products"], *TOPICS["orders"]}


@pytest.fixture
def shop(sandbox: SandboxServer) -> Shop:
    return Shop(sandbox)


@pytest.fixture
def webhooks() -> Webhooks:
    return Webhooks({}, {"webhook_secret": SECRET})


def delivery(body: bytes, topic: str = "order.created", **headers: str) -> Request:
    sent = {"X-WC-Webhook-Topic": topic} if topic else {}
    return Request("POST", "/hooks/12/t/", "", {**sent, **headers}, body)


def signed(body: Any, topic: str = "order.created") -> Request:
    raw = json.dumps(body).encode()
    given = signature(SECRET, raw).decode()
    return delivery(raw, topic, **{"X-WC-Webhook-Signature": given})


def hooks(shop: Shop) -> dict[str, dict[str, Any]]:
    """Our webhooks in the shop by topic; each topic once."""
    rows = shop.ledger("webhooks")
    found = {row["topic"]: row for row in rows if row["name"].startswith("Weft: ")}
    assert len(found) == len([row for row in rows if row["name"].startswith("Weft: ")])
    return found


def test_the_ping_of_a_new_webhook_is_answered_without_a_signature(
    webhooks: Webhooks,
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert webhooks.greet(delivery(b"webhook_id=4", "", **form)) == Answer(200)


@pytest.mark.parametrize(
    ("body", "topic"),
    [
        (b"webhook_id=4", "order.created"),
        (b"webhook_id=4&id=7", ""),
        (b'{"id":4}', ""),
        (b"\xff", ""),
        (b"", ""),
    ],
)
def test_nothing_else_passes_for_a_ping(
    webhooks: Webhooks, body: bytes, topic: str
) -> None:
    assert webhooks.greet(delivery(body, topic)) is None


def test_a_good_signature_passes_and_any_other_is_forged(webhooks: Webhooks) -> None:
    good = signed({"id": 7})
    assert webhooks.verify(good) == Verdict.SIGNED
    assert webhooks.verify(good._replace(body=good.body + b" ")) == Verdict.FORGED
    assert webhooks.verify(delivery(good.body)) == Verdict.FORGED
    odd = delivery(good.body, **{"X-WC-Webhook-Signature": "å"})
    assert webhooks.verify(odd) == Verdict.FORGED
    assert Webhooks({}, {}).verify(good) == Verdict.FORGED


def test_a_signature_under_an_empty_secret_is_forged() -> None:
    body = b'{"id":1}'
    made = delivery(body, **{"X-WC-Webhook-Signature": signature("", body).decode()})
    assert Webhooks({}, {}).verify(made) == Verdict.FORGED


@pytest.mark.parametrize(
    ("topic", "body", "event"),
    [
        ("order.updated", {"id": 7, "status": "x"}, ("orders", ("7",))),
        ("order.deleted", {"id": 7}, ("orders", ("7",))),
        ("product.deleted", {"id": 7}, ("products", ("7",))),
        ("product.updated", {"id": 7, "type": "simple"}, ("products", ("7",))),
        (
            "product.updated",
            {"id": 7, "type": "variation", "parent_id": 5},
            ("products", ("5",)),
        ),
        ("customer.created", {"id": 3}, ("customers", ("3",))),
    ],
)
def test_an_event_names_what_to_read_again_and_nothing_more(
    webhooks: Webhooks, topic: str, body: Any, event: tuple[str, tuple[str, ...]]
) -> None:
    stream, ids = event
    found = list(webhooks.events(signed(body, topic)))
    assert found == [Event(stream, ids, "", topic)]


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("coupon.created", b'{"id":1}'),
        ("order.created", b"[1]"),
        ("order.created", b"{}"),
        ("order.created", b"not json"),
        ("", b'{"id":1}'),
    ],
)
def test_what_is_no_event_of_ours_names_nothing(
    webhooks: Webhooks, topic: str, body: bytes
) -> None:
    assert list(webhooks.events(delivery(body, topic))) == []


def test_recorded_deliveries_verify_and_name_their_things(
    webhooks: Webhooks, recorded_exchanges: Path
) -> None:
    path = recorded_exchanges / "woocommerce" / "webhook_deliveries.json"
    pings, named = 0, []
    for row in json.loads(path.read_text()):
        request = Request("POST", "/", "", row["headers"], row["body"].encode())
        if webhooks.greet(request):
            pings += 1
            continue
        assert webhooks.verify(request) == Verdict.SIGNED
        named += [(event.stream, event.ids) for event in webhooks.events(request)]
    assert pings == 4
    assert ("orders", ("99",)) in named
    assert ("orders", ("100",)) in named
    assert ("customers", ("3",)) in named
    assert len(named) == 8


def test_missing_webhooks_are_made_once(shop: Shop, webhooks: Webhooks) -> None:
    client = shop.client()
    webhooks.sync(client, URL, SECRET, STREAMS)
    made = hooks(shop)
    assert set(made) == WANTED
    assert {row["delivery_url"] for row in made.values()} == {URL}
    assert {row["status"] for row in made.values()} == {"active"}
    shop.forget_calls()
    webhooks.sync(client, URL, SECRET, STREAMS)
    assert [call["method"] for call in shop.seen()] == ["GET"]


def test_a_disabled_webhook_is_revived_and_a_paused_one_left(
    shop: Shop, webhooks: Webhooks
) -> None:
    client = shop.client()
    webhooks.sync(client, URL, SECRET, STREAMS)
    made = hooks(shop)
    for topic, status in (("order.created", "disabled"), ("order.updated", "paused")):
        client.send("PUT", f"webhooks/{made[topic]['id']}", {"status": status})
    webhooks.sync(client, URL, SECRET, STREAMS)
    found = hooks(shop)
    assert found["order.created"]["status"] == "active"
    assert found["order.updated"]["status"] == "paused"


def test_webhooks_follow_a_new_token_a_new_address_and_a_new_secret(
    shop: Shop, webhooks: Webhooks
) -> None:
    client = shop.client()
    webhooks.sync(client, URL, SECRET, STREAMS)
    before = {row["id"] for row in hooks(shop).values()}
    for url, secret in (
        ("http://127.0.0.1:9/hooks/12/second-token/", SECRET),
        ("http://127.0.0.1:10/hooks/12/second-token/", SECRET),
        ("http://127.0.0.1:10/hooks/12/second-token/", "an0ther"),
    ):
        webhooks.sync(client, url, secret, STREAMS)
        found = hooks(shop)
        assert {row["id"] for row in found.values()} == before
        assert {row["delivery_url"] for row in found.values()} == {url}


def test_strays_and_doubles_of_ours_go_and_others_stay(
    shop: Shop, webhooks: Webhooks
) -> None:
    client = shop.client()
    webhooks.sync(client, URL, SECRET, STREAMS)
    other = {"topic": "order.created", "secret": "x", "name": "Weft: order.created (x)"}
    theirs = {**other, "delivery_url": "http://127.0.0.1:9/hooks/13/token/"}
    kept = client.send("POST", "webhooks", theirs).json()["id"]
    double = {**other, "delivery_url": URL}
    client.send("POST", "webhooks", double)
    webhooks.sync(client, URL, SECRET, ("orders",))
    rows = shop.ledger("webhooks")
    ours = [row["topic"] for row in rows if row["delivery_url"] == URL]
    assert sorted(ours) == sorted(TOPICS["orders"])
    assert kept in [row["id"] for row in rows]


def test_without_an_address_all_of_ours_are_removed(
    shop: Shop, webhooks: Webhooks
) -> None:
    client = shop.client()
    webhooks.sync(client, URL, SECRET, STREAMS)
    theirs = {"topic": "order.created", "delivery_url": "http://127.0.0.1:9/else"}
    kept = client.send("POST", "webhooks", {**theirs, "secret": "x"}).json()["id"]
    webhooks.sync(client, None, SECRET, STREAMS)
    assert [row["id"] for row in shop.ledger("webhooks")] == [kept]
