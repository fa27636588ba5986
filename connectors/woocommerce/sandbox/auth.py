"""Decides who is asking: Basic over https, query secrets, OAuth 1.0a over http.

Rules: https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication and
RFC 5849 section 3.4 for the signature.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from werkzeug import Request

from connectors.woocommerce.sandbox.exchange import Refusal

CONSUMER_KEY = "ck_5a1d0c7e2b94f8360d1e5c7a9b3f2846d0e7c195"
CONSUMER_SECRET = "cs_e93b7f1042c6d85a0b1f4e7d2c9a6835f0d4b7e1"
READ_KEY = "ck_1f0e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"
READ_SECRET = "cs_0a1b2c3d4e5f60718293a4b5c6d7e8f900112233"

WINDOW = 15 * 60
"""Seconds a timestamp may be off, and for which a nonce is remembered."""
ALGORITHMS = {"HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256"}
NEEDED = (
    "oauth_consumer_key",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
)
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Key:
    """A REST API key of the shop; `permission` is read, write or read_write."""

    consumer_key: str
    consumer_secret: str
    permission: str


@dataclass(slots=True)
class Gate:
    """The keys of the shop and the nonces it has seen.

    `trusted_proxy` makes the shop believe `X-Forwarded-Proto`; a shop that does not
    takes every request behind a TLS-ending proxy for plain http.
    """

    now: Callable[[], float]
    trusted_proxy: bool = True
    keys: dict[str, Key] = field(default_factory=dict)
    nonces: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = {
            key.consumer_key: key
            for key in (
                Key(CONSUMER_KEY, CONSUMER_SECRET, "read_write"),
                Key(READ_KEY, READ_SECRET, "read"),
            )
        }

    def secure(self, request: Request) -> bool:
        """Tell whether the shop believes this request came over https."""
        if request.scheme == "https":
            return True
        forwarded = request.headers.get("X-Forwarded-Proto", "")
        return self.trusted_proxy and forwarded.lower() == "https"

    def admit(self, request: Request) -> Key | None:
        """Give the key of a request, or None for a visitor without one.

        Raises `Refusal` 401 for a wrong secret, signature, nonce, timestamp or for a
        key that may not do what the method does. An unknown key is a visitor.
        """
        key = self._basic(request) if self.secure(request) else None
        if key is None:
            key = self._oauth(request)
        if key is not None:
            _check_permission(key, request.method)
        return key

    def _basic(self, request: Request) -> Key | None:
        name = request.args.get("consumer_key", "")
        secret = request.args.get("consumer_secret", "")
        if not (name and secret):
            name, secret = _basic_pair(request.headers.get("Authorization", ""))
        key = self.keys.get(name)
        if key is None:
            return None
        if not hmac.compare_digest(key.consumer_secret.encode(), secret.encode()):
            raise _refused("Consumer secret is invalid.")
        return key

    def _oauth(self, request: Request) -> Key | None:
        params = _query_like_php(request)
        params |= _oauth_header(request.headers.get("Authorization", ""))
        given = [name for name in NEEDED if params.get(name)]
        if not given:
            return None
        if len(given) < len(NEEDED):
            lacking = ", ".join(name for name in NEEDED if name not in given)
            raise _refused(f"Missing OAuth parameters: {lacking}.")
        key = self.keys.get(params["oauth_consumer_key"])
        if key is None:
            return None
        self._check_signature(request, key, params)
        self._check_freshness(key, params)
        return key

    def _check_signature(
        self, request: Request, key: Key, params: dict[str, str]
    ) -> None:
        algorithm = ALGORITHMS.get(params["oauth_signature_method"])
        if algorithm is None:
            raise _refused("Invalid signature - signature method is invalid.")
        url = request.base_url
        if self.secure(request):
            url = re.sub("^http:", "https:", url)
        expected = signature(
            request.method, url, params, f"{key.consumer_secret}&", algorithm
        )
        given = params["oauth_signature"].replace(" ", "+")
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise _refused("Invalid signature - provided signature does not match.")

    def _check_freshness(self, key: Key, params: dict[str, str]) -> None:
        sent, now = params["oauth_timestamp"], self.now()
        if not sent.isdigit() or abs(now - int(sent)) > WINDOW:
            raise _refused("Invalid timestamp.")
        for used, at in list(self.nonces.items()):
            if at >= now - WINDOW:
                break
            del self.nonces[used]
        nonce = (key.consumer_key, params["oauth_nonce"])
        if nonce in self.nonces:
            raise _refused("Invalid nonce - nonce has already been used.")
        self.nonces[nonce] = int(now)


def signature(
    method: str, url: str, params: dict[str, str], key: str, algorithm: str
) -> str:
    """Compute the signature of a request, base64; `oauth_signature` does not count."""
    pairs = sorted(
        (_escape(name), _escape(value))
        for name, value in params.items()
        if name not in ("oauth_signature", "realm")
    )
    normal = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join((method.upper(), _escape(url), _escape(normal)))
    digest = hmac.new(key.encode(), base.encode(), algorithm).digest()
    return base64.b64encode(digest).decode()


def _escape(text: str) -> str:
    return quote(text, safe="~")


def _query_like_php(request: Request) -> dict[str, str]:
    # PHP keeps the last of several equal names; the vendor's Python client sends its
    # parameters twice and depends on it.
    return {name: values[-1] for name, values in request.args.lists()}


def _basic_pair(header: str) -> tuple[str, str]:
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _oauth_header(header: str) -> dict[str, str]:
    kind, _, value = header.partition(" ")
    if kind.lower() != "oauth":
        return {}
    return {
        unquote(name): unquote(text)
        for name, text in re.findall(r'([\w%]+)\s*=\s*"([^"]*)"', value)
        if name != "realm"
    }


def _check_permission(key: Key, method: str) -> None:
    needed = "write" if method in WRITING else "read"
    if needed not in key.permission:
        raise _refused(f"The API key provided does not have {needed} permissions.")


def _refused(message: str) -> Refusal:
    return Refusal("woocommerce_rest_authentication_error", message, 401)
