"""Does many creations, changes and deletions in one request, each on its own."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.woocommerce.sandbox.exchange import Answer, Call, Record, Refusal
from connectors.woocommerce.sandbox.shop import Shop

MOST = 100
"""Items of all three kinds together."""
Handler = Callable[[Shop, Call], Answer]


def run_batch(
    shop: Shop, call: Call, create: Handler, update: Handler, delete: Handler
) -> Answer:
    """Answer 200 with one result per item, in the request's order.

    An item that is refused shows its error in its place and harms no other.
    Raises `Refusal` 413 for more than 100 items.
    """
    lists = {name: call.body.get(name) for name in ("create", "update", "delete")}
    sent = {name: rows for name, rows in lists.items() if isinstance(rows, list)}
    if sum(map(len, sent.values())) > MOST:
        raise Refusal(
            "woocommerce_rest_request_entity_too_large",
            f"Unable to accept more than {MOST} items for this request.",
            413,
        )
    answer: Record = {}
    for row in sent.get("create", ()):
        done = _done(shop, create, _item(call, 0, row))
        answer.setdefault("create", []).append(done)
    for row in sent.get("update", ()):
        done = _done(shop, update, _item(call, _number(row), row))
        answer.setdefault("update", []).append(done)
    for row in sent.get("delete", ()):
        one = _item(call, _number(row), {"force": True})
        answer.setdefault("delete", []).append(_done(shop, delete, one))
    return Answer(answer)


def _item(call: Call, number: int, body: Any) -> Call:
    fields = body if isinstance(body, Mapping) else {}
    return replace(call, query={}, body=fields, ids={**call.ids, "id": number})


def _number(row: Any) -> int:
    value = str(row.get("id") if isinstance(row, Mapping) else row)
    return int(value) if value.isdigit() else 0


def _done(shop: Shop, handler: Handler, call: Call) -> Record:
    try:
        body: Record = handler(shop, call).body
    except Refusal as refusal:
        return {"id": call.ids["id"], "error": refusal.body()}
    return body
