"""How a call proves who we are: the five ways the platforms ask for."""

from __future__ import annotations

import threading
import time
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec
from requests import PreparedRequest

from integration.errors import Transient
from integration.http.redact import remember

if TYPE_CHECKING:
    from integration.http.client import Http

EARLY = 60.0
UNSTATED_LIFE = 600.0
MOST_TOKENS = 1_000


class Auth:
    """Signs calls. A platform with its own way overrides what it needs of the three.

    `stale` are the statuses that tell of a proof which may have ended.
    """

    stale: frozenset[int] = frozenset({401})

    def ready(self, http: Http) -> None:
        """Called before a call: fetch what `sign` will need, if it is not there."""

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        """The request with its proof; called anew for every attempt."""
        return request

    def renew(self, http: Http) -> bool:
        """Called on a stale proof: True when there is a new one to repeat with."""
        return False


class NoAuth(Auth):
    """No proof at all."""


class BasicAuth(Auth):
    """User and password in the `Authorization` header (RFC 7617)."""

    def __init__(self, user: str, password: str) -> None:
        self._header = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        remember(password, self._header.removeprefix("Basic "))

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        """Adds the header."""
        request.headers["Authorization"] = self._header
        return request


class OAuth1Query(Auth):
    """OAuth 1.0a without a token, HMAC-SHA256, in the query.

    What WooCommerce wants over plain http, where it refuses a password in the clear:
    https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-http
    """

    def __init__(self, key: str, secret: str) -> None:
        # Eighty modules that no other kind of proof needs.
        from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, SIGNATURE_TYPE_QUERY
        from requests_oauthlib import OAuth1

        remember(key, secret)
        self._oauth = OAuth1(
            key,
            client_secret=secret,
            signature_method=SIGNATURE_HMAC_SHA256,
            signature_type=SIGNATURE_TYPE_QUERY,
        )

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        """Adds the oauth_ parameters, with a nonce of their own for every attempt."""
        return self._oauth(request)


@dataclass(slots=True)
class _Token:
    """A token and how long it is good for; one per set of credentials and process."""

    value: str = ""
    renew_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


_tokens: dict[bytes, _Token] = {}
_tokens_lock = threading.Lock()

Fetch = Callable[["Http"], tuple[str, float | None]]
"""Asks for a token through an unsigned door: (token, when it ends or None)."""


class TokenAuth(Auth):
    """A bearer token that is fetched when needed and renewed before it ends.

    `fetch` gets a door without proof and gives the token and its end in seconds since
    1970, or None: then the token's own `exp` counts, or ten minutes. `credentials`
    are what the token is given for, in full: within this process equal ones share it,
    across threads and connections; without them it stays with this object.
    """

    def __init__(self, fetch: Fetch, *credentials: str) -> None:
        self._fetch = fetch
        self._token = _shared(credentials) if credentials else _Token()
        self._used = threading.local()

    def ready(self, http: Http) -> None:
        """Fetches a token where there is none or its end is near; one thread does."""
        with self._token.lock:
            if time.time() >= self._token.renew_at:
                self._renew(http)

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        """Adds the bearer header."""
        self._used.value = self._token.value
        request.headers["Authorization"] = f"Bearer {self._used.value}"
        return request

    def renew(self, http: Http) -> bool:
        """Drops the refused token and fetches one, unless another thread just did."""
        with self._token.lock:
            if self._token.value == getattr(self._used, "value", ""):
                self._token.renew_at = 0.0
                self._renew(http)
        return True

    def _renew(self, http: Http) -> None:
        value, ends_at = self._fetch(http.bare())
        remember(value)
        if not value.isascii() or not value.isprintable():
            raise Transient(
                f"{http.base_url} gave a token that cannot be used.", code="unreadable"
            )
        self._token.value = value
        self._token.renew_at = _renew_at(ends_at or jwt_expiry(value), time.time())


class Bearer(NamedTuple):
    """A token of a grant. `generation` rises with every new one; `ends_at` is in
    seconds since 1970, None where the platform does not say."""

    value: str
    generation: int
    ends_at: float | None


class TokenKeeper(Protocol):
    """Keeps the tokens of a grant for every process that calls with them."""

    def current(self) -> Bearer:
        """The token as it is kept now. Raises BadCredentials where the grant ended."""

    def renewed(self, used: Bearer, *, refused: bool) -> Bearer:
        """What to go on with after `used`, which ends soon or was `refused`.

        A newer token; or the same while it is good and somebody else renews it, or
        nobody could. Raises BadCredentials where the grant ended, Transient where
        there is nothing to call with for now.
        """


class GrantAuth(Auth):
    """A bearer token that belongs to a person's consent and is kept outside.

    Unlike one that is fetched with a password, it cannot be fetched anew at will: each
    renewal ends the pair before it, so all processes share one keeper's rows.
    """

    def __init__(self, keeper: TokenKeeper) -> None:
        self._keeper = keeper
        self._held: Bearer | None = None
        self._used = threading.local()

    def ready(self, http: Http) -> None:
        """Renews a minute before the end."""
        held = self._held or self._keeper.current()
        if held.ends_at is not None and time.time() >= held.ends_at - EARLY:
            held = self._keeper.renewed(held, refused=False)
        self._held = held

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        """Adds the bearer header."""
        self._used.bearer = self._held or self._keeper.current()
        request.headers["Authorization"] = f"Bearer {self._used.bearer.value}"
        return request

    def renew(self, http: Http) -> bool:
        """Takes the newer token, which somebody else may have brought already."""
        self._held = self._keeper.renewed(self._used.bearer, refused=True)
        return True


def usable(token: str) -> bool:
    """Whether a token can stand in a header."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def jwt_expiry(token: str) -> float | None:
    """When a JSON Web Token ends, in seconds since 1970, read without verifying it.

    It is the platform's to verify; we only want to be in time. None: it does not say.
    """
    try:
        body = token.split(".")[1]
        claims = msgspec.json.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return float(claims["exp"])
    except (ValueError, IndexError, KeyError, TypeError, msgspec.DecodeError):
        return None


def _renew_at(ends_at: float | None, now: float) -> float:
    """A minute before the end, or half-way through a shorter life.

    An end that is already past tells of two clocks that differ, not of a dead token:
    a 401 will say when it really ends.
    """
    if ends_at is None or ends_at <= now:
        return now + UNSTATED_LIFE
    return ends_at - min(EARLY, (ends_at - now) / 2)


def _shared(credentials: tuple[str, ...]) -> _Token:
    """The token of these credentials in this process; the oldest make room."""
    name = blake2b(msgspec.json.encode(credentials)).digest()
    with _tokens_lock:
        token = _tokens.setdefault(name, _Token())
        while len(_tokens) > MOST_TOKENS:
            _tokens.pop(next(iter(_tokens)))
        return token
