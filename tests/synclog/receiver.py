"""A merchant's own server: keeps what it is sent, and answers what it is told to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from standardwebhooks import Webhook


class Letter(NamedTuple):
    """One call as it came."""

    headers: dict[str, str]
    body: bytes

    def verified(self, secret: str) -> Any:
        """The event, after the library that merchants use has proved it."""
        return Webhook(secret).verify(self.body, self.headers)

    @property
    def event(self) -> Any:
        """The event, unproved."""
        return json.loads(self.body)


class Receiver:
    """What came, in order; `status` and `location` are what is answered next."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.status = 200
        self.location = ""
        self.url = ""

    @property
    def types(self) -> list[str]:
        """The sorts of the events that came."""
        return [letter.event["type"] for letter in self.letters]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            receiver.letters.append(Letter(dict(self.headers), body))
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            words = b"thank you, api_token=abcdef123456"
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, format: str, *args: Any) -> None:
            """Not into the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/weft?key=k3y-of-mine"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
