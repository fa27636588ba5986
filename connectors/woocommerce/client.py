"""Speaks with one shop: its address, its proof, its lists, its dialect of failure."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from connectors.woocommerce.refusals import judge
from integration.contract.messages import Json, Secrets, Settings
from integration.errors import BadConfig, Transient
from integration.http.auth import Auth, BasicAuth, OAuth1Query
from integration.http.body import Unreadable, peek
from integration.http.client import Http, Params, Reply, Value
from integration.http.redact import remember

if TYPE_CHECKING:
    from requests import PreparedRequest

API = "wc/v3"
# The most rows a list gives at once.
PAGE = 100


class QueryKeys(Auth):
    """Key and secret in the query, for servers that drop the Authorization header.

    https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-https
    """

    def __init__(self, key: str, secret: str) -> None:
        remember(key, secret)
        self._keys = {"consumer_key": key, "consumer_secret": secret}

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        """Adds both to whatever the query holds."""
        request.prepare_url(request.url, self._keys)
        return request


class Client:
    """One shop. Every answer it gives back is a success; all else is raised."""

    def __init__(self, settings: Settings, http: Http) -> None:
        self.settings = settings
        self._http = http

    def get(self, path: str, **params: Value) -> Reply:
        """Read `path`, below the API's root. Raises what `judge` does."""
        return judge(self._http.get(self._route(path), params=params))

    def send(
        self, method: str, path: str, body: Json = None, params: Params | None = None
    ) -> Reply:
        """Write. Raises what `judge` does."""
        return judge(self.attempt(method, path, body, params))

    def attempt(
        self,
        method: str,
        path: str,
        body: Json = None,
        params: Params | None = None,
        repeatable: bool | None = None,
    ) -> Reply:
        """Write, and give back refusals too, for a caller who knows what to do."""
        route = self._route(path)
        return self._http.request(
            method, route, params=params, json=body, repeatable=repeatable
        )

    def rows(self, path: str, **params: Value) -> Iterator[bytes]:
        """Every row of a short list, each as its exact bytes, page after page."""
        page = 1
        while True:
            found = self.get(path, per_page=PAGE, page=page, **params).slices()
            yield from found
            if len(found) < PAGE:
                return
            page += 1

    def _route(self, path: str) -> str:
        if self.settings.get("rest_route"):
            return f"?rest_route=/{API}/{path}"
        return path


def fields(row: bytes, *names: str) -> tuple[Any, ...]:
    """These fields of a row, None where absent; Transient when it is no object."""
    try:
        return peek(row, *names)
    except Unreadable as error:
        raise Transient(f"The shop sent a row that cannot be read: {error}.") from None


def shop(settings: Settings) -> SplitResult:
    """The shop's address as a merchant may have typed it, put right.

    Without a scheme https is meant; what follows the shop's own path is dropped.
    Raises BadConfig where it is none, and for plain http that was not switched on.
    """
    text = str(settings.get("url") or "").strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadConfig("url", f"{text!r} is not the address of a shop.")
    if parts.scheme == "http" and not (
        settings.get("allow_http") or _this_machine(parts.hostname)
    ):
        raise BadConfig(
            "allow_http",
            "The shop's address begins with http://, which anyone on the way can read.",
            hint="Use https://, or switch plain http on if that cannot be had.",
        )
    path = parts.path
    for tail in ("/wp-json", "/wp-admin", "/index.php"):
        path = path.partition(tail)[0]
    return parts._replace(path=path.rstrip("/"), query="", fragment="")


def account(settings: Settings) -> str:
    """What separates one shop's ids from another's: host and path."""
    parts = shop(settings)
    return parts.netloc.rpartition("@")[2].lower() + parts.path


def base_url(settings: Settings) -> str:
    """Where the API is; without pretty permalinks everything goes by the query."""
    root = shop(settings).geturl()
    return root if settings.get("rest_route") else f"{root}/wp-json/{API}"


def auth(settings: Settings, secrets: Secrets) -> Auth:
    """How calls are signed: by password over https, by OAuth 1.0a over plain http."""
    key, secret = secrets["consumer_key"], secrets["consumer_secret"]
    if shop(settings).scheme == "http":
        return OAuth1Query(key, secret)
    if settings.get("auth_in_query"):
        return QueryKeys(key, secret)
    return BasicAuth(key, secret)


def _this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
