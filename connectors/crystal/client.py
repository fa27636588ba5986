"""Speaks with Crystal's API: its addresses, its token, its pages, its refusals.

What Crystal's public pages leave open is either a constant here or a setting of the
connection, so that it is put right in one place: https://docs.getcrystal.com
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import quote

from integration.contract.messages import Secrets, Settings
from integration.errors import (
    BadConfig,
    BadCredentials,
    BadRecord,
    SyncFailure,
    Transient,
    Unknown,
)
from integration.http.auth import TokenAuth
from integration.http.body import Json, Unreadable, slices
from integration.http.client import Http
from integration.http.limits import seconds_until
from integration.http.redact import address, redact, remember
from integration.http.reply import Reply

logger = logging.getLogger(__name__)

BASE_URL = "https://api.getcrystal.com"
TOKEN_PATH = "/token"  # noqa: S105 - an address, no secret
PRODUCTS_PATH = "/v1/ecom/products"
ORDERS_PATH = "/v1/ecom/orders"
CHANGED_SINCE = "updated_since"
PAGE_SIZE = 100

KEY, SECRET = "key", "secret"
TOKEN_NAMES = ("access_token", "token")
PAGE, PER_PAGE = "page", "per_page"
ENVELOPES = ("data", "products", "items", "results")
FIELD_NAMES = ("field", "path")
MESSAGE_NAMES = ("message", "error", "detail")
REFUSED = (401, 403)
# The server gave up waiting, or it is too early: nothing was done.
NOT_DONE = (408, 425)
LOGGED = 2048


class Listing(NamedTuple):
    """One page of a list: its rows as sent, and Crystal's time just before it."""

    rows: list[bytes]
    asked_at: datetime


class Client:
    """The calls Weft makes on one Crystal organisation.

    Every call raises BadCredentials on 401 and 403, Transient on what passes, and
    BadConfig where the answer shows that a setting is wrong.
    """

    def __init__(self, settings: Settings, http: Http) -> None:
        self.http = http
        self.currency = str(settings.get("currency") or "")
        self.single_product = bool(settings.get("single_product"))
        self.order_lookup = bool(settings.get("order_lookup"))
        self._products_path = settings.get("products_path") or PRODUCTS_PATH
        self._orders_path = settings.get("orders_path") or ORDERS_PATH
        self._changed_since = settings.get("changed_since") or CHANGED_SINCE
        self._page_size = int(settings.get("page_size") or PAGE_SIZE)

    def products(self, page: int, since: str = "") -> Listing:
        """A page of the products, counted from 1; `since` is a time in ISO 8601."""
        began = datetime.now(UTC)
        reply = self.http.get(
            self._products_path,
            params={
                PAGE: page,
                PER_PAGE: self._page_size,
                self._changed_since: since or None,
            },
        )
        asked_at = _asked_at(reply, began)
        return Listing(_rows(_sound(reply, "products_path")), asked_at)

    def product(self, external_id: str) -> bytes | None:
        """One product as sent; None where Crystal has nothing at that address."""
        reply = self.http.get(f"{self._products_path}/{quote(external_id, safe='')}")
        if reply.status in (404, 405):
            return None
        return _sound(reply, "single_product").body

    def orders(self, **marks: str) -> list[Json]:
        """The orders Crystal gives for a mark; whether it looked at it is not sure."""
        reply = _sound(self.http.get(self._orders_path, params=marks), "order_lookup")
        return [reply._replace(body=row).json() for row in _rows(reply)]

    def send_order(self, order: Json) -> Json:
        """Hand an order in; Crystal's answer.

        Raises BadRecord with the field Crystal names, or Unknown where the order may
        have been taken.
        """
        reply = self.http.post(self._orders_path, json=order)
        field, message = _said(reply, FIELD_NAMES), _said(reply, MESSAGE_NAMES)
        if reply.status >= 500:
            _log(reply)
            raise Unknown(
                f"Crystal failed over an order (status {reply.status}). Whether it was "
                "taken is not known.",
                hint="Look for the order in Crystal before sending it again.",
            )
        # Without a field, 404 and 405 are about the address, not about the order.
        elsewhere = reply.status in (404, 405) and not field
        if reply.status < 400 or reply.status in REFUSED + NOT_DONE or elsewhere:
            return _sound(reply, "orders_path").json()
        _log(reply)
        message = message or f"Crystal refused the order (status {reply.status})."
        raise BadRecord(field, message, code="order_refused")


