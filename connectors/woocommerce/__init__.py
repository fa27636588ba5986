"""WooCommerce: a shop of its own on WordPress. What it asks for, reads and writes.

https://woocommerce.github.io/woocommerce-rest-api-docs/
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.woocommerce import images, mapping, sales
from connectors.woocommerce.client import Client, account, auth, base_url
from connectors.woocommerce.facts import probe
from connectors.woocommerce.pages import page_of
from connectors.woocommerce.place import OVERLAP
from connectors.woocommerce.reader import Reader
from connectors.woocommerce.webhooks import Webhooks
from connectors.woocommerce.writer import Writer
from integration.canonical.kinds import Kind
from integration.contract.connector import (
    Connector,
    CursorType,
    Field,
    Stream,
    Writes,
)
from integration.contract.messages import Settings
from integration.http.limits import Limit

DAY = 86_400
# The shop takes 100 items in a call; slow hosts need time for half of that.
MOST, FIRST = 100, 50


def limits(settings: Settings) -> Sequence[Limit]:
    """None of the shop's own; a host may have some, which a merchant can enter."""
    calls = settings.get("calls_per_minute")
    return (Limit(calls=int(calls), seconds=60),) if calls else ()


FIELDS = (
    Field(
        name="url",
        label="Shop address",
        type="url",
        help="As buyers type it, such as https://shop.example.com or …/store.",
    ),
    Field(
        name="consumer_key",
        label="Consumer key",
        type="secret",
        help="WooCommerce, Settings, Advanced, REST API: add a key, Read/Write.",
    ),
    Field(
        name="consumer_secret",
        label="Consumer secret",
        type="secret",
        help="Shown once, beside the key.",
    ),
    Field(
        name="allow_http",
        label="Allow plain http",
        type="bool",
        required=False,
        default=False,
        help="Only for a shop without https. Calls are signed, but can be read.",
    ),
    Field(
        name="auth_in_query",
        label="Send the key in the address",
        type="bool",
        required=False,
        default=False,
        help="Only where the host drops the Authorization header.",
    ),
    Field(
        name="rest_route",
        label="Plain permalinks",
        type="bool",
        required=False,
        default=False,
        help="The fallback for a site whose permalinks are set to Plain.",
    ),
    Field(
        name="backorder_word",
        label="When backorders are allowed",
        type="choice",
        required=False,
        default="yes",
        choices=("yes", "notify"),
        help="notify tells the buyer that the goods are not there yet.",
    ),
    Field(
        name="unpublish_as",
        label="Products no longer offered become",
        type="choice",
        required=False,
        default="draft",
        choices=("draft", "pending", "private"),
        help="They are never deleted.",
    ),
    Field(
        name="update_slugs",
        label="Change addresses when names change",
        type="bool",
        required=False,
        default=False,
        help="A renamed product gets a new address; links to the old one break.",
    ),
    Field(
        name="calls_per_minute",
        label="Calls per minute",
        type="int",
        required=False,
        help="Where the host limits them. Empty: as many as the shop answers.",
    ),
)

STREAMS = (
    Stream(
        key="products",
        called=("name", "sku"),
        maps=(mapping.PRODUCT, mapping.STOCK, mapping.PRICE),
        cursor=CursorType.TIME,
        ascending=True,
        overlap=int(OVERLAP.total_seconds()),
        # A deletion while paging may hide a neighbour once.
        gone_after=2,
        full_every=DAY,
    ),
    Stream(
        key="orders",
        called=("number",),
        maps=(
            sales.ORDER,
            sales.ORDER_STATUS,
            mapping.GUEST,
            sales.PAYMENT,
            sales.REFUND,
        ),
        # Guests are in no other list; who has an account is in the list of customers.
        along=(Kind.CUSTOMER,),
        cursor=CursorType.TIME,
        ascending=True,
        overlap=int(OVERLAP.total_seconds()),
        gone_after=0,
    ),
    Stream(
        key="customers",
        called=("email",),
        maps=(mapping.CUSTOMER,),
        cursor=CursorType.NONE,
        gone_after=2,
    ),
    Stream(
        key="settings",
        maps=(mapping.SETTING,),
        cursor=CursorType.NONE,
        gone_after=0,
        read_every=DAY,
    ),
)

WRITES = {
    Kind.CATEGORY: Writes(map=mapping.CATEGORY_OUT, batch=MOST),
    Kind.PRODUCT: Writes(
        map=mapping.PRODUCT_OUT,
        always=("sku",),
        on_create={"slug": "update_slugs", "type": ""},
        volatile=("src",),
        batch=MOST,
        first=FIRST,
        weigh=images.weigh,
    ),
    Kind.STOCK: Writes(map=mapping.STOCK_OUT, batch=MOST, first=FIRST),
    Kind.PRICE: Writes(map=mapping.PRICE_OUT, batch=MOST, first=FIRST),
}

CONNECTOR = Connector(
    key="woocommerce",
    label="WooCommerce",
    fields=FIELDS,
    account=account,
    base_url=base_url,
    auth=auth,
    client=Client,
    probe=probe,
    streams=STREAMS,
    writes=WRITES,
    reader=Reader,
    writer=Writer,
    webhooks=Webhooks,
    limits=limits,
    page_of=page_of,
)
