"""Sends a shop's webhooks at a steady rate, or as fast as they are answered.

    python -m tests.bench.hooks.load steady|full URL SECRET SECONDS FIRST

Each is signed, about 2.1 KB long and unlike any other: FIRST is the first one's id.
A process of its own, so that what it measures does not wait for its own work. At a
steady rate latency counts from when a webhook was due: a server that stalls is charged
for all that should have been sent meanwhile.
"""

from __future__ import annotations

import asyncio
import hmac
import itertools
import json
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from tests.bench.products import WORDS, product

ROOT = Path(__file__).resolve().parents[3]
# A second, and what may be under way at once: in a steady rate nothing waits its turn.
RATE = 50
LINES = {"steady": 32, "full": 8}
# Seconds after which an answer is given up.
PATIENCE = 30
# What follows the id in every body.
REST = json.dumps({**product(1), "purchase_note": WORDS * 2}).partition(",")[2].encode()


class Figures(NamedTuple):
    """What became of a load; times in milliseconds."""

    accepted: int
    errors: int
    p50: float
    p95: float
    p99: float
    rate: float

    @classmethod
    def of(cls, taken: list[float], errors: int, seconds: float) -> Self:
        """From the seconds each accepted webhook took."""
        marks = (percentile(taken, share) * 1000 for share in (0.5, 0.95, 0.99))
        return cls(len(taken), errors, *marks, len(taken) / seconds)


def percentile(taken: list[float], share: float) -> float:
    """What that share of all stays within; 0 of nothing."""
    ordered = sorted(taken)
    return ordered[int(share * (len(ordered) - 1))] if ordered else 0.0


def body(number: int) -> bytes:
    """The product a webhook tells of."""
    return b'{"id":%d,' % number + REST


def signature(secret: str, told: bytes) -> bytes:
    """What the shop writes beside a body."""
    return b64encode(hmac.digest(secret.encode(), told, "sha256"))


class Load:
    """Webhooks to one address, and how long each took."""

    def __init__(self, url: str, secret: str, first: int) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.path = parts.path.encode()
        self.secret = secret
        self.numbers = itertools.count(first)
        self.taken: list[float] = []
        self.errors = 0

    async def send(self, dues: Iterator[float], lines: int) -> Figures:
        """One webhook for every due time, over so many kept connections."""
        begun = time.perf_counter()
        await asyncio.gather(*(self._line(dues) for _ in range(lines)))
        return Figures.of(self.taken, self.errors, time.perf_counter() - begun)

    async def _line(self, dues: Iterator[float]) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        for due in dues:
            await asyncio.sleep(due - time.perf_counter())
            writer.write(self._request())
            try:
                accepted = await asyncio.wait_for(_accepted(reader), PATIENCE)
            except (OSError, EOFError, TimeoutError):
                writer.close()
                reader, writer = await asyncio.open_connection(self.host, self.port)
                accepted = False
            if accepted:
                self.taken.append(time.perf_counter() - due)
            else:
                self.errors += 1
        writer.close()

    def _request(self) -> bytes:
        told = body(next(self.numbers))
        return (
            b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Type: application/json\r\nUser-Agent: WooCommerce/10.4\r\n"
            b"X-WC-Webhook-Topic: product.updated\r\n"
            b"X-WC-Webhook-Signature: %b\r\nContent-Length: %d\r\n\r\n%b"
            % (self.path, signature(self.secret, told), len(told), told)
        )


async def _accepted(reader: asyncio.StreamReader) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    _, _, length = head.lower().partition(b"content-length:")
    await reader.readexactly(int(length.split(b"\r\n", 1)[0]))
    return head.split(b" ", 2)[1] == b"200"


def steady(seconds: float) -> Iterator[float]:
    """When each is due, `RATE` a second."""
    begun = time.perf_counter()
    for number in range(int(seconds * RATE)):
        yield begun + number / RATE


def full(seconds: float) -> Iterator[float]:
    """The next as soon as somebody asks for it."""
    end = time.perf_counter() + seconds
    while (now := time.perf_counter()) < end:
        yield now


def run(mode: str, url: str, secret: str, seconds: float, first: int) -> Figures:
    """The figures of a load sent by a process of its own."""
    words = (mode, url, secret, str(seconds), str(first))
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.hooks.load", *words],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return Figures(**json.loads(told.stdout))


def main() -> None:
    """Send, and print the figures."""
    mode, url, secret, seconds, first = sys.argv[1:]
    dues = {"steady": steady, "full": full}[mode](float(seconds))
    figures = asyncio.run(Load(url, secret, int(first)).send(dues, LINES[mode]))
    print(json.dumps(figures._asdict()))


if __name__ == "__main__":
    main()
