"""Lets programs in by their key: `Authorization: Bearer weft_…`, never by a session."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from integration.engine import api_keys
from integration.models import ApiKey, trace

SCHEME = b"bearer"


class KeyAuthentication(BaseAuthentication):
    """The key becomes `request.auth`; there is no user."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        """The key in force; None where none was sent. AuthenticationFailed where what
        was sent is unknown, revoked or past its end: which of these is not told."""
        scheme, _, text = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME:
            return None
        key = api_keys.check(text.decode("latin-1").strip())
        if key is None:
            raise AuthenticationFailed("This key is unknown, revoked or has expired.")
        under_way = trace.current()
        if under_way is not None:
            under_way.tenant = key.tenant.slug
            under_way.actor = f"API key {key}"
        return None, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="Weft"'


class KeyScheme(OpenApiAuthenticationExtension):
    """The same, as the schema tells it."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """See drf-spectacular."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key from *Settings, API keys*: `weft_…`.",
        }
