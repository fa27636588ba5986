"""Moves orders from status to status, with what that does to stock and dates."""

from connectors.woocommerce.sandbox.exchange import Record
from connectors.woocommerce.sandbox.pricing import settle_stock
from connectors.woocommerce.sandbox.shop import Shop

STATUSES = (
    "auto-draft",
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "checkout-draft",
)
NAMES = {
    "pending": "Pending payment",
    "processing": "Processing",
    "on-hold": "On hold",
    "completed": "Completed",
    "cancelled": "Cancelled",
    "refunded": "Refunded",
    "failed": "Failed",
    "checkout-draft": "Draft",
}
TAKING = ("processing", "completed", "on-hold")
GIVING_BACK = ("cancelled", "pending")
PAYABLE = ("pending", "on-hold", "failed", "cancelled")
REDUCED = "_reduced_stock"


def move(shop: Shop, order: Record, status: str) -> None:
    """Put an order into a status.

    Processing, on hold and completed take the goods from stock once; cancelled and
    pending give them back. Processing and completed count as paid.
    """
    order["status"] = status
    if status in ("processing", "completed"):
        order["date_paid"] = order["date_paid"] or shop.now()
        _mark_paying(shop, order)
    if status == "completed":
        order["date_completed"] = order["date_completed"] or shop.now()
    if status in TAKING and not order["stock_reduced"]:
        _shift_stock(shop, order, taken=True)
    elif status in GIVING_BACK and order["stock_reduced"]:
        _shift_stock(shop, order, taken=False)


def pay(shop: Shop, order: Record) -> None:
    """Mark an order as paid: on to processing, or completed when nothing is to do."""
    if order["status"] not in PAYABLE:
        return
    move(shop, order, "processing" if needs_processing(shop, order) else "completed")


def needs_processing(shop: Shop, order: Record) -> bool:
    """Tell whether an order holds anything that is not a mere download."""
    for line in order["line_items"]:
        number = line["variation_id"] or line["product_id"]
        product = shop.catalogue.products.get(number)
        if product and not (product["virtual"] and product["downloadable"]):
            return True
    return False


def _mark_paying(shop: Shop, order: Record) -> None:
    customer = shop.customers.get(order["customer_id"])
    if customer:
        customer["is_paying_customer"] = True


def _shift_stock(shop: Shop, order: Record, *, taken: bool) -> None:
    order["stock_reduced"] = taken
    sign = -1 if taken else 1
    for line in order["line_items"]:
        sold = shop.catalogue.products.get(line["product_id"])
        if sold:
            sold["total_sales"] -= sign * line["quantity"]
        product = _stocked(shop, line)
        if product is None:
            continue
        product["stock_quantity"] += sign * line["quantity"]
        settle_stock(product)
        product["modified"] = shop.now()
        note = {"key": REDUCED, "value": str(line["quantity"]) if taken else None}
        shop.merge_meta(line["meta_data"], [note])
        shop.tell("product.updated", product["id"])


def _stocked(shop: Shop, line: Record) -> Record | None:
    """Give what keeps the stock of a line: the variation itself or its parent."""
    for number in (line["variation_id"], line["product_id"]):
        product = shop.catalogue.products.get(number)
        if product and product["manage_stock"] is True:
            return product
    return None
