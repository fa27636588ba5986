"""The shop's orders for ours, and what the books want of them: one table per kind.

A rule's named function is in `words`, `buyers` or `money`.
https://woocommerce.github.io/woocommerce-rest-api-docs/#orders
"""

from __future__ import annotations

from decimal import Decimal

from connectors.woocommerce import buyers, money, words
from integration.canonical.accounts import Payment, Refund
from integration.canonical.kinds import Kind
from integration.canonical.sales import LineType, Order, OrderLine, OrderStatus
from integration.contract.mapping import (
    FieldMap,
    at,
    const,
    derive,
    each,
    joined,
    number,
    ref,
)

# Line totals are without tax, whatever the shop shows its buyers.
GOODS = FieldMap(
    OrderLine,
    id=at("id", str),
    type=const(LineType.GOODS),
    name=at("name", words.plain, default=""),
    sku=at("sku", default=""),
    quantity=at("quantity", number),
    unit_price=derive(words.unit_price),
    discount=derive(words.discount),
    net=at("total", number),
    tax=at("total_tax", number, default=Decimal(0)),
    variant=derive(words.sold_variant),
    tax_code=at("tax_code", default=""),
)

SHIPPING = FieldMap(
    OrderLine,
    id=at("id", str),
    type=const(LineType.SHIPPING),
    name=at("method_title", words.plain, default=""),
    quantity=const(Decimal(1)),
    unit_price=at("total", number),
    net=at("total", number),
    tax=at("total_tax", number, default=Decimal(0)),
    tax_code=at("tax_code", default=""),
)

FEE = FieldMap(
    OrderLine,
    id=at("id", str),
    type=const(LineType.FEE),
    name=at("name", words.plain, default=""),
    quantity=const(Decimal(1)),
    unit_price=at("total", number),
    net=at("total", number),
    tax=at("total_tax", number, default=Decimal(0)),
    tax_code=at("tax_code", default=""),
)

ORDER = FieldMap(
    Order,
    external_id=at("id", str),
    number=at("number", str),
    placed_at=at("date_created_gmt", words.utc),
    currency=at("currency"),
    total=at("total", number),
    total_tax=at("total_tax", number, default=Decimal(0)),
    lines=joined(
        each(money.goods, GOODS),
        each(money.shipping, SHIPPING),
        each(money.fees, FEE),
    ),
    customer=derive(buyers.customer_ref),
    buyer=derive(buyers.buyer),
    prices_include_tax=at("prices_include_tax", default=None),
    billing=at("billing", buyers.address, default=None),
    shipping=at("shipping", buyers.address, default=None),
    payment_method=at("payment_method", default=""),
    transaction_id=at("transaction_id", default=""),
    paid_at=at("date_paid_gmt", words.utc, default=None),
    note=at("customer_note", default=""),
)

ORDER_STATUS = FieldMap(
    OrderStatus,
    external_id=at("id", str),
    order=ref(Kind.ORDER, "id"),
    word=at("status"),
    payment=derive(words.payment),
    fulfilment=derive(words.fulfilment),
)

PAYMENT = FieldMap(
    Payment,
    over=money.paid,
    external_id=derive(money.payment_id),
    order=ref(Kind.ORDER, "id"),
    order_number=at("number", str),
    money=derive(money.amount),
    method=at("payment_method", default=""),
    transaction=at("transaction_id", default=""),
    at=at("date_paid_gmt", words.utc),
)

# All that the shop writes with a minus is read without.
REFUND = FieldMap(
    Refund,
    over=money.given_back,
    external_id=at("id", str),
    order=ref(Kind.ORDER, "order.id"),
    number=derive(money.refund_number),
    order_number=at("order.number", str),
    at=at("date_created_gmt", words.utc),
    currency=at("order.currency"),
    total=at("amount", number),
    total_tax=derive(money.tax_back),
    lines=joined(
        each(money.goods_back, GOODS),
        each(money.shipping_back, SHIPPING),
        each(money.fees_back, FEE),
    ),
    customer=derive(buyers.refunded_customer),
    method=at("order.payment_method", default=""),
    paid_back=derive(money.paid_back),
    reason=at("reason", str, default=""),
)
