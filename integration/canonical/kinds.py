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
    INVOICE = "invoice"
    PAYMENT = "payment"
    REFUND = "refund"
    CREDIT_NOTE = "credit_note"
    LOOKUP = "lookup"


# A facet has no identity of its own: it belongs to the record of another kind and
# can be written only where that owner is linked.
FACETS = {
    Kind.STOCK: Kind.VARIANT,
    Kind.PRICE: Kind.VARIANT,
    Kind.ORDER_STATUS: Kind.ORDER,
}

# A part has a record of its own, but its data travels inside the whole.
PARTS = {Kind.VARIANT: Kind.PRODUCT}

# What is made of a thing of another kind for a platform that has no such kind: accounts
# hold no orders but invoices. It hangs on the record it was made of.
MADE_OF = {Kind.INVOICE: Kind.ORDER, Kind.CREDIT_NOTE: Kind.REFUND}

# Of no use to a platform that does not have the thing it belongs to.
BELONGS_TO = {Kind.PAYMENT: Kind.ORDER, Kind.REFUND: Kind.ORDER}

# Two of these may be one on another platform, told by the key named here: who buys as
# a guest and later with an account is one contact in the books.
ONE_BY = {Kind.CUSTOMER: "email"}

# What others point at is written first.
RANK = {
    kind: place
    for place, kind in enumerate(
        (
            Kind.SETTING,
            Kind.LOOKUP,
            Kind.CATEGORY,
            Kind.CUSTOMER,
            Kind.PRODUCT,
            Kind.VARIANT,
            Kind.STOCK,
            Kind.PRICE,
            Kind.ORDER,
            Kind.ORDER_STATUS,
            Kind.INVOICE,
            Kind.PAYMENT,
            Kind.REFUND,
            Kind.CREDIT_NOTE,
        )
    )
}

# A sale: its failures mail the merchant at once and are tried again by the clock.
SALES = frozenset(
    {Kind.ORDER, Kind.INVOICE, Kind.PAYMENT, Kind.REFUND, Kind.CREDIT_NOTE}
)

# When it vanishes from its source this is noted, never sent.
KEPT_WHEN_GONE = SALES | {Kind.CUSTOMER, Kind.ORDER_STATUS}


def owner_kind(kind: Kind) -> Kind:
    """The kind whose record a thing of `kind` hangs on: itself, or its owner's."""
    return FACETS.get(kind, kind)
