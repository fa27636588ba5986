"""Answers the identity addresses: consent, tokens, revocation and connections."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from werkzeug import Request, Response

from connectors.xero.sandbox.exchange import missing, problem
from connectors.xero.sandbox.identity import (
    CLIENT_ID,
    CLIENT_SECRET,
    CUSTOM_ID,
    CUSTOM_SECRET,
    Denied,
    Grant,
    Identity,
)
from connectors.xero.sandbox.organisation import Organisation
from connectors.xero.sandbox.scopes import CUSTOM, known_scopes
from connectors.xero.sandbox.settings import Settings
from integration.sandbox.platform import json_response

SECRETS = {CLIENT_ID: CLIENT_SECRET, CUSTOM_ID: CUSTOM_SECRET}


class Door:
    """The identity server; `chosen` are the organisations the next consent is for."""

    def __init__(
        self,
        identity: Identity,
        organisations: Mapping[str, Organisation],
        settings: Settings,
    ) -> None:
        self.identity = identity
        self.organisations = organisations
        self.settings = settings
        self.chosen = list(organisations)
        self.denies = False

    def authorize(self, request: Request) -> Response:
        """Consent at once and go back to the client; or say what is wrong."""
        asked = request.args
        error = self._fault(asked)
        if error:
            return Response(f"Error: {error}", 400, content_type="text/html")
        back = {"error": "access_denied"}
        if not self.denies:
            scopes = frozenset(asked["scope"].split())
            back = {
                "code": self.identity.consent(
                    scopes,
                    asked["redirect_uri"],
                    asked.get("code_challenge", ""),
                    list(self.chosen),
                ),
                "scope": asked["scope"],
            }
        if "state" in asked:
            back["state"] = asked["state"]
        return Response(
            status=302, headers={"Location": _joined(asked["redirect_uri"], back)}
        )

    def _fault(self, asked: Mapping[str, str]) -> str:
        scopes = set(asked.get("scope", "").split())
        if asked.get("client_id") != CLIENT_ID:
            return "unauthorized_client: unknown client or client not enabled"
        if not _is_redirect(asked.get("redirect_uri", "")):
            return "unauthorized_client: invalid redirect_uri"
        if asked.get("response_type") != "code":
            return "unsupported_response_type"
        if not scopes or scopes - known_scopes(self.settings.broad_scopes):
            return "invalid_scope"
        if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            return "invalid_request: transform algorithm not supported"
        return ""

    def token(self, request: Request) -> Response:
        """Give a token set for a code, a refresh token or a custom connection."""
        form = request.form.to_dict()
        try:
            client, proved = _client(request, form)
            return json_response(self._tokens(client, proved, form))
        except Denied as denied:
            return json_response({"error": denied.error}, 400)

    def _tokens(self, client: str, proved: bool, form: dict[str, str]) -> Any:
        kind = form.get("grant_type")
        if kind == "client_credentials":
            if client != CUSTOM_ID or not proved:
                raise Denied("unauthorized_client")
            scopes = frozenset(form.get("scope", "").split()) or CUSTOM
            if scopes - CUSTOM:
                raise Denied("invalid_scope")
            self.identity.custom_used = True
            return self.identity.issue(Grant(client, scopes, "", custom=True))
        if client == CUSTOM_ID:
            raise Denied("unauthorized_client")
        if kind == "refresh_token":
            return self.identity.renew(client, proved, form.get("refresh_token", ""))
        if kind != "authorization_code":
            raise Denied("unsupported_grant_type")
        code = self.identity.trade(client, proved, form)
        for tenant in code.tenants:
            self.identity.connect(code.grant, tenant, self.organisations[tenant].name)
        return self.identity.issue(code.grant)

    def sign_in(self, scopes: frozenset[str]) -> dict[str, Any]:
        """Consent and trade the code in one go, as the app with its secret."""
        code = self.identity.consent(scopes, "", "", list(self.chosen))
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": ""}
        tokens: dict[str, Any] = self._tokens(CLIENT_ID, True, form)
        return tokens

    def revocation(self, request: Request) -> Response:
        """End a token set and every connection of its user."""
        form = request.form.to_dict()
        try:
            _client(request, form)
        except Denied as denied:
            return json_response({"error": denied.error}, 400)
        self.identity.revoke(form.get("token", ""))
        return Response(status=200)

    def connections(self, request: Request) -> Response:
        """List the connected organisations; `authEventId` picks one consent's."""
        grant = self._grant(request)
        if grant.custom:
            first = next(iter(self.organisations.values()))
            self.identity.custom_used = True
            row = {"id": first.id, "tenantId": first.id, "tenantType": "ORGANISATION"}
            return json_response([{**row, "tenantName": first.name}])
        event = request.args.get("authEventId")
        rows = self.identity.connections.values()
        return json_response([r for r in rows if event in (None, r["authEventId"])])

    def disconnect(self, request: Request, id: str) -> Response:
        """End one connection."""
        self._grant(request)
        if not self.identity.disconnect(id):
            raise missing()
        return Response(status=204)

    def _grant(self, request: Request) -> Grant:
        grant = self.identity.bearer(request.headers.get("Authorization", ""))
        if grant is None:
            raise problem(401, "Unauthorized", "TokenExpired: token is not valid")
        return grant


def _client(request: Request, form: dict[str, str]) -> tuple[str, bool]:
    """Give who asks for a token, and whether a secret proved it."""
    name, secret = form.get("client_id", ""), form.get("client_secret")
    header = request.headers.get("Authorization", "")
    if header:
        try:
            pair = base64.b64decode(header.partition(" ")[2], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Denied("invalid_client") from None
        name, _, secret = pair.partition(":")
    if name not in SECRETS or secret not in (None, SECRETS[name]):
        raise Denied("invalid_client")
    return name, secret is not None


def _is_redirect(address: str) -> bool:
    parts = urlsplit(address)
    loopback = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    return loopback or (parts.scheme == "https" and bool(parts.hostname))


def _joined(address: str, back: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(back)}"
