"""Crystal, a hosted back office: master of products, stock and prices, taker of orders.

Public pages: https://docs.getcrystal.com and https://help.getcrystal.com
"""

from __future__ import annotations

from typing import Any

from connectors.crystal import client, mapping
from connectors.crystal.probe import probe
from connectors.crystal.reader import OVERLAP, Reader
from connectors.crystal.writer import Writer
from integration.canonical.kinds import Kind
from integration.contract.connector import (
    Connector,
    CursorType,
    Field,
    Repeat,
    Stream,
    Style,
    Writes,
)
from integration.contract.messages import Settings
from integration.http.limits import Limit

DAY = 86_400
# Crystal publishes no limit; this many calls a second is meant to be gentle.
CALLS_PER_SECOND = 2


def _given(
    name: str, label: str, default: Any, type: str = "text", help: str = ""
) -> Field:
    """A setting that works as it is."""
    return Field(
        name=name, label=label, default=default, type=type, help=help, required=False
    )


FIELDS = (
    Field(
        name="organisation",
        label="Organisation",
        help="A short name for your organisation, to tell accounts apart.",
    ),
    Field(
        name="key",
        label="API key",
        type="secret",
        help="From your Crystal administrator; each organisation has one pair.",
    ),
    Field(name="secret", label="API secret", type="secret"),
    Field(
        name="currency",
        label="Currency",
        help="Of all prices, such as EUR. Crystal's prices name none.",
    ),
    _given(
        "order_lookup",
        "Orders can be looked up",
        False,
        "bool",
        "On: Weft finds out by itself whether an order it got no answer for arrived. "
        "Off: you are asked. Switch it on only if Crystal confirms it.",
    ),
    _given(
        "single_product",
        "Products can be read one by one",
        False,
        "bool",
        "On: syncing one item takes one call instead of reading the whole list.",
    ),
    _given("base_url", "API address", client.BASE_URL, "url"),
    _given("token_path", "Path of the token", client.TOKEN_PATH),
    _given("products_path", "Path of the products", client.PRODUCTS_PATH),
    _given(
        "orders_path",
        "Path of the orders",
        client.ORDERS_PATH,
        help="Crystal publishes no page about orders; ask them for the path.",
    ),
    _given(
        "changed_since",
        "Parameter for “changed since”",
        client.CHANGED_SINCE,
        help="Weft also looks at the times itself: a wrong name only costs calls.",
    ),
    _given("page_size", "Products per page", client.PAGE_SIZE, "int"),
    _given(
        "requests_per_second",
        "Calls per second",
        CALLS_PER_SECOND,
        "int",
        "Crystal publishes no limit. Calls are made one after the other.",
    ),
)


def account(settings: Settings) -> str:
    """The organisation: ids, cursors and call budgets are its own."""
    place = client.base_url(settings).partition("://")[2].rstrip("/")
    return f"{place}/{settings.get('organisation', '')}".rstrip("/")


def limits(settings: Settings) -> tuple[Limit, ...]:
    """So many calls a second; a second is too short to keep a reserve in."""
    calls = int(settings.get("requests_per_second") or CALLS_PER_SECOND)
    return (Limit(calls=calls, seconds=1, reserve=0),)


CONNECTOR = Connector(
    key="crystal",
    label="Crystal",
    fields=FIELDS,
    account=account,
    base_url=client.base_url,
    auth=client.auth,
    client=client.Client,
    probe=probe,
    streams=(
        Stream(
            key="products",
            maps=(mapping.CATEGORY, mapping.PRODUCT, mapping.STOCK, mapping.PRICE),
            called=("name", "product_number"),
            cursor=CursorType.TIME,
            ascending=False,
            overlap=OVERLAP,
            # A hidden or deleted product is only ever missing, and stock may move
            # without its product's time: the whole list is read once a day.
            gone_after=2,
            full_every=DAY,
        ),
    ),
    writes={
        Kind.ORDER: Writes(
            map=mapping.ORDER,
            style=Style.FULL,
            repeat=Repeat.FIND,
            repeat_setting="order_lookup",
        ),
    },
    reader=Reader,
    writer=Writer,
    limits=limits,
)
