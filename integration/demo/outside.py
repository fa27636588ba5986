"""The two platforms as an outsider sees them: through their own APIs, never Weft's
tables. Everything the demonstration counts is counted here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration.http.auth import Auth, BasicAuth, NoAuth, OAuth1Query
from integration.http.client import Http
from integration.http.limits import FreeMeter
from integration.http.reply import Reply
from integration.http.rules import HttpRules

Json = Any
AGENT = "Weft-demo-audience"
AT_ONCE = 50
# A platform's answer to signing in is no write.
NO_WRITES = ("GET", "HEAD", "OPTIONS")


RULES = HttpRules(
    user_agent=AGENT, allow_loopback=True, read_timeout=60, total_timeout=90
)


class Refused(RuntimeError):
    """A platform did not do what the demonstration asked of it."""


class Sandbox:
    """The controls of the sandbox server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._door = door(url, NoAuth())

    def ask(self, platform: str, what: str, body: Json = None) -> Json:
        """GET a control, or POST `body` to it."""
        path = f"/_control/{platform}/{what}"
        if body is None:
            return _done(self._door.get(path))
        return _done(self._door.post(path, json=body))

    def calls(self, platform: str) -> list[Json]:
        """What Weft asked of a platform so far; pictures and our own calls left out."""
        found: list[Json] = self.ask(platform, "calls")["calls"]
        return [
            call
            for call in found
            if call["agent"].startswith("Weft/") and call["endpoint"] != "file"
        ]

    def writes(self, platform: str) -> int:
        """Calls of Weft that changed something, or tried to."""
        return sum(
            call["method"] not in NO_WRITES and call["endpoint"] != "token"
            for call in self.calls(platform)
        )


class Crystal:
    """Crystal, in its sandbox."""

    def __init__(self, sandbox: Sandbox, credentials: Mapping[str, str]) -> None:
        self.sandbox = sandbox
        self.credentials = credentials
        self.url = f"{sandbox.url}/crystal"

    def products(self) -> list[Json]:
        """Everything Crystal serves, through its own API."""
        crystal = door(self.url, _Bearer(self._token()))
        found: list[Json] = []
        for page in range(1, 1_000):
            asked = {"page": page, "per_page": 100}
            rows = _done(crystal.get("/v1/ecom/products", params=asked))
            if not rows:
                break
            found += rows
        return found

    def references(self) -> list[str]:
        """The reference of every order in the ledger, repeats included."""
        orders = self.sandbox.ask("crystal", "ledger")["orders"]
        return [str(order["reference"]) for order in orders]

    def _token(self) -> str:
        answer = door(self.url, NoAuth()).post("/token", form=dict(self.credentials))
        told = _done(answer)
        return str(told.get("access_token") or told.get("token"))


class Shop:
    """A WooCommerce shop, sandboxed or real, by its REST API."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        self.url = url.rstrip("/")
        plain = self.url.startswith("http:")
        self._door = door(
            f"{self.url}/wp-json/wc/v3",
            OAuth1Query(key, secret) if plain else BasicAuth(key, secret),
        )

    def products(self, skus: Sequence[str]) -> dict[str, Json]:
        """The products with these SKUs, by SKU in lower case."""
        found: dict[str, Json] = {}
        for begin in range(0, len(skus), AT_ONCE):
            some = ",".join(skus[begin : begin + AT_ONCE])
            rows = _done(
                self._door.get("/products", params={"sku": some, "per_page": 100})
            )
            found |= {row["sku"].lower(): row for row in rows}
        return found

    def buy(self, order: Json) -> Json:
        """Place an order; the shop's answer."""
        return _done(self._door.post("/orders", json=order))

    def webhooks(self, delivery_url: str) -> Iterator[Json]:
        """The webhooks that call this address."""
        rows = _done(self._door.get("/webhooks", params={"per_page": 100}))
        return (row for row in rows if row["delivery_url"].startswith(delivery_url))

    def set_webhooks(self, delivery_url: str, status: str) -> int:
        """Pause or activate them; how many there are."""
        hooks = list(self.webhooks(delivery_url))
        for hook in hooks:
            _done(self._door.put(f"/webhooks/{hook['id']}", json={"status": status}))
        return len(hooks)


class _Bearer(BasicAuth):
    """A token fetched by hand."""

    def __init__(self, token: str) -> None:
        super().__init__("", "")
        self._header = f"Bearer {token}"


def door(url: str, auth: Auth) -> Http:
    """A way to a platform that Weft counts nothing of."""
    return Http(base_url=url, auth=auth, meter=FreeMeter(), rules=RULES)


def _done(reply: Reply) -> Json:
    if reply.status >= 400:
        raise Refused(f"{reply.status}: {reply.body[:300].decode(errors='replace')}")
    return reply.json()
