"""Holds products and variations, found at once by sku, slug, term and parent."""

from collections.abc import Iterable, Iterator
from typing import Any

from connectors.woocommerce.sandbox.exchange import Record


def blank_product(number: int, moment: int) -> Record:
    """Give a product as the shop makes one of an empty body."""
    return {
        "id": number,
        "name": "Product",
        "slug": "",
        "created": moment,
        "modified": moment,
        "type": "simple",
        "status": "publish",
        "featured": False,
        "catalog_visibility": "visible",
        "description": "",
        "short_description": "",
        "sku": "",
        "regular_price": "",
        "sale_price": "",
        "date_on_sale_from": None,
        "date_on_sale_to": None,
        "total_sales": 0,
        "virtual": False,
        "downloadable": False,
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "external_url": "",
        "button_text": "",
        "tax_status": "taxable",
        "tax_class": "",
        "manage_stock": False,
        "stock_quantity": None,
        "stock_status": "instock",
        "backorders": "no",
        "low_stock_amount": None,
        "sold_individually": False,
        "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""},
        "shipping_class": "",
        "reviews_allowed": True,
        "upsell_ids": [],
        "cross_sell_ids": [],
        "parent_id": 0,
        "purchase_note": "",
        "categories": [],
        "tags": [],
        "images": [],
        "attributes": [],
        "default_attributes": [],
        "grouped_products": [],
        "menu_order": 0,
        "meta_data": [],
        "post_password": "",
        "global_unique_id": "",
    }


class Catalogue:
    """Products by id; `put` after every change keeps the indexes right.

    Skus compare without case. Trashed products keep theirs, under a slug of their own.
    """

    def __init__(self) -> None:
        self.products: dict[int, Record] = {}
        self.slugs: dict[str, int] = {}
        self._by_key: dict[tuple[str, Any], dict[int, None]] = {}
        self._keys: dict[int, list[tuple[str, Any]]] = {}

    def put(self, product: Record) -> None:
        """Keep a product, new or changed."""
        self._forget_keys(product["id"])
        self.products[product["id"]] = product
        self._keys[product["id"]] = keys = list(_keys_of(product))
        for key in keys:
            self._by_key.setdefault(key, {})[product["id"]] = None
        if product["slug"] and product["type"] != "variation":
            self.slugs[product["slug"]] = product["id"]

    def drop(self, number: int) -> None:
        """Remove a product for good."""
        self._forget_keys(number)
        del self.products[number]

    def with_sku(self, sku: str) -> list[Record]:
        """Give the products and variations holding a sku, trashed ones too."""
        return self._under(("sku", sku.casefold()))

    def with_term(self, term: int) -> list[Record]:
        """Give the products in a category or with a tag, trashed ones too."""
        return self._under(("term", term))

    def variations_of(self, parent: int) -> list[Record]:
        """Give a product's variations in the order the shop shows them."""
        rows = self._under(("parent", parent))
        return sorted(rows, key=lambda row: (row["menu_order"], row["id"]))

    def related(self, product: Record, most: int = 5) -> list[int]:
        """Give ids of other published products that share a category or tag."""
        found: dict[int, None] = {}
        for term in (*product["categories"], *product["tags"]):
            for number in self._by_key.get(("term", term), ()):
                other = self.products[number]
                if number != product["id"] and other["status"] == "publish":
                    found[number] = None
                if len(found) == most:
                    return list(found)
        return list(found)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.products.values())

    def _under(self, key: tuple[str, Any]) -> list[Record]:
        return [self.products[number] for number in self._by_key.get(key, ())]

    def _forget_keys(self, number: int) -> None:
        for key in self._keys.pop(number, ()):
            del self._by_key[key][number]
        old = self.products.get(number)
        if old and self.slugs.get(old["slug"]) == number:
            del self.slugs[old["slug"]]


def _keys_of(product: Record) -> Iterable[tuple[str, Any]]:
    if product["sku"]:
        yield "sku", product["sku"].casefold()
    if product["type"] == "variation":
        yield "parent", product["parent_id"]
    for term in (*product["categories"], *product["tags"]):
        yield "term", term
