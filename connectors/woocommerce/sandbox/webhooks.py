"""Sends webhooks in the background, as unreliably as asked."""

import base64
import hmac
from collections import deque
from collections.abc import Mapping
from hashlib import sha256
from http.client import HTTPException
from threading import Condition, RLock, Thread
from time import monotonic
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from connectors.woocommerce.sandbox.exchange import Record, encode
from connectors.woocommerce.sandbox.payloads import payload
from connectors.woocommerce.sandbox.settings import VERSION, WORDPRESS
from connectors.woocommerce.sandbox.shop import PING, Shop

AGENT = f"WooCommerce/{VERSION} Hookshot (WordPress/{WORDPRESS})"
SECONDS = 60
"""How long a shop waits for the receiver."""
STRIKES = 7
"""The consecutive failure that disables a webhook."""
MODES = ("normal", "lost", "twice", "reordered", "late")
IDLE = 2.0
"""Seconds a delivery held back for reordering waits for one to overtake it."""
KEPT = 20_000


class Parcel(NamedTuple):
    """A delivery to be made: `thing` is the id of what the topic is about."""

    webhook: int
    topic: str
    thing: int
    due: float


class _Unmoved(HTTPRedirectHandler):
    """Leaves redirects alone: the shop takes 301 and 302 for a success."""

    def redirect_request(self, *details: Any, **more: Any) -> None:
        return None


class Courier:
    """The shop's background work: one thread that delivers what was queued.

    An equal delivery still waiting is not queued again; the payload is made when it is
    sent and may already show a later state. Nothing is ever tried twice. `lock` guards
    the shop; `mode` plays for the next `times` deliveries (-1 for all).
    """

    def __init__(self, lock: RLock) -> None:
        self.shop: Shop | None = None
        self.log: deque[Record] = deque(maxlen=KEPT)
        self._shop_lock = lock
        self._queue: list[Parcel] = []
        self._held: list[Parcel] = []
        self._wake = Condition()
        self._ended = False
        self._thread: Thread | None = None
        self._opener = build_opener(_Unmoved)
        self.misbehave("normal")

    def misbehave(self, mode: str, times: int = -1, seconds: float = 3.0) -> None:
        """Set how the next deliveries go wrong; `seconds` is how late is late."""
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}")
        self.mode, self.times, self.seconds = mode, int(times), float(seconds)

    def tell(self, topic: str, thing: int) -> None:
        """Queue an event for every active webhook of its topic, or a ping for one."""
        if self.shop is None:
            return
        if topic == PING:
            self._push(thing, PING, thing)
            return
        for webhook in self.shop.webhooks.values():
            if webhook["topic"] == topic and webhook["status"] == "active":
                self._push(webhook["id"], topic, thing)

    def waiting(self) -> int:
        """Count deliveries not made yet."""
        with self._wake:
            return len(self._queue) + len(self._held)

    def forget(self) -> None:
        """Drop everything queued and logged."""
        with self._wake:
            self._queue.clear()
            self._held.clear()
        self.log.clear()
        self.misbehave("normal")

    def stop(self) -> None:
        """End the thread; a delivery on its way is left alone."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()
        if self._thread:
            self._thread.join(timeout=1)

    def _push(self, webhook: int, topic: str, thing: int) -> None:
        late = topic != PING and self._plays("late")
        due = monotonic() + (self.seconds if late else 0)
        with self._wake:
            equal = (webhook, topic, thing)
            if any(parcel[:3] == equal for parcel in self._queue):
                return
            self._queue.append(Parcel(webhook, topic, thing, due))
            if self._thread is None:
                self._thread = Thread(target=self._work, daemon=True, name="webhooks")
                self._thread.start()
            self._wake.notify_all()

    def _plays(self, mode: str) -> bool:
        if self.mode != mode or self.times == 0:
            return False
        self.times -= 1 if self.times > 0 else 0
        return True

    def _work(self) -> None:
        while True:
            parcel = self._next()
            if parcel is None:
                return
            if parcel.topic == PING:
                self._deliver(parcel)
            elif self._plays("lost"):
                self._note(parcel, "lost")
            elif self._plays("reordered"):
                with self._wake:
                    self._held.append(parcel._replace(due=monotonic() + IDLE))
            else:
                copies = 2 if self._plays("twice") else 1
                for _ in range(copies):
                    self._deliver(parcel)
                self._release()

    def _next(self) -> Parcel | None:
        """Wait for the next parcel that is due; None when all is over."""
        with self._wake:
            while not self._ended:
                now = monotonic()
                for shelf in (self._queue, self._held):
                    ready = next((at for at in shelf if at.due <= now), None)
                    if ready is not None:
                        shelf.remove(ready)
                        if shelf is self._queue:
                            return ready
                        self._send_apart(ready)
                dues = [parcel.due for parcel in (*self._queue, *self._held)]
                self._wake.wait(min(dues) - now if dues else None)
        return None

    def _send_apart(self, parcel: Parcel) -> None:
        """Deliver while the queue's own lock is let go."""
        self._wake.release()
        try:
            self._deliver(parcel)
        finally:
            self._wake.acquire()

    def _release(self) -> None:
        with self._wake:
            held, self._held = self._held, []
        for parcel in held:
            self._deliver(parcel)

    def _deliver(self, parcel: Parcel) -> None:
        with self._shop_lock:
            shop = self.shop
            webhook = shop.webhooks.get(parcel.webhook) if shop else None
            if shop is None or webhook is None or webhook["status"] != "active":
                return
            request = _request(shop, webhook, parcel)
        status = self._send(request)
        with self._shop_lock:
            self._note(parcel, str(status))
            if parcel.topic != PING:
                _count(shop, webhook, status)

    def _send(self, request: Request) -> int:
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                return int(answer.status)
        except HTTPError as error:
            error.close()
            return error.code
        except (OSError, HTTPException, ValueError):
            return 0

    def _note(self, parcel: Parcel, outcome: str) -> None:
        self.log.append(
            {
                "webhook_id": parcel.webhook,
                "topic": parcel.topic,
                "resource_id": parcel.thing,
                "outcome": outcome,
            }
        )


