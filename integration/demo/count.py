"""Counts what really is: each platform is asked, and the answers are compared."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

from integration.canonical.kinds import Kind
from integration.demo.outside import Crystal, Shop
from integration.models import Tenant
from synclog.models import SyncError
from synclog.models.error import ErrorState

Json = Any
CATALOGUE = (Kind.PRODUCT, Kind.STOCK, Kind.PRICE)


class Products(NamedTuple):
    """How a catalogue stands: all, equal in the shop, refused with an open error, and
    what is neither, with the reason."""

    source: int
    in_step: int
    refused: int
    astray: Sequence[str]


class Orders(NamedTuple):
    """How many orders arrived, how many more than once, and which did not."""

    arrived: int
    duplicated: int
    missing: Sequence[str]


def products(crystal: Crystal, shop: Shop, tenant: Tenant) -> Products:
    """Compare what Crystal serves with what the shop shows, one by one."""
    served = crystal.products()
    shown = shop.products([str(product["id"]) for product in served])
    refused = with_open_error(tenant)
    in_step, astray = 0, []
    for product in served:
        name = str(product["id"])
        if name in refused:
            continue
        difference = _difference(product, shown.get(name.lower()))
        if difference:
            astray.append(f"{name}: {difference}")
        else:
            in_step += 1
    return Products(len(served), in_step, len(refused), astray)


def orders(crystal: Crystal, placed: Iterable[str]) -> Orders:
    """Look for every order placed, by its reference, in Crystal's ledger."""
    ledger = Counter(crystal.references())
    numbers = list(placed)
    return Orders(
        arrived=sum(ledger[number] > 0 for number in numbers),
        duplicated=sum(max(0, ledger[number] - 1) for number in numbers),
        missing=[number for number in numbers if not ledger[number]],
    )


def with_open_error(tenant: Tenant) -> set[str]:
    """What of a catalogue was refused, as its source calls it."""
    return set(
        SyncError.objects.for_tenant(tenant)
        .filter(kind__in=CATALOGUE, state=ErrorState.OPEN)
        .values_list("external_id", flat=True)
    )


def _difference(served: Json, shown: Json | None) -> str:
    """The first thing the shop shows otherwise; "" where all is equal."""
    if shown is None:
        return "not in the shop"
    pairs = {
        "name": (served["name"] or served["product_number"], text(shown["name"])),
        "sku": (str(served["id"]).lower(), shown["sku"].lower()),
        "price": (money(served["price"]), money(shown["regular_price"])),
        "stock": (stock(served["quantity"]), shown["stock_quantity"]),
        "images": (len(served["images"] or ()), len(shown["images"])),
        "tags": (
            {tag.strip().casefold() for tag in served["tags"] or ()},
            {text(tag["name"]).casefold() for tag in shown["tags"]},
        ),
    }
    for name, (wanted, found) in pairs.items():
        if wanted != found:
            return f"{name} is {found!r} in the shop, {wanted!r} in Crystal"
    return ""


def text(value: str) -> str:
    """Shops write & as an entity."""
    return html.unescape(value)


def money(value: Json) -> Decimal | None:
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation:
        return None


def stock(value: Json) -> int:
    """What a shop can show of a quantity: whole pieces, none below zero."""
    return max(0, int(Decimal(str(value)).to_integral_value(ROUND_FLOOR)))
