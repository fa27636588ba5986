"""Stands where a webhook address points, for the tests about webhooks."""

import base64
import hmac
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.connectors.xero.sandbox.caller import KEYS


class Receiver:
    """Takes bodies in and replies as Xero wants it, or as a test would have it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.refused = 0
        self.reply: Callable[[bool], tuple[int, dict[str, str], bytes]]
        self.reply = lambda right: (200 if right else 401, {}, b"")
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                right = is_signed(self.headers["x-xero-signature"], body)
                if right:
                    receiver.bodies.append(body)
                else:
                    receiver.refused += 1
                status, headers, text = receiver.reply(right)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *details: object) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(
            target=self.server.serve_forever, args=(0.02,), daemon=True
        ).start()

    def events(self) -> list[Any]:
        return [event for body in self.bodies for event in json.loads(body)["events"]]


def is_signed(signature: str, body: bytes) -> bool:
    wanted = hmac.digest(KEYS["webhook_key"].encode(), body, "sha256")
    return base64.b64encode(wanted).decode() == signature
