"""Answers for products: lists, single ones, making, changing, trashing, deleting."""

from copy import deepcopy

from connectors.woocommerce.sandbox.amounts import decimal
from connectors.woocommerce.sandbox.catalogue import blank_product
from connectors.woocommerce.sandbox.exchange import Answer, Call, Record, Refusal
from connectors.woocommerce.sandbox.listing import chosen, ordered, page
from connectors.woocommerce.sandbox.product_filters import candidates, matching
from connectors.woocommerce.sandbox.product_view import product_shown
from connectors.woocommerce.sandbox.product_write import change_product, name_slug
from connectors.woocommerce.sandbox.shop import Shop

NEW = 0
"""The id of a product that has none yet: a refused one uses up no number."""
ORDERS = {
    "date": lambda row: row["created"],
    "id": lambda row: row["id"],
    "include": lambda row: row["id"],
    "title": lambda row: row["name"].casefold(),
    "slug": lambda row: row["slug"],
    "modified": lambda row: row["modified"],
    "popularity": lambda row: row["total_sales"],
    "rating": lambda row: 0,
    "price": lambda row: decimal(row["sale_price"] or row["regular_price"]),
    "sales": lambda row: row["total_sales"],
    "menu_order": lambda row: row["menu_order"],
    "random": lambda row: hash(row["slug"]),
    "post__in": lambda row: row["id"],
}


def list_products(shop: Shop, call: Call) -> Answer:
    """Answer a page of products; variations join only when skus are asked for."""
    rows = matching(shop, call, candidates(shop, call))
    rows = ordered(call, rows, ORDERS, "date")
    context = call.param("context", "view")
    return page(
        call,
        rows,
        lambda row: product_shown(shop, row, context),
        f"{shop.root}/products",
    )


def get_product(shop: Shop, call: Call) -> Answer:
    """Answer one product, trashed ones too."""
    product = found(shop, call.ids["id"])
    view = product_shown(shop, product, call.param("context", "view"))
    return Answer(chosen(call, view))


def create_product(shop: Shop, call: Call) -> Answer:
    """Make a product; nothing is required."""
    moment = shop.now()
    product = blank_product(NEW, moment)
    change_product(shop, product, call.body)
    product["id"] = shop.number()
    name_slug(shop, product)
    shop.catalogue.put(product)
    if product["status"] not in ("draft", "auto-draft"):
        shop.tell("product.created", product["id"])
    return Answer(chosen(call, product_shown(shop, product, "edit")), 201)


def update_product(shop: Shop, call: Call) -> Answer:
    """Change the fields sent; even an empty change moves `date_modified`."""
    held = found(shop, call.ids["id"], status=400)
    if held["type"] == "variation":
        raise Refusal(
            "woocommerce_rest_invalid_product_id",
            "Variations are changed at /products/<product_id>/variations/<id>.",
            404,
        )
    product = deepcopy(held)
    restored = held["status"] == "trash" and call.param("status") not in (None, "trash")
    if restored:
        _leave_trash(product)
    change_product(shop, product, call.body)
    name_slug(shop, product)
    product["modified"] = shop.now()
    shop.catalogue.put(product)
    if restored:
        shop.tell("product.restored", product["id"])
    shop.tell("product.updated", product["id"])
    return Answer(chosen(call, product_shown(shop, product, "edit")))


def delete_product(shop: Shop, call: Call) -> Answer:
    """Trash a product, or remove it with its variations when forced.

    The answer shows it as it was. Only trashing tells webhooks.
    """
    product = found(shop, call.ids["id"])
    before = product_shown(shop, product, "edit")
    if call.flag("force"):
        for variation in shop.catalogue.variations_of(product["id"]):
            shop.catalogue.drop(variation["id"])
        shop.catalogue.drop(product["id"])
        return Answer(chosen(call, before))
    if product["status"] == "trash":
        reason = "The product has already been deleted."
        raise Refusal("woocommerce_rest_already_trashed", reason, 410)
    trash(shop, deepcopy(product))
    return Answer(chosen(call, before))


def trash(shop: Shop, product: Record) -> None:
    """Move a product to the trash: its sku stays, its slug becomes free."""
    moment = shop.now()
    notes = {
        "_wp_trash_meta_status": product["status"],
        "_wp_trash_meta_time": str(moment),
        "_wp_desired_post_slug": product["slug"],
    }
    sent = [{"key": key, "value": value} for key, value in notes.items()]
    shop.merge_meta(product["meta_data"], sent)
    product["slug"] = f"{product['slug']}__trashed"
    product["status"] = "trash"
    product["modified"] = moment
    shop.catalogue.put(product)
    shop.tell("product.deleted", product["id"])


def found(shop: Shop, number: int, status: int = 404) -> Record:
    """Give a product; raises `Refusal` with the status its absence has here."""
    product = shop.catalogue.products.get(number)
    if product is None:
        raise Refusal("woocommerce_rest_product_invalid_id", "Invalid ID.", status)
    return product


def _leave_trash(product: Record) -> None:
    product["slug"] = product["slug"].removesuffix("__trashed")
    product["meta_data"] = [
        row
        for row in product["meta_data"]
        if not row["key"].startswith(("_wp_trash_meta", "_wp_desired_post_slug"))
    ]
