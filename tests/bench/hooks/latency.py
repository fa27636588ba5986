"""From the answer to a webhook to the first call it leads to, on an idle system."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.bench.hooks.load import body, percentile, signature
from tests.bench.hooks.shop import Shop, open_shop
from tests.bench.hooks.weft import SECRET, weft

TIMES = 40
# Seconds: between one webhook's end and the next, and for Weft to act on one.
PAUSE = 0.3
PATIENCE = 20
FIRST = 1_000


class Reaction(NamedTuple):
    """Milliseconds from answer to first call."""

    p50: float
    p95: float
    longest: float


def reaction(place: Callable[[], AbstractContextManager[str]]) -> Reaction:
    """Of webhooks told one by one, with pauses, on a database of that kind."""
    with (
        open_shop() as shop,
        place() as database,
        weft(database, shop.url, worker=True) as door,
    ):
        # The worker is up when it has acted on a first one; its pool on some more.
        for number in range(FIRST - 8, FIRST):
            _told(door.url, shop, number)
        taken = [_told(door.url, shop, FIRST + each) for each in range(TIMES)]
    marks = (percentile(taken, share) * 1000 for share in (0.5, 0.95, 1.0))
    return Reaction(*marks)


def _told(url: str, shop: Shop, number: int) -> float:
    """Seconds from the answer to the call for that product."""
    answered = _post(url, number)
    asked = shop.wait_for(str(number), PATIENCE)
    if asked is None:
        raise SystemExit(f"nobody asked for product {number}")
    time.sleep(PAUSE)
    return asked - answered


def _post(url: str, number: int) -> float:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    told = body(number)
    headers = {
        "Content-Type": "application/json",
        "X-WC-Webhook-Topic": "product.updated",
        "X-WC-Webhook-Signature": signature(SECRET, told).decode(),
    }
    connection.request("POST", parts.path, told, headers)
    answer = connection.getresponse()
    answer.read()
    answered = time.perf_counter()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"a webhook was answered with {answer.status}")
    return answered
