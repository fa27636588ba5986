"""Webhooks: a nudge in the background, sometimes lost and sometimes doubled."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.connectors.galaxy.sandbox.caller import Caller


class Receiver:
    """Takes calls in and remembers method, path and body."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, bytes]] = []
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                got.append((self.command, self.path, self.rfile.read(length)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - the library's name

            def log_message(self, *details: object) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.02,), daemon=True
        )
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def settled(galaxy: Caller) -> None:
    """Wait until every call that was to be made has been made."""
    while galaxy.ledger()["webhooks_waiting"]:
        time.sleep(0.02)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_change_rings_in_the_way_that_was_asked(
    galaxy: Caller, receiver: Receiver, method: str
) -> None:
    url = f"{receiver.url}/hooks/items"
    galaxy.control("webhook", url=url, method=method, body={"anything": [1]})
    galaxy.control("change_item", code="SH-0001", Description="Άλλο")
    settled(galaxy)
    ((came, path, body),) = receiver.got
    assert (came, path) == (method, "/hooks/items")
    assert method == "GET" or json.loads(body) == {"anything": [1]}
    assert [ring["outcome"] for ring in galaxy.ledger()["webhooks"]] == ["200"]


def test_a_hook_of_one_list_hears_of_no_other(
    galaxy: Caller, receiver: Receiver
) -> None:
    for name in ("itembalances", "items"):
        galaxy.control("webhook", url=f"{receiver.url}/{name}", list=name)
    galaxy.control("change_balance", code="SH-0010", balance=1)
    settled(galaxy)
    assert [path for _, path, _ in receiver.got] == ["/itembalances"]


@pytest.mark.parametrize(("mode", "rings"), [("lost", 0), ("twice", 2)])
def test_rings_may_be_lost_or_doubled(
    galaxy: Caller, receiver: Receiver, mode: str, rings: int
) -> None:
    galaxy.control("webhook", url=receiver.url, mode=mode)
    galaxy.control("change_item", code="SH-0001", Description="Άλλο")
    settled(galaxy)
    assert len(receiver.got) == rings


def test_a_reader_rings_nothing(galaxy: Caller, receiver: Receiver) -> None:
    galaxy.control("webhook", url=receiver.url)
    galaxy.rows("items")
    galaxy.control("deactivate_item", code="SH-0001")
    settled(galaxy)
    assert receiver.got == []


def test_nobody_at_the_other_end_is_noted_and_forgotten(galaxy: Caller) -> None:
    galaxy.control("webhook", url="http://127.0.0.1:1/hook")
    galaxy.control("change_item", code="SH-0001", Description="Άλλο")
    settled(galaxy)
    assert [ring["outcome"] for ring in galaxy.ledger()["webhooks"]] == ["0"]


@pytest.mark.parametrize("hook", [{"url": "ftp://x"}, {"mode": "late"}])
def test_a_hook_that_makes_no_sense_is_refused(
    galaxy: Caller, hook: dict[str, str]
) -> None:
    assert galaxy.refused("webhook", **hook) == 400
