"""Signs in at Galaxy once and keeps the session for every call of this process.

Sessions are those of the ServiceStack framework Galaxy's API is built on:
https://docs.servicestack.net/auth/sessions
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from connectors.galaxy.refusals import judge
from integration.contract.messages import Json, Secrets, Settings
from integration.errors import BadConfig, BadCredentials
from integration.http.auth import Auth, TokenAuth
from integration.http.redact import address, remember
from integration.http.reply import Reply

if TYPE_CHECKING:
    from requests import PreparedRequest

    from integration.http.client import Http

SIGN_IN = "/auth"
COOKIE = "ss-id"
REFUSED = frozenset({401, 403})
ACCEPT = {"Accept": "application/json"}


class SessionAuth(TokenAuth):
    """The session cookie of one user at one address.

    How long a session lives is not published: it is kept until Galaxy refuses it, then
    one sign-in follows and the call is made once more. Nobody signs out, for that would
    end the session of others at work.
    """

    stale = REFUSED

    def __init__(self, place: str, username: str, password: str) -> None:
        remember(password)
        self._user = {"username": username, "password": password}
        super().__init__(self._sign_in, "galaxy", place, username, password)

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        """Adds the cookie."""
        super().sign(request)
        session = request.headers.pop("Authorization").removeprefix("Bearer ")
        request.headers["Cookie"] = f"{COOKIE}={session}"
        return request

    def sign_auth(self, request: PreparedRequest) -> PreparedRequest:
        """The sign-in as it goes out; unchanged here.

        An installation may ask for a signature of the sign-in beside the password. How
        it is made is not published, so whoever knows overrides this.
        """
        return request

    def _sign_in(self, http: Http) -> tuple[str, float | None]:
        """The session's id; the password goes in the body, never in the address."""
        http.auth = _Signed(self)
        # Signing in twice does no harm.
        reply = http.post(SIGN_IN, json=self._user, headers=ACCEPT, repeatable=True)
        if reply.status in REFUSED:
            raise _refused(reply)
        answer = judge(reply).json()
        session = answer.get("SessionId") if isinstance(answer, dict) else None
        if not isinstance(session, str) or not session:
            raise BadConfig(
                "base_url",
                f"{address(reply.url)} let Weft in without naming a session.",
                hint="Check the address: it must be that of Galaxy's web API.",
            )
        return session, math.inf


class _Signed(Auth):
    """Lets the session's hook see the sign-in."""

    def __init__(self, session: SessionAuth) -> None:
        self._session = session

    def sign(self, request: PreparedRequest) -> PreparedRequest:
        return self._session.sign_auth(request)


def auth(settings: Settings, secrets: Secrets) -> SessionAuth:
    """The session of a connection's user."""
    given: Json = {**secrets, **settings}
    return SessionAuth(
        str(given.get("base_url") or ""),
        str(given.get("username") or ""),
        secrets.get("password", ""),
    )


def _refused(reply: Reply) -> BadCredentials:
    return BadCredentials(
        "password",
        f"Galaxy does not let this user in (status {reply.status}).",
        hint="Check user and password. Galaxy may also let in listed addresses only, "
        "or ask for a signature: ask whoever runs it.",
    )
