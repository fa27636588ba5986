"""Turns what is to be refunded into lines of negative amounts."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from connectors.woocommerce.sandbox.amounts import NONE, decimal, inner
from connectors.woocommerce.sandbox.exchange import Record, Refusal
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.sandbox.totals import KINDS

Sent = Mapping[str, Any]
Lines = Mapping[str, list[Record]]


def lines_back(shop: Shop, order: Record, sent: Iterable[Sent]) -> dict[str, list[Any]]:
    """Give the lines sent as negative ones, each tied to the line it takes back.

    All are sent as line items; whichever is the id of a shipping or fee line becomes
    one. Raises `Refusal` for an id the order does not have.
    """
    lines: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for item in sent:
        kind, held = _held(order, item)
        lines[kind].append(_back(shop, held, item))
    return lines


def taxes_back(shop: Shop, order: Record, lines: Lines) -> list[Record]:
    """Sum up what goes back of every tax rate, as the order's tax lines do."""
    found = []
    for rate in order["tax_lines"]:
        sums = {kind: _of_rate(lines[kind], rate["rate_id"]) for kind in KINDS}
        if any(sums.values()):
            cart = sums["line_items"] + sums["fee_lines"]
            line = {**rate, "id": shop.number("line"), "tax_total": cart}
            found.append({**line, "shipping_tax_total": sums["shipping_lines"]})
    return found


def not_refunded(message: str) -> Refusal:
    """Refuse a refund, with a status that looks as if repeating it might help."""
    code = "woocommerce_rest_cannot_create_order_refund"
    return Refusal(code, message, 500, raw=500)


def _held(order: Record, item: Sent) -> tuple[str, Record]:
    for kind in KINDS:
        for row in order[kind]:
            if row["id"] == item.get("id"):
                return kind, row
    raise not_refunded("Invalid line item.")


def _back(shop: Shop, held: Record, item: Sent) -> Record:
    taken = inner(decimal(item.get("refund_total") or "0"))
    taxes = [
        {"id": part["id"], "total": -inner(decimal(part["refund_total"]))}
        for part in item.get("refund_tax") or ()
        if "refund_total" in part
    ]
    tax = sum((part["total"] for part in taxes), NONE)
    line = {**held, "id": shop.number("line"), "meta_data": [], "taxes": taxes}
    line |= {"total": -taken, "total_tax": tax}
    if "subtotal" in held:
        line |= {"subtotal": -taken, "subtotal_tax": tax}
        line["taxes"] = [{**part, "subtotal": part["total"]} for part in taxes]
        line["quantity"] = -int(item.get("quantity") or 0)
    note = {"key": "_refunded_item_id", "value": str(held["id"])}
    shop.merge_meta(line["meta_data"], [note])
    return line


def _of_rate(lines: Iterable[Record], rate: int) -> Decimal:
    parts = (part for line in lines for part in line["taxes"])
    return sum((part["total"] for part in parts if part["id"] == rate), NONE)
