"""Decides what a product costs now and whether it can be had."""

from collections.abc import Iterable, Sequence

from connectors.woocommerce.sandbox.amounts import decimal
from connectors.woocommerce.sandbox.catalogue import Catalogue
from connectors.woocommerce.sandbox.exchange import Record


def on_sale(catalogue: Catalogue, product: Record, moment: int) -> bool:
    """Tell whether a product, or one of those it stands for, sells below its price."""
    parts = parts_of(catalogue, product)
    if parts is not None:
        return any(on_sale(catalogue, part, moment) for part in parts)
    if product["sale_price"] == "":
        return False
    begins, ends = product["date_on_sale_from"], product["date_on_sale_to"]
    return (begins is None or begins <= moment) and (ends is None or moment <= ends)


def price(catalogue: Catalogue, product: Record, moment: int) -> str:
    """Give the price to pay now; of several variations or members the lowest."""
    parts = parts_of(catalogue, product)
    if parts is None:
        sale = on_sale(catalogue, product, moment)
        return str(product["sale_price"] if sale else product["regular_price"])
    prices = [price(catalogue, part, moment) for part in parts]
    return min((text for text in prices if text), key=decimal, default="")


def parts_of(catalogue: Catalogue, product: Record) -> Sequence[Record] | None:
    """Give a variable product's variations or a grouped one's members, else None."""
    if product["type"] == "variable":
        rows: Iterable[Record] = catalogue.variations_of(product["id"])
    elif product["type"] == "grouped":
        ids = product["grouped_products"]
        rows = [catalogue.products[at] for at in ids if at in catalogue.products]
    else:
        return None
    return [row for row in rows if row["status"] == "publish"]


def settle_sale(product: Record) -> None:
    """Drop a sale price above the regular one, silently as the shop does."""
    if decimal(product["sale_price"]) > decimal(product["regular_price"]):
        product["sale_price"] = ""


def settle_stock(product: Record) -> None:
    """Bring quantity, backorders and stock status in line with each other.

    A product that does not manage stock has no quantity and no backorders; one that
    does has its status from its quantity, whatever was sent.
    """
    if product["manage_stock"] is not True:
        product["stock_quantity"] = None
        product["backorders"] = "no"
        product["low_stock_amount"] = None
        return
    product["stock_quantity"] = int(product["stock_quantity"] or 0)
    if product["stock_quantity"] > 0:
        product["stock_status"] = "instock"
    elif product["backorders"] == "no":
        product["stock_status"] = "outofstock"
    else:
        product["stock_status"] = "onbackorder"


def stock_status(catalogue: Catalogue, product: Record) -> str:
    """Give a product's stock status; a variable one has the best of its variations."""
    if product["type"] != "variable" or product["manage_stock"] is True:
        return str(product["stock_status"])
    found = {row["stock_status"] for row in catalogue.variations_of(product["id"])}
    ranks = ("instock", "onbackorder", "outofstock")
    return next((rank for rank in ranks if rank in found), str(product["stock_status"]))
