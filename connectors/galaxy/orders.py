"""A sale as Galaxy's entry takes it; one that does not add up is not sent.

The shape is that of public clients, for its vendor publishes none:
https://github.com/kkartas/Galaxy2Woocommerce
"""

from __future__ import annotations

from decimal import Decimal

from connectors.galaxy.dates import written, zone_of
from connectors.galaxy.newcomer import country
from connectors.galaxy.rows import guid
from connectors.galaxy.template import amount, filled, places_charges
from integration.canonical.parties import Address
from integration.canonical.sales import LineType, Order, OrderLine
from integration.contract.mapping import Context, resolve
from integration.contract.messages import Json
from integration.errors import BadConfig, BadRecord, MissingLink, UnknownEntry

VERSION = "2.3.2"
OWN = "RCP"
"""The code list that means ids of this installation."""
CENT = Decimal("0.01")


def header(order: Order) -> Json:
    """What the entry is, the same each time."""
    return {"version": VERSION, "processtype": "B2C", "source": "Webshop"}


def customer_id(order: Order, context: Context) -> str:
    """The linked customer; "" where the trader for guests buys."""
    if _is_guest(order) and context.setting("guest_trader"):
        return ""
    if order.customer is None:
        raise BadRecord(
            "",
            "This order names no customer.",
            code="no_customer",
            hint="Enter a trader for buyers without an account in the connection.",
        )
    return resolve(order.customer, context)


def _is_guest(order: Order) -> bool:
    """Whether nobody with an account bought; shops give a guest no id."""
    if order.customer is None or not order.customer.external_id:
        return True
    return order.buyer is not None and not order.buyer.external_id


def document(order: Order, context: Context) -> Json:
    """The sale itself. BadRecord where an item is missing or the sums differ."""
    company = str(context.setting("company_id") or "")
    if not company:
        raise BadConfig(
            "web_scenario",
            "Whose company the Web Scenario belongs to is not known yet.",
            hint="Test the connection once.",
        )
    buyer = order.billing or order.shipping or Address()
    goods = order.shipping or buyer
    found = {
        "company": {"identifier": {"id": company, "codelist": OWN}},
        "revisionnumber": 1,
        "doccurrency": {"descr": _currency(order, context)},
        "docid": docid(order.number, context.setting("order_prefix")),
        "docdate": written(order.placed_at, zone_of(context.setting("zone"))),
        "comment": _comment(order, context),
        "billtoaddress": _address(buyer, context),
        "deliveryinfo": {
            "address": _address(goods, context),
            "telephone": goods.phone or buyer.phone,
            "email": goods.email or (order.buyer.email if order.buyer else ""),
        },
        "trader": _trader(order, buyer, context),
        "lines": _lines(order, context),
    }
    return {**found, **filled(order, context)}


def docid(number: str, prefix: object) -> str:
    """The order's number, told apart from other shops'."""
    return f"{prefix or ''}{number}"


def _currency(order: Order, context: Context) -> str:
    entry = context.coded("currencies", order.currency)
    if entry is None:
        raise UnknownEntry("currencies", order.currency)
    return entry.label


def _trader(order: Order, buyer: Address, context: Context) -> Json:
    who = order.buyer
    person = f"{who.first_name} {who.last_name}".strip() if who else ""
    return {
        "identifier": {
            "id": guid(context.setting("guest_trader")),
            "codelist": OWN,
        },
        "name": (who.company if who else "") or person or buyer.name,
        "tin": who.tax_number if who else "",
        "address": _address(buyer, context),
        "telephone": (who.phone if who else "") or buyer.phone,
        "email": (who.email if who else "") or buyer.email,
    }


def _address(address: Address, context: Context) -> Json:
    entry = country(address.country, context) if address.country else None
    return {
        "country": {"descr": entry.label if entry else address.country},
        "prefecture": {"descr": address.region},
        "city": {"descr": address.city},
        "zipcode": address.postcode,
        "streetname": " ".join(filter(None, (address.line1, address.line2))),
    }


def _lines(order: Order, context: Context) -> list[Json]:
    """One line for each of the order's goods, whole or not at all."""
    goods = [line for line in order.lines if line.type is LineType.GOODS]
    if not goods:
        raise BadRecord("", "This order has no goods.", code="no_goods")
    found = [_line(line, context) for line in goods]
    others = [line for line in order.lines if line.type is not LineType.GOODS]
    charges = sum((amount(line, context) for line in others), Decimal(0))
    if not places_charges(context):
        found[0]["chargestotal"] = charges
    _check_sum(order, found, charges, context)
    return found


def _line(line: OrderLine, context: Context) -> Json:
    if line.quantity <= 0:
        raise BadRecord("quantity", f"“{line.name}” is sold {line.quantity:f} times.")
    item = _item(line, context)
    chosen = item[item.rfind("/") + 1 :]
    if context.setting("line_item") != "combination":
        chosen = item.partition("/")[0]
    return {
        "item": {
            "mgitemtypeid": 0,
            "identifier": {"id": chosen, "idspecifier": "ID"},
        },
        "qty": line.quantity,
        "totalamount": amount(line, context),
        "chargestotal": Decimal(0),
    }


def _item(line: OrderLine, context: Context) -> str:
    if line.variant is not None:
        return resolve(line.variant, context)
    raise BadRecord(
        "",
        f"The line “{line.name}” (SKU “{line.sku}”) has no item in Galaxy.",
        code="no_item",
        hint="Link the product to its item, then send the order again.",
    )


def _check_sum(
    order: Order, lines: list[Json], charges: Decimal, context: Context
) -> None:
    """What is sent reaches what the buyer paid, to the cent."""
    gross = context.setting("order_amounts") != "net"
    wanted = order.total if gross else order.total - order.total_tax
    summed = sum((line["totalamount"] for line in lines), charges)
    if abs(summed - wanted) > CENT:
        raise BadRecord(
            "totalamount",
            f"Lines and charges add up to {summed:f}, but the total is {wanted:f}.",
            code="total_differs",
            hint="Check the order in the shop and enter it in Galaxy by hand.",
        )


def _comment(order: Order, context: Context) -> str:
    """The buyer's words, and which combinations were bought where lines cannot say."""
    told = [order.note]
    if context.setting("line_item") != "combination":
        for line in order.lines:
            if line.variant is not None and "/" in _linked(line, context):
                told.append(f"{line.sku or line.name}: {line.quantity:f}")
    return "\n".join(filter(None, told))


def _linked(line: OrderLine, context: Context) -> str:
    try:
        return resolve(line.variant, context) if line.variant else ""
    except MissingLink:
        return ""
