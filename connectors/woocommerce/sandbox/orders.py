"""Answers for orders: lists, single ones, making, changing, trashing, deleting."""

from collections.abc import Mapping
from copy import deepcopy
from secrets import token_hex

from connectors.woocommerce.sandbox.addresses import (
    blank_address,
    check_email,
    merged,
)
from connectors.woocommerce.sandbox.dates import bounds, within
from connectors.woocommerce.sandbox.exchange import Answer, Call, Record, Refusal
from connectors.woocommerce.sandbox.listing import (
    among,
    chosen,
    numbers,
    ordered,
    page,
)
from connectors.woocommerce.sandbox.order_lines import change_lines
from connectors.woocommerce.sandbox.order_status import NAMES, STATUSES, move, pay
from connectors.woocommerce.sandbox.order_view import order_shown
from connectors.woocommerce.sandbox.schema import META, Rule, check
from connectors.woocommerce.sandbox.settings import VERSION
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.totals import settle

RULES: Mapping[str, Rule] = {
    "status": STATUSES,
    "currency": "string",
    "customer_id": "integer",
    "customer_note": "string",
    "billing": "object",
    "shipping": "object",
    "payment_method": "string",
    "payment_method_title": "string",
    "transaction_id": "string",
    "set_paid": "boolean",
    "created_via": "string",
    "meta_data": META,
    "line_items": [
        {
            "id": "integer",
            "product_id": "integer",
            "variation_id": "integer",
            "quantity": "integer",
            "subtotal": "string",
            "total": "string",
        }
    ],
    "shipping_lines": [{"id": "integer", "method_id": "string", "total": "string"}],
    "fee_lines": [{"id": "integer", "name": "string", "total": "string"}],
    "coupon_lines": [{"code": "string"}],
}
TEXTS = (
    "customer_note",
    "payment_method",
    "payment_method_title",
    "transaction_id",
    "currency",
)
ORDERS = {
    "date": lambda row: row["created"],
    "id": lambda row: row["id"],
    "include": lambda row: row["id"],
    "title": lambda row: row["created"],
    "slug": lambda row: row["created"],
    "modified": lambda row: row["modified"],
}


def list_orders(shop: Shop, call: Call) -> Answer:
    """Answer a page of orders; trashed ones only when asked for."""
    status = among(call, "status", ("any", "trash", *STATUSES))
    limits = bounds(call, shop.settings.offset)
    rows = [
        row
        for row in shop.orders.values()
        if _in_status(row, status) and within(row, limits) and _fits(call, row)
    ]
    rows = ordered(call, rows, ORDERS, "date")
    places = places_of(shop, call)
    return page(
        call, rows, lambda row: order_shown(shop, row, places), f"{shop.root}/orders"
    )


def get_order(shop: Shop, call: Call) -> Answer:
    """Answer one order, trashed ones too."""
    return _shown(shop, call, found(shop, call.ids["id"]))


def create_order(shop: Shop, call: Call) -> Answer:
    """Make an order; a product that does not exist becomes an empty line.

    A coupon that does not exist (there are none here) refuses the order and leaves a
    draft of it behind.
    """
    check(call.body, RULES)
    order = blank_order(shop, 0)
    if call.body.get("coupon_lines"):
        raise _no_coupon(shop, order, call)
    _change(shop, order, call)
    settle(shop, order)
    order["id"] = shop.number()
    shop.orders[order["id"]] = order
    move(shop, order, call.body.get("status") or "pending")
    if call.flag("set_paid"):
        pay(shop, order)
    _tell(shop, order, "order.created")
    _tell(shop, order, "order.updated")
    return _shown(shop, call, order, 201)


def update_order(shop: Shop, call: Call) -> Answer:
    """Change the fields sent."""
    check(call.body, RULES)
    order = deepcopy(found(shop, call.ids["id"], status=400))
    if _change(shop, order, call):
        settle(shop, order)
    status = call.body.get("status")
    if status and status != order["status"]:
        move(shop, order, status)
    if call.flag("set_paid"):
        pay(shop, order)
    order["modified"] = shop.now()
    shop.orders[order["id"]] = order
    _tell(shop, order, "order.updated")
    return _shown(shop, call, order)


