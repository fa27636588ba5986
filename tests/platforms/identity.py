"""Little's own side: consents at once, refresh tokens that rotate, things to read."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from hashlib import sha256
from threading import Event
from typing import Any
from urllib.parse import urlencode

from werkzeug import Request, Response
from werkzeug.routing import Map, Rule

from integration.sandbox.platform import Context, Platform, json_response

CLIENT_ID, CLIENT_SECRET = "little-client", "little-secret-4711"
LIFE = 1800


class Identity(Platform):
    """A refresh token is good once, and once more in case the answer was lost.

    The next questions about tokens wait, before they are done, for those in `before`;
    their answers, once they are done, for those in `after`. `waiting` is set then.
    """

    key = "little"
    credentials: Mapping[str, str] = {"client_secret": CLIENT_SECRET}
    url_map = Map(
        [
            Rule("/identity/authorize", endpoint="authorize"),
            Rule("/identity/token", endpoint="token", methods=["POST"]),
            Rule("/identity/revoke", endpoint="revoke", methods=["POST"]),
            Rule("/accounts", endpoint="accounts"),
            Rule("/things", endpoint="things"),
        ]
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.reset()

    def reset(self) -> None:
        self.codes: dict[str, Mapping[str, str]] = {}
        self.refreshes: dict[str, int] = {}
        self.accesses: set[str] = set()
        self.opened = [{"id": "a-1", "name": "Acme"}]
        self.renewals = self.repeats = 0
        self.revoked: list[str] = []
        self.denies = ""
        self.before: list[Event] = []
        self.after: list[Event] = []
        self.waiting = Event()

    def answer(
        self, endpoint: str, request: Request, values: Mapping[str, Any]
    ) -> Response:
        return {
            "authorize": self._authorize,
            "token": self._token,
            "revoke": self._revoke,
            "accounts": lambda each: self._behind(each, self.opened),
            "things": lambda each: self._behind(each, []),
        }[endpoint](request)

    def ledger(self) -> dict[str, Any]:
        ended = not self.refreshes
        return {"renewals": self.renewals, "repeats": self.repeats, "ended": ended}

    def control(self, action: str, body: Any) -> Any:
        {"expire": self.expire, "end": self.end}[action]()
        return {}

    def expire(self) -> None:
        """No access token is good any more."""
        self.accesses.clear()

    def end(self) -> None:
        """No refresh token is good any more either."""
        self.refreshes.clear()
        self.expire()

    def _authorize(self, request: Request) -> Response:
        asked = request.args.to_dict()
        if asked["client_id"] != CLIENT_ID or asked["code_challenge_method"] != "S256":
            return Response("unauthorized_client", 400)
        back = {"state": asked["state"]}
        if self.denies:
            back["error"] = self.denies
        else:
            back["code"] = secrets.token_urlsafe(24)
            self.codes[back["code"]] = asked
        to = f"{asked['redirect_uri']}?{urlencode(back)}"
        return Response(status=302, headers={"Location": to})

    def _token(self, request: Request) -> Response:
        form = request.form.to_dict()
        proof = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization", f"Basic {proof}") != f"Basic {proof}":
            return json_response({"error": "invalid_client"}, 401)
        if "Authorization" not in request.headers and form["client_id"] != CLIENT_ID:
            return json_response({"error": "invalid_client"}, 401)
        if form["grant_type"] == "refresh_token":
            self._wait(self.before)
            answer = self._renewed(form["refresh_token"])
            self._wait(self.after)
            return answer
        asked = self.codes.pop(form["code"], None)
        digest = sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge:
            return json_response({"error": "invalid_grant"}, 400)
        if asked["redirect_uri"] != form["redirect_uri"]:
            return json_response({"error": "invalid_grant"}, 400)
        return json_response(self._pair())

    def _wait(self, gates: list[Event]) -> None:
        """Others may come in meanwhile."""
        if gates:
            gate = gates.pop(0)
            self.waiting.set()
            self.lock.release()
            gate.wait(60)
            self.lock.acquire()

    def _renewed(self, refresh: str) -> Response:
        uses = self.refreshes.get(refresh)
        if uses is None or uses > 1:
            return json_response({"error": "invalid_grant"}, 400)
        self.renewals += 1
        self.repeats += uses
        self.refreshes[refresh] = uses + 1
        return json_response(self._pair())

    def _pair(self) -> dict[str, Any]:
        access, refresh = (secrets.token_urlsafe(24) for _ in range(2))
        self.accesses.add(access)
        self.refreshes[refresh] = 0
        return {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": LIFE,
            "scope": "things offline",
        }

    def _revoke(self, request: Request) -> Response:
        self.revoked.append(request.form["token"])
        self.end()
        return Response("", 200)

    def _behind(self, request: Request, rows: Any) -> Response:
        access = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if access not in self.accesses:
            return json_response({"message": "unauthorised"}, 401)
        return json_response(rows)
