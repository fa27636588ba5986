"""The platforms as an outsider sees them: through their own APIs and ledgers, never
Weft's tables. Everything the demonstration counts is counted here."""

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
AS_JSON = {"Accept": "application/json"}
AT_ONCE = 50
# A platform's answer to signing in is no write.
NO_WRITES = ("GET", "HEAD", "OPTIONS")
TOO_MANY = 429
# What is in the books no more.
GONE = ("DELETED", "VOIDED", "ARCHIVED")
# Ends at a list's end, whatever the list.
MOST_PAGES = 1_000


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

    def too_many(self, platform: str) -> int:
        """Calls of Weft that a platform turned away because they were too many."""
        return sum(call["status"] == TOO_MANY for call in self.calls(platform))

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
        for page in range(1, MOST_PAGES):
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

    def forms(self) -> dict[str, Json]:
        """Everything that can be bought, by SKU in lower case: products without
        variations, and variations with their product's name."""
        found: list[Json] = []
        for product in self._every("/products"):
            if product["type"] == "variable":
                rows = self._every(f"/products/{product['id']}/variations")
                found += [{**row, "name": product["name"]} for row in rows]
            else:
                found.append(product)
        return {row["sku"].lower(): row for row in found}

    def buy(self, order: Json) -> Json:
        """Place an order; the shop's answer."""
        return _done(self._door.post("/orders", json=order))

    def register(self, customer: Json) -> Json:
        """Open a buyer's account; the shop's answer."""
        return _done(self._door.post("/customers", json=customer))

    def pay_back(self, order: int, refund: Json) -> Json:
        """Pay back a part of an order by hand; the shop's answer."""
        sent = {"api_refund": False, **refund}
        return _done(self._door.post(f"/orders/{order}/refunds", json=sent))

    def _every(self, path: str) -> Iterator[Json]:
        for page in range(1, MOST_PAGES):
            asked = {"page": page, "per_page": 100}
            rows = _done(self._door.get(path, params=asked))
            yield from rows
            if len(rows) < asked["per_page"]:
                return

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


class Galaxy:
    """Galaxy, in its sandbox."""

    def __init__(self, sandbox: Sandbox, credentials: Mapping[str, str]) -> None:
        self.sandbox = sandbox
        self.scenario = credentials["web_scenario"]
        url, asked = f"{sandbox.url}/galaxy", ("username", "password")
        signed_in = door(url, NoAuth()).post(
            "/auth", json={name: credentials[name] for name in asked}, headers=AS_JSON
        )
        self._headers = {**AS_JSON, "Cookie": f"ss-id={_done(signed_in)['SessionId']}"}
        self._door = door(url, NoAuth())

    def rows(self, name: str) -> list[Json]:
        """A list as its Sync Service gives it."""
        path, asked = f"/services/sync/{name}", {"WebScenID": self.scenario}
        found: list[Json] = _done(
            self._door.get(path, params=asked, headers=self._headers)
        )
        return found

    def ledger(self) -> Json:
        """All it holds."""
        return self.sandbox.ask("galaxy", "ledger")


class Xero:
    """One organisation of Xero, in its sandbox."""

    def __init__(self, sandbox: Sandbox, organisation: str) -> None:
        self.sandbox = sandbox
        self.organisation = organisation

    def rows(self, name: str) -> list[Json]:
        """Its invoices, contacts or the like; none that were deleted or archived."""
        found: list[Json] = self.sandbox.ask("xero", "ledger")[name]
        return [
            row
            for row in found
            if row["tenant"] == self.organisation
            and row.get("Status", row.get("ContactStatus")) not in GONE
        ]

    def too_many(self) -> int:
        """Calls it turned away because they were too many, by its own count."""
        told = self.sandbox.ask("xero", "ledger")["over_budget"]
        return sum(sum(counts.values()) for counts in told.values())


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
