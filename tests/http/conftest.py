"""A small server on this machine that answers as told and remembers what it saw."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from integration.http.auth import Auth, NoAuth
from integration.http.client import Http
from integration.http.limits import FreeMeter, Meter
from integration.http.rules import HttpRules

Answer = Callable[[BaseHTTPRequestHandler], None]


class Seen(NamedTuple):
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Answer:
    """An ordinary answer; `Retry_After="1"` becomes the header Retry-After."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return send


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what these tests are about."""


class Listener:
    """The server: `answers` are used up in order, the last one stays."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: list[Answer] = [answer()]
        self.seen: list[Seen] = []
        self.connections = 0
        self.before_body: Callable[[], None] = lambda: None
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def setup(self) -> None:
                listener.connections += 1
                super().setup()

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                listener.before_body()
                listener.seen.append(
                    Seen(
                        self.command,
                        self.path,
                        dict(self.headers),
                        self.rfile.read(length),
                    )
                )
                more = len(listener.answers) > 1
                send = listener.answers.pop(0) if more else listener.answers[0]
                send(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self.server = _Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(
            target=self.server.serve_forever,
            kwargs={"poll_interval": 0.01},
            daemon=True,
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def http(
        self, auth: Auth | None = None, meter: Meter | None = None, **rules: Any
    ) -> Http:
        """A door to this server."""
        return Http(
            base_url=self.url,
            auth=auth or NoAuth(),
            meter=meter or FreeMeter(),
            rules=HttpRules(**{"allow_loopback": True, **rules}),
        )

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """Starts servers, with a TLS context or without, and stops them afterwards."""
    started: list[Listener] = []

    def start(tls: ssl.SSLContext | None = None) -> Listener:
        started.append(Listener(tls))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def listener(listen: Callable[..., Listener]) -> Listener:
    """One server over plain http."""
    return listen()


@pytest.fixture
def say() -> Callable[..., Answer]:
    """How a test tells the server what to answer."""
    return answer


class Counter:
    """A meter that lets all go and keeps what it was asked and told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.told: list[int] = []

    def ask(self, group: str) -> None:
        self.asked.append(group)

    def tell(
        self, group: str, status: int, headers: Mapping[str, str], seconds: float
    ) -> None:
        self.told.append(status)


@pytest.fixture
def counter() -> Counter:
    """A meter to look at afterwards."""
    return Counter()
