"""Carries the sandboxed platforms over real HTTP, in a thread of this process."""

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from io import BytesIO
from typing import Any

from werkzeug import Request, Response
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from integration.sandbox.control import serve_control
from integration.sandbox.platform import Context, Platform, json_response
from integration.sandbox.stand import Delivery, Stand

CONTROL = "_control"
POLL_SECONDS = 0.02
"""How often the listening thread looks whether it should end."""


class SandboxServer:
    """A server that answers for several platforms at `<url>/<key>/`.

    Port 0 takes a free one. `scale` divides the windows of the platforms' rate limits.
    """

    def __init__(
        self,
        platforms: Sequence[type[Platform]],
        host: str = "127.0.0.1",
        port: int = 0,
        scale: float = 1.0,
    ) -> None:
        self._ended = threading.Event()
        self._http = _HttpServer(host, port, self._serve, self._ended)
        self.url = f"http://{host}:{self._http.port}"
        self._stands = {
            made_by.key: Stand(
                made_by,
                Context(f"{self.url}/{made_by.key}", self.url, scale),
                self._ended,
            )
            for made_by in platforms
        }
        self._thread = threading.Thread(
            target=self._http.serve_forever,
            args=(POLL_SECONDS,),
            name="sandbox",
            daemon=True,
        )

    def start(self) -> None:
        """Begin to answer; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Close every connection, held ones too, and end the platforms' threads."""
        self._ended.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()
        self._http.hang_up()
        for stand in self._stands.values():
            stand.platform.close()

    def platform(self, key: str) -> Platform:
        """Give the platform itself, for tests in the same process."""
        return self._stands[key].platform

    def listen(self, key: str, heard: Callable[[Request], None]) -> None:
        """Have `heard` told of every request to a platform, for tests in the same
        process that judge what is sent."""
        self._stands[key].heard = heard

    def platforms(self) -> list[Platform]:
        """List the platforms it answers for."""
        return [stand.platform for stand in self._stands.values()]

    def __enter__(self) -> "SandboxServer":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _serve(self, environ: dict[str, Any]) -> Delivery:
        key, slash, rest = environ["PATH_INFO"].lstrip("/").partition("/")
        environ["SCRIPT_NAME"] = f"/{key}"
        environ["PATH_INFO"] = slash + rest
        request = Request(environ)
        if key == CONTROL:
            return Delivery(serve_control(self._stands, request))
        if key in self._stands:
            return self._stands[key].serve(request)
        return Delivery(json_response({"error": "no such sandbox"}, 404))


class _HttpServer(ThreadedWSGIServer):
    """werkzeug's threaded server, knowing its open connections."""

    def __init__(
        self, host: str, port: int, serve: Any, ended: threading.Event
    ) -> None:
        super().__init__(host, port, app=serve, handler=_Handler)
        self.serve = serve
        self.ended = ended
        self.connections: set[socket.socket] = set()

    def hang_up(self) -> None:
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(WSGIRequestHandler):
    """Reads requests and writes deliveries on one connection that is kept alive.

    werkzeug's own handler closes the connection after every answer and waits for more
    input before it does; a client that reuses connections needs neither.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _HttpServer

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return None

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        length = int(environ.get("CONTENT_LENGTH") or 0)
        chunked = environ.get("wsgi.input_terminated")
        body = environ["wsgi.input"].read(-1 if chunked else length)
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        self._deliver(self.server.serve(environ))

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.hold:
            self.server.ended.wait(delivery.hold)
        if delivery.response is None:
            self.close_connection = True
            return
        data = self._bytes(delivery.response)
        head = self._head(delivery.response, len(data))
        if delivery.half:
            self.close_connection = True
            data = data[: len(data) // 2]
        self.wfile.write(head + (b"" if self.command == "HEAD" else data))

    def _bytes(self, response: Response) -> bytes:
        if response.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            return b""
        return response.get_data()

    def _head(self, response: Response, length: int) -> bytes:
        kept: Iterable[tuple[str, str]] = (
            (name, value)
            for name, value in response.headers
            if name.lower() not in ("content-length", "connection")
        )
        lines = [f"HTTP/1.1 {response.status}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in kept]
        if response.status_code != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {length}")
        if self.close_connection:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
