"""The sorts of thing Weft keeps in step, and what each means to the road."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A sort of thing: what a route carries, what a record is."""

    SETTING = "setting"
    CATEGORY = "category"
    CUSTOMER = "customer"
    PRODUCT = "product"
    VARIANT = "variant"
    STOCK = "stock"
    PRICE = "price"
    ORDER = "order"
    ORDER_STATUS = "order_status"


# A facet has no identity of its own: it belongs to the record of another kind and
# can be written only where that owner is linked.
FACETS = {
    Kind.STOCK: Kind.VARIANT,
    Kind.PRICE: Kind.VARIANT,
    Kind.ORDER_STATUS: Kind.ORDER,
}

# A part has a record of its own, but its data travels inside the whole.
PARTS = {Kind.VARIANT: Kind.PRODUCT}

# What others point at is written first.
RANK = {
    kind: place
    for place, kind in enumerate(
        (
            Kind.SETTING,
            Kind.CATEGORY,
            Kind.CUSTOMER,
            Kind.PRODUCT,
            Kind.VARIANT,
            Kind.STOCK,
            Kind.PRICE,
            Kind.ORDER,
            Kind.ORDER_STATUS,
        )
    )
}

# A sale: its failures mail the merchant at once and are tried again by the clock.
SALES = frozenset({Kind.ORDER})

# When it vanishes from its source this is noted, never sent.
KEPT_WHEN_GONE = frozenset({Kind.CUSTOMER, Kind.ORDER, Kind.ORDER_STATUS})


def owner_kind(kind: Kind) -> Kind:
    """The kind whose record a thing of `kind` hangs on: itself, or its owner's."""
    return FACETS.get(kind, kind)
