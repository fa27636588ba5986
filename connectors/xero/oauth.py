"""How Weft is let in: by a person's consent, or as a custom connection.

https://developer.xero.com/documentation/guides/oauth2/overview/
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from connectors.xero.refusals import judge
from integration.contract.grant import OAuth, Opened
from integration.contract.messages import Secrets, Settings
from integration.errors import BadConfig, BadCredentials, Transient
from integration.http.auth import Auth, NoAuth, TokenAuth
from integration.http.client import Http
from integration.http.redact import remember
from integration.http.reply import Reply

LOGIN_URL = "https://login.xero.com"
IDENTITY_URL = "https://identity.xero.com"
TOKEN_PATH = "/connect/token"  # noqa: S105 - an address, no secret
CONSENT, CUSTOM = "oauth", "custom connection"
# New apps may only ask for these narrow ones; refreshing needs offline_access.
SCOPES = (
    "openid",
    "profile",
    "email",
    "offline_access",
    "accounting.invoices",
    "accounting.payments",
    "accounting.contacts",
    "accounting.settings.read",
)
# For how long a refresh token may be used again when its answer was lost.
GRACE = 1800


class NotSignedIn(Auth):
    """Stands where nobody has signed in yet: no call is made without proof."""

    def ready(self, http: Http) -> None:
        """Raises BadCredentials."""
        raise BadCredentials(
            "organisation",
            "Nobody has signed in at Xero for this connection yet.",
            hint="Press “Connect” on the connection and choose the organisation.",
        )


def auth(settings: Settings, secrets: Secrets) -> Auth:
    """The proof of a custom connection: its own token, for half an hour at a time."""
    if by_consent(settings):
        return NotSignedIn()
    client_id = str(settings.get("client_id") or "")
    secret = secrets.get("client_secret", "")
    if not client_id:
        raise BadConfig("client_id", "A custom connection needs its client id.")
    remember(secret)
    root = identity_url(settings)

    def fetch(http: Http) -> tuple[str, float | None]:
        door = Http(
            base_url=root,
            auth=NoAuth(),
            meter=http.meter,
            rules=http.rules,
            route=http.route,
            resolver=http.resolver,
        )
        return _token(door, client_id, secret)

    return TokenAuth(fetch, root, client_id, secret)


def identity_url(settings: Settings) -> str:
    """Where tokens are given."""
    return str(settings.get("identity_url") or IDENTITY_URL).rstrip("/")


def login_url(settings: Settings) -> str:
    """Where a person gives consent."""
    root = str(settings.get("login_url") or LOGIN_URL).rstrip("/")
    return f"{root}/identity/connect/authorize"


def organisations(http: Http) -> Sequence[Opened]:
    """The organisations a consent opens, by their tenant ids."""
    reply = judge(
        http.get("connections", headers={"Accept": "application/json"})
    ).json()
    rows = reply if isinstance(reply, list) else []
    return [
        Opened(str(row["tenantId"]), str(row.get("tenantName") or row["tenantId"]))
        for row in rows
        if row.get("tenantType") == "ORGANISATION"
    ]


def by_consent(settings: Settings) -> bool:
    """Whether a connection with these settings is opened by a person signing in."""
    return bool(settings.get("sign_in", CONSENT) != CUSTOM)


CONSENTING = OAuth(
    root=identity_url,
    authorize=login_url,
    token=TOKEN_PATH,
    revoke="/connect/revocation",
    scopes=SCOPES,
    accounts=organisations,
    setting="organisation",
    grace=GRACE,
    applies=by_consent,
)


def _token(door: Http, client_id: str, secret: str) -> tuple[str, float | None]:
    pair = b64encode(f"{client_id}:{secret}".encode()).decode()
    remember(pair)
    # Asking twice for a token does no harm.
    reply = door.post(
        TOKEN_PATH,
        form={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {pair}", "Accept": "application/json"},
        repeatable=True,
    )
    answer = _given(reply)
    return str(answer["access_token"]), time.time() + float(answer["expires_in"])


def _given(reply: Reply) -> dict[str, Any]:
    """The token's answer. Raises BadCredentials where the pair is refused."""
    if reply.status in (400, 401, 403):
        raise BadCredentials(
            "client_secret",
            "Xero does not accept the client id and secret of this custom connection.",
            hint="Compare both with the custom connection's page at "
            "developer.xero.com; a connection whose scopes were edited must be "
            "authorised again.",
        )
    answer = judge(reply).json()
    if not isinstance(answer, dict) or not answer.get("access_token"):
        raise Transient("Xero answered without a token.", code="unreadable")
    return {"expires_in": 1800, **answer}
