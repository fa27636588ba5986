"""The one HTTP door: every call to a platform is made here, and judged as network only.

What an answer means is the connector's to say; whether a call may be made, repeated or
is of unknown outcome is said here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Unpack

import msgspec
import requests

from integration.errors import BadConfig, SyncFailure
from integration.http import failures
from integration.http.asking import Options, Params, Value, origin, typed, written
from integration.http.attempts import Attempts, Call, judged
from integration.http.auth import Auth, NoAuth
from integration.http.body import Json, Unreadable
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
        options = Options(params=params, json=json, form=form, headers=headers)
        options |= Options(group=group, repeatable=repeatable, timeout=timeout)
        return self._perform(*self._call(method, path, options))

    def rows(
        self, path: str, judge: Callable[[Reply], object], **options: Unpack[Options]
    ) -> Iterator[bytes]:
        """The elements of the JSON list a GET of `path` answers, as they arrive.

        One is held at a time, however long the list is. An answer that is no list goes
        to `judge` as a whole, to raise what it means; else it is unreadable. `timeout`
        covers what the platform takes, not what is done with the rows in between.
        Raises as `request` does, with the first row or, where the answer breaks off,
        after the rows that came.
        """
        call, open_line = self._call("GET", path, options, streamed=True)
        reply = self._perform(call, open_line)
        if reply.rows is None:
            judge(reply)
            error = Unreadable("it does not hold the list expected")
            raise failures.of_content(error, repeatable=True, url=reply.url)
        yield from reply.rows

    def _call(
        self, method: str, path: str, options: Options, streamed: bool = False
    ) -> tuple[Call, Line]:
        """The call as it will be made, and the line it is made on."""
        open_line = line(self.account, self.rules, self.resolver)
        json, timeout = options.get("json"), options.get("timeout")
        request = requests.Request(
            method.upper(),
            self._url(path),
            params=written(options.get("params")),
            data=_encoder.encode(json) if json is not None else options.get("form"),
            headers=typed(options.get("headers"), json),
        )
        prepared = self._prepare(request, open_line)
        repeatable = options.get("repeatable")
        if repeatable is None:
            repeatable = prepared.method in REPEATABLE
        call = Call(
            request=prepared,
            url=prepared.url or "",
            group=options.get("group", ""),
            repeatable=repeatable,
            deadline=time.monotonic() + (timeout or self.rules.total_timeout),
            read_timeout=timeout or self.rules.read_timeout,
            streamed=streamed,
        )
        return call, open_line

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
        if origin(path) != origin(self.base_url):
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
        """The call with its repeats, and once more where the proof was stale."""
        attempts = Attempts(
            auth=self.auth,
            meter=self.meter,
            rules=self.rules,
            line=open_line,
            route=self.route,
        )
        self.auth.ready(self)
        outcome = attempts.make(call)
        refused = isinstance(outcome, Reply) and outcome.status in self.auth.stale
        if refused and self.auth.renew(self):
            outcome = attempts.make(call)
        if isinstance(outcome, SyncFailure):
            raise outcome
        return judged(outcome)
