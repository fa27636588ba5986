"""Keeps who may ask: consents, token sets that rotate, and connections.

Rules: https://developer.xero.com/faq/oauth2 and, for custom connections,
https://developer.xero.com/faq/custom-integration
"""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from uuid import uuid4

from connectors.xero.sandbox.settings import Settings

CLIENT_ID = "5AND80XC11EN74A9B2C3D4E5F6071829"
CLIENT_SECRET = "sandbox-secret-3vYxQ0cB7nE1"
CUSTOM_ID = "C0570MC11EN7B4D81F2E3A4958677081"
CUSTOM_SECRET = "sandbox-custom-secret-9tLw2"
REDIRECT_URI = "http://127.0.0.1/callback"
WEBHOOK_KEY = "sandbox-webhook-key-F4kQ=="


class Denied(Exception):
    """A token request that is refused, with the error word of RFC 6749."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(slots=True)
class Grant:
    """What a consent, or a custom connection, allows; `public` has no secret."""

    client: str
    scopes: frozenset[str]
    event: str
    custom: bool = False
    public: bool = False
    revoked: bool = False


@dataclass(slots=True)
class Code:
    """An authorisation code on its way back to the client."""

    grant: Grant
    redirect_uri: str
    challenge: str
    tenants: list[str]
    made: float


@dataclass(slots=True)
class Refresh:
    """A refresh token; `heirs` are those its uses gave out."""

    grant: Grant
    made: float
    used: float | None = None
    repeated: bool = False
    dead: bool = False
    heirs: list[str] = field(default_factory=list)


class Identity:
    """All grants of one user, the codes and tokens made for them, and connections."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._codes: dict[str, Code] = {}
        self._refreshes: dict[str, Refresh] = {}
        self._accesses: dict[str, tuple[Grant, float]] = {}
        self.connections: dict[str, dict[str, Any]] = {}
        self.custom_used = False
        self.events = {"issued": 0, "refreshes": 0, "reused": 0, "refused": 0}

    def consent(
        self, scopes: frozenset[str], redirect_uri: str, challenge: str, to: list[str]
    ) -> str:
        """Give the code of a consent to the organisations with the ids `to`."""
        code = secrets.token_urlsafe(24)
        grant = Grant(CLIENT_ID, scopes, str(uuid4()))
        self._codes[code] = Code(grant, redirect_uri, challenge, to, time.time())
        return code

    def connect(self, grant: Grant, tenant: str, name: str) -> None:
        """Connect an organisation, or renew its connection by a new consent."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.0000000", time.gmtime())
        known = self.connections.get(tenant, {})
        self.connections[tenant] = {
            "id": known.get("id", str(uuid4())),
            "authEventId": grant.event,
            "tenantId": tenant,
            "tenantType": "ORGANISATION",
            "tenantName": name,
            "createdDateUtc": known.get("createdDateUtc", stamp),
            "updatedDateUtc": stamp,
        }

    def trade(self, client: str, proved: bool, form: dict[str, str]) -> Code:
        """Take a code in; raises `Denied` when anything of it does not fit."""
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or time.time() > code.made + self._settings.code_seconds:
            raise Denied("invalid_grant")
        if client != code.grant.client or form.get("redirect_uri") != code.redirect_uri:
            raise Denied("invalid_grant")
        verifier = form.get("code_verifier", "")
        if code.challenge and not compare_digest(
            challenge_of(verifier), code.challenge
        ):
            raise Denied("invalid_grant")
        if not proved and not code.challenge:
            raise Denied("invalid_client")
        code.grant.public = not proved
        return code

    def renew(self, client: str, proved: bool, text: str) -> dict[str, Any]:
        """Give a new token set for a refresh token; raises `Denied`.

        A used one is good once more for a while; what its first use gave then dies.
        """
        token, now = self._refreshes.get(text), time.time()
        if token is None or token.grant.client != client or not self._lives(token):
            self.events["refused"] += 1
            raise Denied("invalid_grant")
        if not proved and not token.grant.public:
            raise Denied("invalid_client")
        if token.used is not None:
            token.repeated = True
            self.events["reused"] += 1
            self._bury(token)
        else:
            token.used = now
            self.events["refreshes"] += 1
        made = self.issue(token.grant)
        token.heirs.append(made["refresh_token"])
        return made

    def issue(self, grant: Grant) -> dict[str, Any]:
        """Give a token set for a grant."""
        seconds = self._settings.access_seconds
        now = time.time()
        claims = {
            "client_id": grant.client,
            "authentication_event_id": grant.event,
            "exp": int(now + seconds),
            "jti": secrets.token_hex(8),
            "scope": sorted(grant.scopes),
        }
        access = _token(claims)
        self._accesses[access] = (grant, now + seconds)
        self.events["issued"] += 1
        answer: dict[str, Any] = {
            "access_token": access,
            "expires_in": int(seconds),
            "token_type": "Bearer",
            "scope": " ".join(sorted(grant.scopes)),
        }
        if "openid" in grant.scopes:
            answer["id_token"] = _token({"sub": "owner", "email": "owner@example.com"})
        if "offline_access" in grant.scopes:
            text = secrets.token_urlsafe(32)
            self._refreshes[text] = Refresh(grant, now)
            answer["refresh_token"] = text
        return answer

    def bearer(self, header: str) -> Grant | None:
        """Give the grant of an Authorization header, or None when it is worthless."""
        scheme, _, token = header.partition(" ")
        grant, end = self._accesses.get(token, (None, 0.0))
        if scheme.lower() != "bearer" or grant is None or grant.revoked:
            return None
        return grant if time.time() < end else None

    def expire(self) -> int:
        """End every access token now; gives how many there were."""
        count = len(self._accesses)
        self._accesses.clear()
        return count

    def revoke(self, text: str | None = None) -> None:
        """End all token sets and connections of the user a refresh token is for.

        The sandbox has one user, so None ends everything, custom connections too.
        """
        if text is not None and text not in self._refreshes:
            return
        for token in self._refreshes.values():
            token.grant.revoked = True
        for grant, _ in self._accesses.values():
            grant.revoked |= text is None or not grant.custom
        self.connections.clear()

    def disconnect(self, number: str) -> bool:
        """End one connection by its id; tells whether there was one."""
        for tenant, row in self.connections.items():
            if row["id"] == number:
                del self.connections[tenant]
                return True
        return False

    def _lives(self, token: Refresh) -> bool:
        now = time.time()
        if token.dead or token.grant.revoked:
            return False
        if token.used is None:
            return now < token.made + self._settings.refresh_seconds
        return not token.repeated and now < token.used + self._settings.grace_seconds

    def _bury(self, token: Refresh) -> None:
        for text in token.heirs:
            heir = self._refreshes[text]
            heir.dead = True
            self._bury(heir)


def challenge_of(verifier: str) -> str:
    """Give the S256 challenge of a PKCE verifier (RFC 7636, section 4.2)."""
    return _encode(sha256(verifier.encode()).digest())


def _token(claims: dict[str, Any]) -> str:
    head = {"alg": "RS256", "typ": "JWT"}
    parts = [json.dumps(part).encode() for part in (head, claims)]
    return ".".join(_encode(part) for part in (*parts, secrets.token_bytes(32)))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
