"""The one HTTP door: every call to a platform is made here, and judged as network only.

What an answer means is the connector's to say; whether a call may be made, repeated or
is of unknown outcome is said here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

import msgspec
import requests

from integration.errors import BadConfig, SyncFailure
from integration.http.attempts import Attempts, Call, judged
from integration.http.auth import Auth, NoAuth
from integration.http.body import Json
from integration.http.guard import AddressGuard, Resolver, system_resolver
from integration.http.limits import Meter
from integration.http.redact import address, quiet
from integration.http.reply import Reply
from integration.http.rules import HttpRules
from integration.http.sessions import Line, line

__all__ = ["Http", "Options", "Params", "Reply", "Value"]

quiet()

REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_DEFAULT = HttpRules()
_encoder = msgspec.json.Encoder(decimal_format="number")

Value = str | int | float | bool | None
Params = Mapping[str, Value | Sequence[str | int]]


class Options(TypedDict, total=False):
    """What `Http.request` takes besides method and path."""

    params: Params | None
    json: Json
    form: Mapping[str, str] | None
    headers: Mapping[str, str] | None
    group: str
    repeatable: bool | None
    timeout: float | None


class Http:
    """The door to one platform account.

    `route` says on whose behalf calls are made, for the log; the meter knows for
    itself what it counts. `account` names what a session belongs to, by default
    `base_url`.
    """

    def __init__(
        self,
        *,
        base_url: str,
        auth: Auth,
        meter: Meter,
        rules: HttpRules = _DEFAULT,
        route: str = "",
        account: str = "",
        resolver: Resolver = system_resolver,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.auth = auth
        self.meter = meter
        self.rules = rules
        self.route = route
        self.account = account or self.base_url
        self.resolver = resolver
        self._guard = AddressGuard(rules, resolver)
        self._checked = False

    def bare(self) -> Http:
        """The same door without proof, for fetching one."""
        return Http(
            base_url=self.base_url,
            auth=NoAuth(),
            meter=self.meter,
            rules=self.rules,
            route=self.route,
            account=self.account,
            resolver=self.resolver,
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Json = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        group: str = "",
        repeatable: bool | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """Make one call; `path` continues the base URL, or is a full URL beneath it.

        `repeatable` None: all methods but POST and PATCH. `timeout` replaces the
        rules' read and total seconds. Answers of any status come back but these:
        429 raises Transient(throttled); 502, 503, 504 of a repeatable call raise
        Transient after two repeats; a permanent redirect, an unfit address or
        certificate raises BadConfig. Without an answer: Transient, or Unknown when the
        call is not repeatable and may have left. Raises BudgetSpent from the meter.
        """
        open_line = line(self.account, self.rules, self.resolver)
        request = requests.Request(
            method.upper(),
            self._url(path),
            params=_query(params),
            data=_encoder.encode(json) if json is not None else form,
            headers=_headers(headers, json),
        )
        prepared = self._prepare(request, open_line)
        if repeatable is None:
            repeatable = prepared.method in REPEATABLE
        call = Call(
            request=prepared,
            url=prepared.url or "",
            group=group,
            repeatable=repeatable,
            deadline=time.monotonic() + (timeout or self.rules.total_timeout),
            read_timeout=timeout or self.rules.read_timeout,
        )
        return self._perform(call, open_line)

    def get(self, path: str, **options: Unpack[Options]) -> Reply:
        """`request` by GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Unpack[Options]) -> Reply:
        """`request` by POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[Options]) -> Reply:
        """`request` by PUT."""
        return self.request("PUT", path, **options)

    def delete(self, path: str, **options: Unpack[Options]) -> Reply:
        """`request` by DELETE."""
        return self.request("DELETE", path, **options)

    def _url(self, path: str) -> str:
        """The full address; never one on another host, for it would get our keys."""
        if "://" not in path.partition("?")[0]:
            if ".." in path.partition("?")[0].split("/"):
                raise BadConfig(
                    "base_url", f"{address(path)} climbs out of its folder."
                )
            return f"{self.base_url}/{path.lstrip('/')}"
        if _origin(path) != _origin(self.base_url):
            raise BadConfig(
                "base_url",
                f"{address(self.base_url)} points to {address(path)}, another system; "
                "Weft did not follow.",
                code="address_refused",
                hint="If that address is yours, enter it instead.",
            )
        return path

    def _prepare(
        self, request: requests.Request, open_line: Line
    ) -> requests.PreparedRequest:
        """The request as it will go out, its address checked as given and as used."""
        if not self._checked:
            self._guard.check(self.base_url)
            self._checked = True
        try:
            prepared = open_line.session.prepare_request(request)
        except (requests.RequestException, ValueError):
            prepared = None
        if prepared is None:
            raise BadConfig(
                "base_url",
                f"{address(request.url)} is no address that can be called.",
                code="address_refused",
                hint="Check it for typing errors.",
            )
        self._guard.check(prepared.url or "")
        return prepared

    def _perform(self, call: Call, open_line: Line) -> Reply:
        """The call with its repeats, and once more with a new token after a 401."""
        attempts = Attempts(
            auth=self.auth,
            meter=self.meter,
            rules=self.rules,
            line=open_line,
            route=self.route,
        )
        self.auth.ready(self)
        outcome = attempts.make(call)
        refused = isinstance(outcome, Reply) and outcome.status == 401
        if refused and self.auth.renew(self):
            outcome = attempts.make(call)
        if isinstance(outcome, SyncFailure):
            raise outcome
        return judged(outcome)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", usual if port is None else port


def _query(params: Params | None) -> dict[str, Any]:
    """Parameters as platforms write them: true and false in small, None left out."""
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in (params or {}).items()
        if value is not None
    }


def _headers(headers: Mapping[str, str] | None, json: Json) -> dict[str, str]:
    typed = {"Content-Type": "application/json"} if json is not None else {}
    return {**typed, **(headers or {})}
