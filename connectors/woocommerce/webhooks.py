"""Receives the shop's webhooks and keeps its subscriptions in order.

They are hints: never repeated, switched off by the shop after a few failures, and
without an id of their own. https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from connectors.woocommerce.client import Client
from integration.contract.messages import (
    Answer,
    Event,
    Request,
    Secrets,
    Settings,
    Verdict,
)
from integration.errors import BadRecord
from integration.http.body import Unreadable, parse

TOPICS: Mapping[str, tuple[str, ...]] = {
    "products": (
        "product.created",
        "product.updated",
        "product.deleted",
        "product.restored",
    ),
    "orders": ("order.created", "order.updated", "order.deleted", "order.restored"),
    "customers": ("customer.created", "customer.updated"),
}
STREAMS = {"product": "products", "order": "orders", "customer": "customers"}
SIGNATURE = "x-wc-webhook-signature"
TOPIC = "x-wc-webhook-topic"


class Webhooks:
    """See the contract. The secret is the connection's `webhook_secret`."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._secret = secrets.get("webhook_secret", "")

    def greet(self, request: Request) -> Answer | None:
        """The ping sent when a webhook is made: a form of one field, never signed."""
        headers = _lowered(request.headers)
        if TOPIC in headers or SIGNATURE in headers:
            return None
        try:
            form = parse_qs(request.body.decode("ascii"), strict_parsing=True)
        except ValueError:
            return None
        return Answer(200) if set(form) == {"webhook_id"} else None

    def verify(self, request: Request) -> Verdict:
        """The raw body under the secret; without a signature it is nobody's."""
        given = _lowered(request.headers).get(SIGNATURE, "")
        right = hmac.compare_digest(
            signature(self._secret, request.body), given.encode()
        )
        return Verdict.SIGNED if self._secret and right else Verdict.FORGED

    def events(self, request: Request) -> Iterator[Event]:
        """What to read again. A variation is read with its product.

        A delivery's id is made of the second it was sent in, so two share it: none is
        passed on. The topic may be wrong (an order in the trash is told as a product).
        """
        topic = _lowered(request.headers).get(TOPIC, "")
        stream = STREAMS.get(topic.partition(".")[0])
        try:
            body = parse(request.body)
        except Unreadable:
            return
        if stream is None or not isinstance(body, dict) or not body.get("id"):
            return
        whole = body.get("parent_id") if body.get("type") == "variation" else None
        yield Event(stream, (str(whole or body["id"]),), topic=topic)

    def sync(
        self, client: Client, url: str | None, secret: str, streams: Collection[str]
    ) -> None:
        """One webhook per topic at `url`; what a merchant paused stays paused."""
        wanted = [topic for stream in streams for topic in TOPICS.get(stream, ())]
        there = [hook for hook in _listed(client) if hook.ours(url, secret)]
        kept: set[str] = set()
        for hook in there:
            if url is None or hook.topic not in wanted or hook.topic in kept:
                _drop(client, hook)
                continue
            kept.add(hook.topic)
            change = hook.mending(url, secret)
            if change:
                client.send("PUT", f"webhooks/{hook.id}", change)
        for topic in wanted if url else ():
            if topic not in kept:
                made = {"topic": topic, "delivery_url": url, "secret": secret}
                made |= {"name": _name(topic, secret), "status": "active"}
                client.send("POST", "webhooks", made)


class Hook(NamedTuple):
    """One webhook as the shop lists it; its secret is never shown."""

    id: int
    name: str
    topic: str
    url: str
    status: str

    def ours(self, url: str | None, secret: str) -> bool:
        """Whether this connection made it: by our mark, or because it calls us here.

        The last part of our address is a token and may have changed since.
        """
        if self.name == _name(self.topic, secret):
            return True
        return url is not None and self.url.startswith(_door(url))

    def mending(self, url: str, secret: str) -> dict[str, Any]:
        """What must change for it to reach us; one the shop gave up is revived."""
        change: dict[str, Any] = {}
        if self.url != url:
            change["delivery_url"] = url
        if self.name != _name(self.topic, secret):
            change |= {"secret": secret, "name": _name(self.topic, secret)}
        if self.status == "disabled":
            change["status"] = "active"
        return change


def signature(secret: str, body: bytes) -> bytes:
    """What the shop writes beside a body: HMAC-SHA256, base64."""
    return b64encode(hmac.digest(secret.encode(), body, "sha256"))


def _name(topic: str, secret: str) -> str:
    """A name a merchant understands, with a mark that tells our webhooks apart.

    Several Wefts may serve one shop, and the shop never shows a secret again.
    """
    return f"Weft: {topic} ({sha256(secret.encode()).hexdigest()[:8]})"


def _door(url: str) -> str:
    """Our address up to its last part."""
    return url.rstrip("/").rpartition("/")[0] + "/"


def _listed(client: Client) -> list[Hook]:
    rows = [parse(row) for row in client.rows("webhooks", status="all")]
    return [
        Hook(row["id"], row["name"], row["topic"], row["delivery_url"], row["status"])
        for row in rows
    ]


def _drop(client: Client, hook: Hook) -> None:
    try:
        client.send("DELETE", f"webhooks/{hook.id}", params={"force": True})
    except BadRecord as refused:
        if refused.code != "gone_on_target":
            raise


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