def base_url(settings: Settings) -> str:
    """Where the API lives."""
    return str(settings.get("base_url") or BASE_URL)


def auth(settings: Settings, secrets: Secrets) -> TokenAuth:
    """The bearer token that key and secret are exchanged for.

    It lives for a short, unstated time, so it is renewed inside the HTTP door.
    """
    path = settings.get("token_path") or TOKEN_PATH
    key, secret = secrets.get("key", ""), secrets.get("secret", "")
    remember(key, secret)

    def fetch(http: Http) -> tuple[str, float | None]:
        # Asking twice for a token does no harm.
        reply = http.post(path, form={KEY: key, SECRET: secret}, repeatable=True)
        if reply.status in (400, 422):
            raise _refused(reply)
        token = _said(_sound(reply, "token_path"), TOKEN_NAMES)
        if not token:
            raise BadConfig(
                "token_path",
                f"{address(reply.url)} answered without a token.",
                hint="Check the path of the token with Crystal.",
            )
        return token, None

    return TokenAuth(fetch, base_url(settings), path, key, secret)


def _rows(reply: Reply) -> list[bytes]:
    """The list in an answer: bare, or inside the first envelope that holds one."""
    if reply.body.lstrip().startswith(b"{"):
        for name in ENVELOPES:
            try:
                return slices(reply.body, name)
            except Unreadable:
                continue
    return reply.slices()


def _asked_at(reply: Reply, began: datetime) -> datetime:
    """Crystal's clock when the request left; ours where it tells no time."""
    took = datetime.now(UTC) - began
    try:
        return parsedate_to_datetime(reply.headers["Date"]).astimezone(UTC) - took
    except (KeyError, TypeError, ValueError):
        return began


def _sound(reply: Reply, setting: str) -> Reply:
    """The answer, if it is one; `setting` is to blame where Crystal says no."""
    if 200 <= reply.status < 300:
        return reply
    if reply.status in REFUSED:
        raise _refused(reply)
    _log(reply)
    if reply.status in NOT_DONE or reply.status >= 500:
        raise Transient(
            f"Crystal is out of order for now (status {reply.status}).",
            after=seconds_until(reply.headers.get("Retry-After", ""), time.time()),
            hint="Weft tries again by itself.",
        )
    raise BadConfig(
        setting,
        f"{address(reply.url)} answered with status {reply.status}. "
        f"{_said(reply, MESSAGE_NAMES)}".strip(),
        hint="Check this setting with Crystal.",
    )


def _refused(reply: Reply) -> BadCredentials:
    _log(reply)
    return BadCredentials(
        "secret",
        f"Crystal does not accept the key and secret (status {reply.status}).",
        hint="Ask your Crystal administrator for the pair of your organisation.",
    )


def _said(reply: Reply, names: tuple[str, ...]) -> str:
    """The first of these fields that holds a text; "" where none does."""
    try:
        body = reply.json()
    except SyncFailure:
        return ""
    found = (body.get(name) for name in names) if isinstance(body, dict) else ()
    return next((value for value in found if isinstance(value, str) and value), "")


def _log(reply: Reply) -> None:
    """Keep the beginning of a refusal, for how Crystal words them is not published."""
    text = redact(reply.body[:LOGGED].decode("utf-8", "replace"))
    logger.warning("%s answered %s: %s", address(reply.url), reply.status, text)
