"""The shop's dialect of failure: what each refusal means and who acts next.

https://woocommerce.github.io/woocommerce-rest-api-docs/#errors
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any, NamedTuple

from integration.errors import (
    BadConfig,
    BadCredentials,
    BadRecord,
    SyncFailure,
    TooLarge,
    Transient,
    Unknown,
)
from integration.http.body import Unreadable, parse
from integration.http.client import Reply

SKU_TAKEN = "product_invalid_sku"
# Told of a SKU whose holder lies in the trash, without saying which product that is.
NOT_CREATED = "woocommerce_rest_product_not_created"
TERM_EXISTS = "term_exists"
IMAGE_ID_UNKNOWN = "woocommerce_product_invalid_image_id"
IMAGE_NOT_FETCHED = "image_upload_error"
# How the codes of the shop's own program begin, as opposed to a broken host's.
_OWN_CODES = ("woocommerce_", "product_", "rest_", "term_")
# The second is told of a variation asked for as a product.
_GONE = ("_invalid_id", "_invalid_product_id")
_FIELDS = {SKU_TAKEN: "sku", NOT_CREATED: "sku", IMAGE_ID_UNKNOWN: "images"}
_KEYS_HINT = (
    "Check that the key exists, belongs to a user who may manage the shop and has "
    "read and write permission. A proxy in front of the shop that hides https makes "
    "the shop refuse a good key in the same words."
)


class Refusal(NamedTuple):
    """An error as the shop words it, alone or in the place of a batch's item."""

    code: str
    message: str
    status: int
    data: Mapping[str, Any]

    @property
    def field(self) -> str:
        """The field it is about, "" where the shop does not say."""
        if self.code.endswith(IMAGE_NOT_FETCHED):
            return "images"
        params = self.data.get("params")
        first = next(iter(params), "") if isinstance(params, Mapping) else ""
        return _FIELDS.get(self.code, first)


def read(body: Any, status: int = 400) -> Refusal | None:
    """The error in a JSON value, or None where it holds none."""
    if not isinstance(body, Mapping) or not isinstance(body.get("code"), str):
        return None
    data = body.get("data")
    data = data if isinstance(data, Mapping) else {}
    stated = data.get("status")
    message = unescape(re.sub(r"<[^>]+>", " ", str(body.get("message") or "")))
    return Refusal(
        body["code"],
        " ".join(message.split())[:500] or body["code"],
        stated if isinstance(stated, int) else status,
        data,
    )


def of_reply(reply: Reply) -> Refusal | None:
    """The error an answer carries, None where it is no JSON of the shop's."""
    try:
        return read(parse(reply.body), reply.status)
    except Unreadable:
        return None


def judge(reply: Reply) -> Reply:
    """The answer, when it is a success; else raises who has to act.

    BadCredentials: keys or rights. BadConfig: no such API there. TooLarge: split the
    batch. BadRecord: the data. Transient: the host, later. Unknown: a write whose end
    nobody told us.
    """
    if reply.status < 300:
        return reply
    refusal = of_reply(reply)
    if reply.status == 413:
        raise TooLarge("The shop takes fewer items at once.")
    if refusal is None or (reply.status >= 500 and not _meant(refusal)):
        raise _of_host(reply)
    raise _locked_out(refusal) if reply.status == 401 else of_item(refusal)


def of_item(refusal: Refusal) -> SyncFailure:
    """What a refusal of the shop's own program means: who has to act."""
    if refusal.status >= 500 and not _meant(refusal):
        return Transient(f"The shop stumbled over it: {refusal.message}")
    if refusal.code == "rest_no_route":
        return BadConfig(
            "url",
            "The site answers, but its shop does not: WooCommerce is off or its "
            "addresses are switched to plain.",
            code="no_route",
            hint="Switch WooCommerce on; under Settings, Permalinks choose any but "
            "Plain, or tick the connection's fallback.",
        )
    if refusal.status in (401, 403):
        return BadCredentials(
            "consumer_key", refusal.message, code="no_rights", hint=_KEYS_HINT
        )
    if refusal.code.endswith(_GONE):
        return BadRecord(
            "",
            "It is no longer in the shop.",
            code="gone_on_target",
            hint="Was it deleted there? Send it again to make it anew.",
        )
    return BadRecord(refusal.field, refusal.message, code=refusal.code)


def _meant(refusal: Refusal) -> bool:
    """Whether an error of the server is a plain refusal all the same.

    A refund too high is one: repeating it would never help.
    """
    return refusal.code.startswith(_OWN_CODES)


def _locked_out(refusal: Refusal) -> BadCredentials:
    field = "consumer_secret" if "secret" in refusal.message.lower() else "consumer_key"
    return BadCredentials(field, refusal.message, hint=_KEYS_HINT)


def _of_host(reply: Reply) -> SyncFailure:
    """What a page means that the shop's program did not write: the host's own."""
    if reply.status == 401:
        return BadCredentials(
            "url",
            "The site asks for a password before the shop is reached.",
            hint="Take the protection off, or let addresses under /wp-json through.",
        )
    if reply.status in (404, 410) or reply.status < 400:
        return BadConfig(
            "url",
            f"There is no shop at this address (status {reply.status}).",
            code="no_shop",
            hint="Check the address, and that permalinks are not set to Plain.",
        )
    words = f"The shop's host answered with status {reply.status} and no word of why."
    if reply.status >= 500 and not reply.repeatable:
        return Unknown(words, hint="Weft looks before it sends this again.")
    return Transient(
        words,
        hint="A firewall may be in the way: let Weft's calls through."
        if reply.status == 403
        else "Weft tries again by itself.",
    )
