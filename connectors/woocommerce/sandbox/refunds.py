"""Answers for refunds and for the notes of orders."""

from collections.abc import Mapping
from decimal import Decimal

from connectors.woocommerce.sandbox.amounts import NONE, decimal, shown
from connectors.woocommerce.sandbox.dates import bounds, twins, within
from connectors.woocommerce.sandbox.exchange import (
    Answer,
    Call,
    Record,
    Refusal,
    missing,
)
from connectors.woocommerce.sandbox.listing import chosen, ordered, page
from connectors.woocommerce.sandbox.order_status import move
from connectors.woocommerce.sandbox.order_view import (
    extra_shown,
    line_shown,
    tax_shown,
)
from connectors.woocommerce.sandbox.orders import ORDERS, found, places_of
from connectors.woocommerce.sandbox.refund_lines import (
    lines_back,
    not_refunded,
    taxes_back,
)
from connectors.woocommerce.sandbox.schema import META, Rule, check
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.totals import KINDS, refunded

RULES: Mapping[str, Rule] = {
    "amount": "string",
    "reason": "string",
    "api_refund": "boolean",
    "meta_data": META,
    "line_items": "array",
}
MANUAL = ("", "bacs", "cheque", "cod")
"""Ways of payment that cannot pay back by themselves."""


def list_refunds(shop: Shop, call: Call) -> Answer:
    """Answer the refunds of one order, or of all orders."""
    limits = bounds(call, shop.settings.offset)
    rows = [row for row in shop.refunds.values() if within(row, limits)]
    if "parent" in call.ids:
        order = found(shop, call.ids["parent"])
        rows = [row for row in rows if row["parent_id"] == order["id"]]
    rows = ordered(call, rows, ORDERS, "date")
    alone = "parent" not in call.ids
    places = places_of(shop, call)
    return page(
        call,
        rows,
        lambda row: refund_shown(shop, row, places, alone=alone),
        shop.root + call.path,
    )


def get_refund(shop: Shop, call: Call) -> Answer:
    """Answer one refund of an order."""
    return _shown(shop, call, _refund(shop, call))


def delete_refund(shop: Shop, call: Call) -> Answer:
    """Take a refund back, which must be forced: there is no trash for them."""
    row = _refund(shop, call)
    if not call.flag("force"):
        reason = "Refunds do not support trashing."
        raise Refusal("woocommerce_rest_trash_not_supported", reason, 501)
    del shop.refunds[row["id"]]
    order = found(shop, row["parent_id"])
    order["modified"] = shop.now()
    shop.tell("order.updated", order["id"])
    return _shown(shop, call, row)


def create_refund(shop: Shop, call: Call) -> Answer:
    """Pay back a part of an order.

    Too much is refused with status 500 although repeating it cannot help. A partial
    refund leaves the order's status and total alone; a full one makes it `refunded`.
    """
    check(call.body, RULES)
    order = found(shop, call.ids["parent"])
    lines = lines_back(shop, order, call.body.get("line_items") or ())
    every = [line for kind in KINDS for line in lines[kind]]
    amount = _amount(call, every)
    left = order["sums"]["total"] - refunded(shop, order)
    if amount > left:
        raise not_refunded("Invalid refund amount.")
    automatic = bool(call.body.get("api_refund", True))
    if automatic and order["payment_method"] in MANUAL:
        raise not_refunded("The payment gateway does not pay back by itself.")
    moment = shop.now()
    kind = "full" if amount == left else "partial"
    row = {
        "id": shop.number(),
        "parent_id": order["id"],
        "created": moment,
        "modified": moment,
        "amount": amount,
        "tax": -sum((line["total_tax"] for line in every), NONE),
        "reason": str(call.body.get("reason") or ""),
        "automatic": automatic,
        **lines,
        "tax_lines": taxes_back(shop, order, lines),
        "meta_data": [],
    }
    note = {"key": "_refund_type", "value": kind}
    shop.merge_meta(row["meta_data"], [note, *call.body.get("meta_data", ())])
    shop.refunds[row["id"]] = row
    order["modified"] = moment
    if kind == "full":
        move(shop, order, "refunded")
    shop.tell("order.updated", order["id"])
    return _shown(shop, call, row, 201)


def refund_shown(
    shop: Shop, row: Record, places: int, *, alone: bool = False
) -> Record:
    """Show a refund with its amounts rounded to `places` decimals.

    One listed without its order tells which it belongs to.
    """
    path = f"/orders/{row['parent_id']}"
    links = shop.links(f"{path}/refunds/{row['id']}", f"{path}/refunds")
    links["self"][0]["targetHints"] = {"allow": ["GET", "DELETE"]}
    view = {
        "id": row["id"],
        **twins("date_created", row["created"], shop.settings.offset),
        "amount": shown(row["amount"], places),
        "reason": row["reason"],
        "refunded_by": 1,
        "refunded_payment": row["automatic"],
        "meta_data": row["meta_data"],
        "line_items": [line_shown(shop, line, places) for line in row["line_items"]],
        "shipping_lines": [extra_shown(line, places) for line in row["shipping_lines"]],
        "tax_lines": [tax_shown(line, places) for line in row["tax_lines"]],
        "fee_lines": [extra_shown(line, places) for line in row["fee_lines"]],
        "_links": {**links, "up": [{"href": f"{shop.root}{path}"}]},
    }
    return {"parent_id": row["parent_id"], **view} if alone else view


def list_notes(shop: Shop, call: Call) -> Answer:
    """Answer the notes of an order."""
    order = found(shop, call.ids["parent"])
    rows = shop.notes.get(order["id"], [])
    return Answer([_note_shown(shop, order, row) for row in reversed(rows)])


def create_note(shop: Shop, call: Call) -> Answer:
    """Write a note on an order."""
    order = found(shop, call.ids["parent"])
    if not call.param("note"):
        raise missing("note")
    row = {
        "id": shop.number("note"),
        "author": "WooCommerce",
        "created": shop.now(),
        "note": str(call.param("note")),
        "customer_note": call.flag("customer_note"),
    }
    shop.notes.setdefault(order["id"], []).append(row)
    return Answer(_note_shown(shop, order, row), 201)


def _refund(shop: Shop, call: Call) -> Record:
    row = shop.refunds.get(call.ids["id"])
    if row is None or row["parent_id"] != call.ids["parent"]:
        code = "woocommerce_rest_shop_order_refund_invalid_id"
        raise Refusal(code, "Invalid ID.", 404)
    return row


def _shown(shop: Shop, call: Call, row: Record, status: int = 200) -> Answer:
    view = refund_shown(shop, row, places_of(shop, call))
    return Answer(chosen(call, view), status)


def _amount(call: Call, lines: list[Record]) -> Decimal:
    if call.body.get("amount") is not None:
        amount = decimal(call.body["amount"])
    else:
        amount = -sum((row["total"] + row["total_tax"] for row in lines), NONE)
    if amount <= 0:
        code = "woocommerce_rest_invalid_order_refund"
        raise Refusal(code, "Refund amount must be greater than zero.")
    return amount


def _note_shown(shop: Shop, order: Record, row: Record) -> Record:
    path = f"/orders/{order['id']}/notes"
    return {
        "id": row["id"],
        "author": row["author"],
        **twins("date_created", row["created"], shop.settings.offset),
        "note": row["note"],
        "customer_note": row["customer_note"],
        "_links": shop.links(f"{path}/{row['id']}", path),
    }
