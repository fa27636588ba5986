"""A platform as fast as loopback allows: pages made beforehand, writes just answered.

    python -m tests.bench.source PORT_FILE TOTAL

Serves `GET /products?after=REVISION`, takes `POST /products/batch`, and tells at
`/count` how many calls of either came since it was last asked. After
`/change?every=N` each N-th product has changed instead of each hundredth.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.bench.products import changes, pages

EMPTY = b'{"items":[],"last":null,"next":null}'
# Answers to writes are numbered from here, so that no id is given twice.
FIRST_ID = 10_000_000


class Source:
    """What is served, and what was asked."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.pages = pages(total)
        self.calls: Counter[str] = Counter()
        self.given = FIRST_ID

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        """The body of the answer to one call."""
        parts = urlsplit(target)
        asked = parse_qs(parts.query)
        if parts.path == "/change":
            self.pages |= changes(self.total, int(asked["every"][0]))
            return b"{}"
        if parts.path == "/count":
            told = json.dumps(self.calls).encode()
            self.calls.clear()
            return told
        self.calls[method] += 1
        if method == "POST":
            return self._taken(body)
        after = int(asked.get("after", ["0"])[0])
        return self.pages.get(after, EMPTY)

    def _taken(self, body: bytes) -> bytes:
        """An id for everything that has none, in the order it came."""
        ids = []
        for row in json.loads(body)["items"]:
            self.given += 1
            ids.append(row.get("id") or self.given)
        return json.dumps({"ids": ids}).encode()


class Conversation(asyncio.Protocol):
    """One kept connection: calls in, answers out, nothing parsed that is not needed."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, rest = self.waiting.partition(b"\r\n\r\n")
            length = _length(head)
            if len(rest) < length:
                return
            self.waiting = rest[length:]
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            self._send(self.source.answer(method, target, rest[:length]))

    def _send(self, body: bytes) -> None:
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.write(head + body)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(port_file: Path, total: int) -> None:
    """Serve until killed; the port is written once everything can be served."""
    source = Source(total)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(source), "127.0.0.1", 0)
    port_file.write_text(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
