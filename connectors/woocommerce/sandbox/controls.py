"""Does to the shop what its owner, its buyers or bad luck would do."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.woocommerce.sandbox import customers, orders, products, refunds
from connectors.woocommerce.sandbox.auth import Gate
from connectors.woocommerce.sandbox.exchange import Answer, Call, Refusal
from connectors.woocommerce.sandbox.seed import seed
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.webhooks import Courier

EDITS: Mapping[str, Callable[[Shop, Call], Answer]] = {
    "product": products.update_product,
    "order": orders.update_order,
    "customer": customers.update_customer,
}
DROPS: Mapping[str, Callable[[Shop, Call], Answer]] = {
    "product": products.delete_product,
    "order": orders.delete_order,
    "customer": customers.delete_customer,
}


def control(
    shop: Shop, gate: Gate, courier: Courier, action: str, body: Mapping[str, Any]
) -> Any:
    """Do one control and give what came of it.

    `settings` {name: value, "trusted_proxy": bool}; `webhooks` {"mode", "times",
    "seconds"}; `seed` {} or rows as the API shows them; `edit` {"kind", "id" or "sku",
    "changes"}; `drop` {"kind", "id" or "sku", "force"}; `order` {an order's body},
    bought at the checkout; `orders` {"orders": [bodies], "quiet": bool}, many at once,
    of which webhooks hear nothing where that is wanted; `refund` {"id" of an order, and
    a refund's body}, paid back by hand; `deliveries` {} tells of every webhook sent.
    Raises `KeyError` for an unknown action and `ValueError` for a wrong body.
    """
    try:
        return _done(shop, gate, courier, action, body)
    except Refusal as refusal:
        raise ValueError(f"{refusal.code}: {refusal.message}") from refusal


def _done(
    shop: Shop, gate: Gate, courier: Courier, action: str, body: Mapping[str, Any]
) -> Any:
    if action == "settings":
        changes = dict(body)
        gate.trusted_proxy = bool(changes.pop("trusted_proxy", gate.trusted_proxy))
        shop.settings.change(changes)
        return shop.settings.status_shown(shop.home)["settings"]
    if action == "webhooks":
        courier.misbehave(**body)
        return {"mode": courier.mode, "times": courier.times}
    if action == "deliveries":
        return {"deliveries": list(courier.log), "waiting": courier.waiting()}
    if action == "seed":
        return seed(shop, body)
    if action == "edit":
        call = _call(shop, body, body.get("changes") or {})
        return EDITS[_kind(body)](shop, call).body
    if action == "drop":
        call = _call(shop, body, {"force": bool(body.get("force"))})
        return DROPS[_kind(body)](shop, call).body
    if action in SALES:
        return SALES[action](shop, body)
    raise KeyError(action)


def _bought(shop: Shop, body: Mapping[str, Any]) -> Any:
    answer = orders.create_order(shop, Call(method="POST", path="", body=body))
    shop.orders[answer.body["id"]]["created_via"] = "checkout"
    return answer.body


def _all_bought(shop: Shop, body: Mapping[str, Any]) -> Any:
    """Give the numbers of the new orders, in the order of their bodies."""
    tell = shop.tell
    if body.get("quiet"):
        shop.tell = _tell_nobody
    try:
        return {"numbers": [_bought(shop, each)["number"] for each in body["orders"]]}
    finally:
        shop.tell = tell


def _tell_nobody(topic: str, thing: int) -> None:
    """Stand in for the courier while things happen quietly."""


def _paid_back(shop: Shop, body: Mapping[str, Any]) -> Any:
    sent = {"api_refund": False, **body}
    ids = {"parent": int(sent.pop("id"))}
    call = Call(method="POST", path="", body=sent, ids=ids)
    return refunds.create_refund(shop, call).body


SALES: Mapping[str, Callable[[Shop, Mapping[str, Any]], Any]] = {
    "order": _bought,
    "orders": _all_bought,
    "refund": _paid_back,
}


def _kind(body: Mapping[str, Any]) -> str:
    kind = str(body.get("kind", "product"))
    if kind not in EDITS:
        raise ValueError(f"kind must be one of {', '.join(EDITS)}")
    return kind


def _call(shop: Shop, body: Mapping[str, Any], sent: Mapping[str, Any]) -> Call:
    number = body.get("id")
    if number is None:
        held = shop.catalogue.with_sku(str(body.get("sku", "")))
        if not held:
            raise ValueError("no product has this sku")
        number = held[0]["id"]
    return Call(method="PUT", path="", body=sent, ids={"id": int(number)})