def delete_order(shop: Shop, call: Call) -> Answer:
    """Trash an order, or remove it when forced; the answer shows it as it was.

    With the classic order store a trashed order tells webhooks of a deleted product,
    too, under the order's id.
    """
    order = found(shop, call.ids["id"])
    before = _shown(shop, call, order)
    if call.flag("force"):
        del shop.orders[order["id"]]
        return before
    if order["status"] == "trash":
        reason = "The order has already been deleted."
        raise Refusal("woocommerce_rest_already_trashed", reason, 410)
    shop.orders[order["id"]] = {**order, "status": "trash", "modified": shop.now()}
    shop.tell("order.deleted", order["id"])
    if shop.settings.classic_store:
        shop.tell("product.deleted", order["id"])
    return before


def list_statuses(shop: Shop, call: Call) -> Answer:
    """Answer the statuses orders can have here."""
    return Answer([{"slug": slug, "name": name} for slug, name in NAMES.items()])


def found(shop: Shop, number: int, status: int = 404) -> Record:
    """Give an order; raises `Refusal` with the status its absence has here."""
    order = shop.orders.get(number)
    if order is None:
        raise Refusal("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", status)
    return order


def blank_order(shop: Shop, number: int) -> Record:
    """Give an empty order as the REST API makes one."""
    moment = shop.now()
    return {
        "id": number,
        "parent_id": 0,
        "status": "pending",
        "currency": shop.settings.currency,
        "version": VERSION,
        "prices_include_tax": shop.settings.prices_include_tax,
        "created": moment,
        "modified": moment,
        "date_completed": None,
        "date_paid": None,
        "customer_id": 0,
        "order_key": f"wc_order_{token_hex(7)[:13]}",
        "billing": blank_address("billing"),
        "shipping": blank_address("shipping"),
        "payment_method": "",
        "payment_method_title": "",
        "transaction_id": "",
        "created_via": "rest-api",
        "customer_note": "",
        "meta_data": [],
        "line_items": [],
        "tax_lines": [],
        "shipping_lines": [],
        "fee_lines": [],
        "stock_reduced": False,
    }


def places_of(shop: Shop, call: Call) -> int:
    """Give the decimals amounts are shown with: `dp`, else the shop's own."""
    places = str(call.param("dp", ""))
    return int(places) if places.isdigit() else shop.settings.decimals


def _change(shop: Shop, order: Record, call: Call) -> bool:
    """Set the fields sent and tell whether lines were among them."""
    sent = call.body
    check_email(sent.get("billing"))
    customer = int(sent.get("customer_id") or 0)
    if customer and customer not in shop.customers:
        code = "woocommerce_rest_invalid_customer_id"
        raise Refusal(code, "Customer ID is invalid.")
    if sent.get("customer_id") is not None:
        order["customer_id"] = customer
    for name in TEXTS:
        if sent.get(name) is not None:
            order[name] = sent[name]
    for kind in ("billing", "shipping"):
        order[kind] = merged(order[kind], sent.get(kind))
    shop.merge_meta(order["meta_data"], sent.get("meta_data"))
    return change_lines(shop, order, sent)


def _no_coupon(shop: Shop, order: Record, call: Call) -> Refusal:
    draft = {**order, "id": shop.number(), "status": "auto-draft"}
    settle(shop, draft)
    shop.orders[draft["id"]] = draft
    code = call.body["coupon_lines"][0].get("code") or ""
    return Refusal(
        "woocommerce_rest_invalid_coupon",
        f'Coupon "{code}" does not exist!',
        data={"new_draft_order_id": draft["id"]},
    )


def _tell(shop: Shop, order: Record, topic: str) -> None:
    if order["status"] not in ("auto-draft", "checkout-draft"):
        shop.tell(topic, order["id"])


def _shown(shop: Shop, call: Call, order: Record, status: int = 200) -> Answer:
    view = order_shown(shop, order, places_of(shop, call))
    return Answer(chosen(call, view), status)


def _in_status(row: Record, wanted: list[str]) -> bool:
    if not wanted or "any" in wanted:
        return row["status"] not in ("trash", "auto-draft")
    return row["status"] in wanted


def _fits(call: Call, row: Record) -> bool:
    customer, via = call.param("customer"), call.param("created_via")
    products, include = numbers(call, "product"), numbers(call, "include")
    words = str(call.param("search", "")).casefold()
    bought = {line["product_id"] for line in row["line_items"]}
    billing = row["billing"]
    text = f"{row['id']} {' '.join(billing.values())}".casefold()
    return (
        (customer is None or str(row["customer_id"]) == str(customer))
        and (not via or row["created_via"] in str(via).split(","))
        and (not products or not bought.isdisjoint(products))
        and (not include or row["id"] in include)
        and row["id"] not in numbers(call, "exclude")
        and words in text
    )