def signed(secret: str, body: bytes) -> str:
    """Sign the bytes of a delivery: HMAC-SHA256 under the secret, base64."""
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def _request(shop: Shop, webhook: Mapping[str, Any], parcel: Parcel) -> Request:
    headers = {"User-Agent": AGENT}
    if parcel.topic == PING:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        data = f"webhook_id={webhook['id']}".encode()
        return Request(webhook["delivery_url"], data, headers, method="POST")  # noqa: S310 - checked at creation
    data = encode(payload(shop, parcel.topic, parcel.thing)).encode()
    resource, _, event = parcel.topic.partition(".")
    # The id repeats within a second: it is made of nothing but these two.
    delivery = sha256(f"{webhook['id']}:{shop.now()}".encode()).hexdigest()[:32]
    headers |= {
        "Content-Type": "application/json",
        "X-WC-Webhook-Source": f"{shop.home}/",
        "X-WC-Webhook-Topic": parcel.topic,
        "X-WC-Webhook-Resource": resource,
        "X-WC-Webhook-Event": event,
        "X-WC-Webhook-Signature": signed(webhook["secret"], data),
        "X-WC-Webhook-ID": str(webhook["id"]),
        "X-WC-Webhook-Delivery-ID": delivery,
    }
    return Request(webhook["delivery_url"], data, headers, method="POST")  # noqa: S310 - checked at creation


def _count(shop: Shop, webhook: Record, status: int) -> None:
    if 200 <= status < 300 or status in (301, 302):
        webhook["failures"] = 0
        return
    webhook["failures"] += 1
    if webhook["failures"] >= STRIKES:
        webhook["status"] = "disabled"
        webhook["modified"] = shop.now()
