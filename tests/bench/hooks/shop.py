"""A shop that answers at once, and remembers when it was first asked for a product."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.bench.products import product


class Shop(ThreadingHTTPServer):
    """The products asked for by id; of every other list nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: dict[str, float] = {}
        self.heard = threading.Condition()

    def note(self, ids: list[str], now: float) -> None:
        """These were asked for."""
        with self.heard:
            for each in ids:
                self.asked.setdefault(each, now)
            self.heard.notify_all()

    def wait_for(self, number: str, seconds: float) -> float | None:
        """When that product was first asked for; None where it was not in time."""
        with self.heard:
            self.heard.wait_for(lambda: number in self.asked, seconds)
            return self.asked.get(number)


class Call(BaseHTTPRequestHandler):
    """One kept connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Shop

    def do_GET(self) -> None:  # noqa: N802  the name http.server looks for
        now = time.perf_counter()
        query = parse_qs(urlsplit(self.path).query)
        ids = [each for each in query.get("include", [""])[0].split(",") if each]
        self.server.note(ids, now)
        told = json.dumps([product(int(each)) for each in ids]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def open_shop() -> Iterator[Shop]:
    """A shop in a thread of this process."""
    shop = Shop()
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    try:
        yield shop
    finally:
        shop.shutdown()
        shop.server_close()
