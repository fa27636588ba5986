"""Holds the controls of the Crystal sandbox: what a back office person would do."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.crystal.sandbox.catalogue import SIZE, blank_product, stamp

if TYPE_CHECKING:
    from connectors.crystal.sandbox.crystal import Crystal

Body = dict[str, Any]


def edit_product(crystal: Crystal, body: Body) -> Any:
    """Change the product with `id`, or add one when there is none (or no `id`).

    `last_updated` becomes now, unless `touch` is false or the body gives one. A vendor
    or item type may be given in part.
    """
    changes = dict(body)
    touch = changes.pop("touch", True)
    product_id = changes.setdefault("id", str(uuid.uuid4()))
    now = datetime.now(UTC)
    product = crystal.products.get(product_id) or blank_product(product_id, now)
    unknown = changes.keys() - product.keys()
    if unknown:
        raise ValueError(f"a product has no field {', '.join(sorted(unknown))}")
    for field, value in changes.items():
        product[field] = _merged(product[field], value)
    if touch and "last_updated" not in changes:
        product["last_updated"] = stamp(now)
    crystal.products[product_id] = product
    return product


def hide(crystal: Crystal, body: Body) -> Any:
    """Stop listing products: by `id`, `ids`, `vendor` (code) or `item_type` (name)."""
    crystal.hidden |= _chosen(crystal, body)
    return {"hidden": sorted(crystal.hidden)}


def show(crystal: Crystal, body: Body) -> Any:
    """List products again; chosen as for `hide`."""
    crystal.hidden -= _chosen(crystal, body)
    return {"hidden": sorted(crystal.hidden)}


def delete(crystal: Crystal, body: Body) -> Any:
    """Remove products for good; chosen as for `hide`."""
    chosen = _chosen(crystal, body)
    for product_id in chosen:
        del crystal.products[product_id]
    return {"deleted": sorted(chosen)}


def new_catalogue(crystal: Crystal, body: Body) -> Any:
    """Fill the shelves anew with `size` products, all sound with `broken` false."""
    crystal.stock_catalogue(
        size=int(body.get("size", SIZE)), broken=bool(body.get("broken", True))
    )
    return {"products": len(crystal.products)}


def list_orders(crystal: Crystal, body: Body) -> Any:
    """List the orders with the given `external_id` or `reference`, or all."""
    found = crystal.book.find(body.get("external_id"), body.get("reference"))
    return {"orders": found, "repeated": crystal.book.repeated()}


def edit_file(crystal: Crystal, body: Body) -> Any:
    """Lose the image file `name` (`lost` true, it answers 404) or bring it back."""
    name, lost = str(body["name"]), bool(body.get("lost", True))
    gains, loses = crystal.served_files, crystal.lost_files
    if lost:
        gains, loses = loses, gains
    gains.add(name)
    loses.discard(name)
    return {"name": name, "lost": lost}


def change_settings(crystal: Crystal, body: Body) -> Any:
    """Change settings by name; gives all of them."""
    for name, value in body.items():
        before = getattr(crystal.settings, name, None)
        if before is None:
            raise ValueError(f"there is no setting {name}")
        setattr(crystal.settings, name, type(before)(value))
    return crystal.ledger()["settings"]


def revoke_tokens(crystal: Crystal, body: Body) -> Any:
    """Make every token issued so far worthless."""
    crystal.tokens.revoke()
    return {}


def _merged(before: Any, value: Any) -> Any:
    if isinstance(before, dict) and isinstance(value, dict):
        return {**before, **value}
    return Decimal(str(value)) if isinstance(value, float) else value


def _chosen(crystal: Crystal, body: Body) -> set[str]:
    wanted = set(body.get("ids", ()))
    if "id" in body:
        wanted.add(body["id"])
    missing = wanted - crystal.products.keys()
    if missing:
        raise KeyError(*sorted(missing))
    vendor, item_type = body.get("vendor"), body.get("item_type")
    return wanted | {
        product["id"]
        for product in crystal.products.values()
        if (vendor and product["vendor"]["code"] == vendor)
        or (item_type and product["item_type"]["name"] == item_type)
    }


CONTROLS: dict[str, Callable[[Crystal, Body], Any]] = {
    "product": edit_product,
    "hide": hide,
    "show": show,
    "delete": delete,
    "catalogue": new_catalogue,
    "orders": list_orders,
    "file": edit_file,
    "settings": change_settings,
    "revoke": revoke_tokens,
}
