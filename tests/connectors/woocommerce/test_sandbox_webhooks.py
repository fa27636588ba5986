"""Webhooks: signed, sent once in the background, and sometimes not at all."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest
import requests
from woocommerce import API

from integration.sandbox.server import SandboxServer

SECRET = "s3cret"


class Got(NamedTuple):
    headers: dict[str, str]
    body: bytes

    @property
    def topic(self) -> str:
        return self.headers.get("x-wc-webhook-topic", "ping")

    @property
    def thing(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """Takes deliveries in and answers each with `status`."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.status = 200
        self.open = threading.Event()
        self.open.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Got(headers, body))
                receiver.open.wait(50)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *details: object) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(
            target=self.server.serve_forever, args=(0.02,), daemon=True
        ).start()

    def events(self) -> list[Got]:
        return [got for got in self.got if got.topic != "ping"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def register(api: API, receiver: Receiver, topic: str) -> int:
    body = {"topic": topic, "delivery_url": receiver.url, "secret": SECRET}
    answer = api.post("webhooks", body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.01)


def misbehave(server: SandboxServer, **body: Any) -> None:
    control = f"{server.url}/_control/woocommerce/webhooks"
    assert requests.post(control, json=body, timeout=60).ok


def settled(server: SandboxServer) -> None:
    """Wait until nothing waits to be sent."""
    control = f"{server.url}/_control/woocommerce/deliveries"
    wait(lambda: requests.post(control, timeout=60).json()["waiting"] == 0)


def test_a_new_webhook_is_pinged_without_a_signature(
    api: API, receiver: Receiver
) -> None:
    number = register(api, receiver, "order.created")
    wait(lambda: bool(receiver.got))
    ping = receiver.got[0]
    assert ping.body == f"webhook_id={number}".encode()
    assert ping.headers["content-type"] == "application/x-www-form-urlencoded"
    assert not [name for name in ping.headers if name.startswith("x-wc-")]


def test_a_delivery_is_signed_and_says_what_the_api_says(
    api: API, receiver: Receiver
) -> None:
    number = register(api, receiver, "order.created")
    made = api.post("orders", {"set_paid": True}).json()
    wait(lambda: bool(receiver.events()))
    got = receiver.events()[0]
    mine = base64.b64encode(hmac.digest(SECRET.encode(), got.body, "sha256"))
    assert got.headers["x-wc-webhook-signature"] == mine.decode()
    assert got.headers["x-wc-webhook-id"] == str(number)
    assert got.headers["x-wc-webhook-resource"] == "order"
    assert got.headers["x-wc-webhook-event"] == "created"
    assert got.headers["x-wc-webhook-source"] == f"{api.url}/"
    assert "Hookshot" in got.headers["user-agent"]
    assert got.thing == api.get(f"orders/{made['id']}").json()


def test_two_deliveries_of_one_second_share_their_id(
    api: API, receiver: Receiver
) -> None:
    register(api, receiver, "order.created")
    for _ in range(12):
        api.post("orders", {"status": "processing"})
    wait(lambda: len(receiver.events()) == 12)
    ids = {got.headers["x-wc-webhook-delivery-id"] for got in receiver.events()}
    assert len(ids) < 12


def test_topics_of_products_and_customers(api: API, receiver: Receiver) -> None:
    for topic in ("product.created", "product.updated", "product.deleted"):
        register(api, receiver, topic)
    register(api, receiver, "customer.created")
    made = api.post("products", {"name": "Mug"}).json()
    wait(lambda: len(receiver.events()) == 1)
    api.put(f"products/{made['id']}", {"name": "Cup"})
    wait(lambda: len(receiver.events()) == 2)
    api.delete(f"products/{made['id']}")
    wait(lambda: len(receiver.events()) == 3)
    api.delete(f"products/{made['id']}", params={"force": True})
    api.post("customers", {"email": "ann@example.com"})
    wait(lambda: len(receiver.events()) == 4)
    assert [got.topic for got in receiver.events()] == [
        "product.created",
        "product.updated",
        "product.deleted",
        "customer.created",
    ]
    assert receiver.events()[2].thing == {"id": made["id"]}


def test_an_order_changes_stock_and_that_tells_of_the_product(
    api: API, receiver: Receiver
) -> None:
    register(api, receiver, "product.updated")
    body = {"manage_stock": True, "stock_quantity": 5, "regular_price": "1"}
    mug = api.post("products", body).json()["id"]
    api.post("orders", {"set_paid": True, "line_items": [{"product_id": mug}]})
    wait(lambda: bool(receiver.events()))
    assert receiver.events()[0].thing["stock_quantity"] == 4


def test_a_trashed_order_looks_like_a_trashed_product(
    api: API, receiver: Receiver
) -> None:
    register(api, receiver, "product.deleted")
    made = api.post("orders", {"status": "processing"}).json()
    api.delete(f"orders/{made['id']}")
    wait(lambda: bool(receiver.events()))
    assert receiver.events()[0].thing == {"id": made["id"]}


def test_a_paused_webhook_is_silent_and_what_it_missed_is_gone(
    server: SandboxServer, api: API, receiver: Receiver
) -> None:
    number = register(api, receiver, "order.created")
    api.put(f"webhooks/{number}", {"status": "paused"})
    api.post("orders", {"status": "processing"})
    settled(server)
    api.put(f"webhooks/{number}", {"status": "active"})
    second = api.post("orders", {"status": "processing"}).json()
    wait(lambda: bool(receiver.events()))
    assert [got.thing["id"] for got in receiver.events()] == [second["id"]]


def test_the_seventh_failure_in_a_row_disables(api: API, receiver: Receiver) -> None:
    number = register(api, receiver, "order.created")
    receiver.status = 500
    for count in range(1, 8):
        assert api.get(f"webhooks/{number}").json()["status"] == "active"
        api.post("orders", {"status": "processing"})
        wait(lambda count=count: len(receiver.events()) == count)
    wait(lambda: api.get(f"webhooks/{number}").json()["status"] == "disabled")
    receiver.status = 200
    api.post("orders", {"status": "processing"})
    assert len(receiver.events()) == 7
    assert api.put(f"webhooks/{number}", {"status": "active"}).ok
    api.post("orders", {"status": "processing"})
    wait(lambda: len(receiver.events()) == 8)


def test_lost_and_doubled_deliveries(
    server: SandboxServer, api: API, receiver: Receiver
) -> None:
    register(api, receiver, "order.created")
    misbehave(server, mode="lost", times=1)
    first = api.post("orders", {"status": "processing"}).json()["id"]
    second = api.post("orders", {"status": "processing"}).json()["id"]
    wait(lambda: len(receiver.events()) == 1)
    misbehave(server, mode="twice", times=1)
    third = api.post("orders", {"status": "processing"}).json()["id"]
    wait(lambda: len(receiver.events()) == 3)
    ids = [got.thing["id"] for got in receiver.events()]
    assert first not in ids
    assert ids == [second, third, third]


def test_reordered_and_late_deliveries(
    server: SandboxServer, api: API, receiver: Receiver
) -> None:
    receiver.open.clear()
    register(api, receiver, "order.created")
    wait(lambda: bool(receiver.got))
    # The ping is still on its way when both are told of: the first one waits for the
    # second, and that is there.
    misbehave(server, mode="reordered", times=1)
    first = api.post("orders", {"status": "processing"}).json()["id"]
    second = api.post("orders", {"status": "processing"}).json()["id"]
    receiver.open.set()
    wait(lambda: len(receiver.events()) == 2)
    assert [got.thing["id"] for got in receiver.events()] == [second, first]
    misbehave(server, mode="late", times=1, seconds=5)
    third = api.post("orders", {"status": "processing"}).json()["id"]
    fourth = api.post("orders", {"status": "processing"}).json()["id"]
    wait(lambda: len(receiver.events()) == 4)
    late = [got.thing["id"] for got in receiver.events()[2:]]
    assert late == [fourth, third]


def test_webhooks_are_checked_listed_and_removed_by_force(
    api: API, receiver: Receiver
) -> None:
    bad = api.post("webhooks", {"topic": "x.y", "delivery_url": receiver.url})
    assert bad.json()["code"] == "woocommerce_rest_invalid_topic"
    bad = api.post("webhooks", {"topic": "order.created", "delivery_url": "ftp://x"})
    assert bad.json()["code"] == "woocommerce_rest_invalid_delivery_url"
    number = register(api, receiver, "order.created")
    listed = api.get("webhooks", params={"status": "active"}).json()
    assert [row["id"] for row in listed] == [number]
    assert "secret" not in listed[0]
    assert api.delete(f"webhooks/{number}").status_code == 501
    assert api.delete(f"webhooks/{number}", params={"force": True}).ok
    assert api.get("webhooks").json() == []


def test_a_refund_is_told_as_a_change_of_its_order(
    api: API, receiver: Receiver
) -> None:
    fee = {"name": "Wrap", "total": "9.00"}
    made = api.post("orders", {"set_paid": True, "fee_lines": [fee]}).json()
    register(api, receiver, "order.updated")
    body = {"amount": "4.00", "api_refund": False}
    assert api.post(f"orders/{made['id']}/refunds", body).status_code == 201
    wait(lambda: bool(receiver.events()))
    [told] = receiver.events()
    assert told.topic == "order.updated"
    assert told.thing["id"] == made["id"]
    assert [row["total"] for row in told.thing["refunds"]] == ["-4.00"]


def test_orders_bought_at_once_are_told_of_unless_it_is_done_quietly(
    server: SandboxServer, api: API, receiver: Receiver
) -> None:
    def bought(size: int, **more: bool) -> list[str]:
        control = f"{server.url}/_control/woocommerce/orders"
        body = {"orders": [{"set_paid": True}] * size, **more}
        numbers: list[str] = requests.post(control, json=body, timeout=60).json()[
            "numbers"
        ]
        return numbers

    register(api, receiver, "order.created")
    quiet, loud = bought(3, quiet=True), bought(2)
    wait(lambda: len(receiver.events()) == len(loud))
    settled(server)
    assert [got.thing["number"] for got in receiver.events()] == loud
    there = {row["number"] for row in api.get("orders").json()}
    assert there == {*quiet, *loud}
