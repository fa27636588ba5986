"""Builds the tests a product must pass to be in a list, one per parameter sent."""

from collections.abc import Callable, Iterator

from connectors.woocommerce.sandbox.amounts import decimal
from connectors.woocommerce.sandbox.dates import bounds, within
from connectors.woocommerce.sandbox.exchange import Call, Record
from connectors.woocommerce.sandbox.listing import among, numbers, texts
from connectors.woocommerce.sandbox.pricing import price, stock_status
from connectors.woocommerce.sandbox.product_write import STATUSES
from connectors.woocommerce.sandbox.shop import Shop

Filter = Callable[[Record], bool]
TYPES = ("simple", "grouped", "external", "variable")
STOCK = ("instock", "outofstock", "onbackorder")
HIDDEN = ("trash", "auto-draft")
"""Statuses that `status=any` leaves out."""


def matching(shop: Shop, call: Call, rows: list[Record]) -> list[Record]:
    """Keep the products a list request asks for.

    Raises `Refusal` 400 for values outside a parameter's choice and for bad dates.
    """
    filters = [*_by_status(call), *_by_words(call), *_by_ids(shop, call)]
    filters += _by_kind(shop, call)
    limits = bounds(call, shop.settings.offset)
    if limits:
        filters.append(lambda row: within(row, limits))
    return [row for row in rows if all(fits(row) for fits in filters)]


def candidates(shop: Shop, call: Call) -> list[Record]:
    """Give the rows to choose from: variations join only where skus are sought."""
    skus = texts(call, "sku")
    if skus:
        found = [row for sku in skus for row in shop.catalogue.with_sku(sku)]
        return list({row["id"]: row for row in found}.values())
    partial = call.param("search_sku") or call.param("search_name_or_sku")
    return [row for row in shop.catalogue if partial or row["type"] != "variation"]


def _by_status(call: Call) -> Iterator[Filter]:
    wanted = among(call, "status", ("any", *STATUSES))
    if not wanted or "any" in wanted:
        yield lambda row: row["status"] not in HIDDEN
    else:
        yield lambda row: row["status"] in wanted


def _by_words(call: Call) -> Iterator[Filter]:
    words = str(call.param("search", "")).casefold()
    if words:
        fields = ("name", "description", "short_description")
        yield lambda row: any(words in row[name].casefold() for name in fields)
    sku = str(call.param("search_sku", "")).casefold()
    if sku:
        yield lambda row: sku in row["sku"].casefold()
    either = str(call.param("search_name_or_sku", "")).casefold()
    if either:
        yield (
            lambda row: (
                either in row["name"].casefold() or either in row["sku"].casefold()
            )
        )
    slug = call.param("slug")
    if slug:
        yield lambda row: row["slug"] == slug


def _by_ids(shop: Shop, call: Call) -> Iterator[Filter]:
    include, exclude = set(numbers(call, "include")), set(numbers(call, "exclude"))
    if include:
        yield lambda row: row["id"] in include
    if exclude:
        yield lambda row: row["id"] not in exclude
    categories = numbers(call, "category")
    if categories:
        below = {term for at in categories for term in shop.terms.below(at)}
        yield lambda row: not below.isdisjoint(row["categories"])
    tags = set(numbers(call, "tag"))
    if tags:
        yield lambda row: not tags.isdisjoint(row["tags"])
    parents = set(numbers(call, "parent"))
    if parents:
        yield lambda row: row["parent_id"] in parents


def _by_kind(shop: Shop, call: Call) -> Iterator[Filter]:
    kinds = among(call, "type", TYPES)
    if kinds:
        yield lambda row: row["type"] in kinds
    status = among(call, "stock_status", STOCK)
    if status:
        yield lambda row: stock_status(shop.catalogue, row) in status
    if call.param("featured") is not None:
        featured = call.flag("featured")
        yield lambda row: row["featured"] == featured
    for name, sign in (("min_price", 1), ("max_price", -1)):
        limit = call.param(name)
        if limit is not None:
            yield _priced(shop, str(limit), sign)


def _priced(shop: Shop, limit: str, sign: int) -> Filter:
    moment, least = shop.now(), decimal(limit) * sign
    return lambda row: decimal(price(shop.catalogue, row, moment)) * sign >= least
