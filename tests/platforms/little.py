"""Little: a platform where a person signs in, and which knows one webhook address."""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterator, Sequence

from integration.contract.connector import Connector, Field
from integration.contract.grant import OAuth, Opened, Settings
from integration.contract.messages import (
    Answer,
    Event,
    Finding,
    Request,
    Secrets,
    Verdict,
)
from integration.errors import BadCredentials
from integration.http.auth import NoAuth
from integration.http.client import Http

SIGNATURE = "X-Little-Signature"


def accounts(http: Http) -> Sequence[Opened]:
    """See the contract."""
    reply = http.get("accounts")
    if reply.status == 401:
        raise BadCredentials("grant", "Little knows no such token.")
    return [Opened(row["id"], row["name"]) for row in reply.json()]


def probe(http: Http) -> Iterator[Finding]:
    """Whether the token opens the door at all."""
    ok = http.get("things").status == 200
    yield Finding("sign-in", ok, "Little lets Weft in." if ok else "It does not.")


class AppWebhooks:
    """Signed with the key of the app; each event names its account."""

    def __init__(self, secrets: Secrets) -> None:
        self._key = secrets.get("webhook_key", "")

    def greet(self, request: Request) -> Answer | None:
        """A look with a word to be said back."""
        if request.method == "GET" and request.query.startswith("word="):
            return Answer(200, request.query.removeprefix("word=").encode())
        return None

    def verify(self, request: Request) -> Verdict:
        """The raw body under the app's key."""
        given = request.headers.get(SIGNATURE, "")
        right = hmac.compare_digest(signature(self._key, request.body), given)
        return Verdict.SIGNED if self._key and right else Verdict.FORGED

    def events(self, request: Request) -> Iterator[Event]:
        """Rows of (account, thing)."""
        for account, thing in json.loads(request.body)["events"]:
            yield Event("things", (thing,), account=account, topic="thing")

    def sync(
        self, client: Http, url: str | None, secret: str, streams: Collection[str]
    ) -> None:
        """Registered by hand."""


class Webhooks(AppWebhooks):
    """A hint that something of the list named last in the address has changed."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        super().__init__(secrets)

    def greet(self, request: Request) -> Answer | None:
        """There is none."""
        return None

    def verify(self, request: Request) -> Verdict:
        """Nothing is signed; the address is the proof."""
        return Verdict.UNSIGNED

    def events(self, request: Request) -> Iterator[Event]:
        """The list, whatever was sent."""
        yield Event(request.path.rpartition("/")[2] or "any", (), topic="changed")


def signature(key: str, body: bytes) -> str:
    """What Little writes beside a body."""
    return hmac.digest(key.encode(), body, "sha256").hex()


CONNECTOR = Connector(
    key="little",
    label="Little",
    fields=(
        Field(name="base_url", label="Address", type="url"),
        Field(name="account", label="Account", required=False),
    ),
    account=lambda settings: str(settings.get("account") or ""),
    base_url=lambda settings: str(settings["base_url"]),
    auth=lambda settings, secrets: NoAuth(),
    client=lambda settings, http: http,
    probe=probe,
    webhooks=Webhooks,
    app_webhooks=AppWebhooks,
    oauth=OAuth(
        root=lambda settings: f"{settings['base_url']}/identity",
        authorize=lambda settings: "authorize",
        token="token",
        revoke="revoke",
        scopes=("things", "offline"),
        accounts=accounts,
        setting="account",
        grace=60,
    ),
)
