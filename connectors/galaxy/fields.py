"""What a connection to Galaxy asks for. Most of it is what no public page tells."""

from __future__ import annotations

from typing import Any

from connectors.galaxy.client import PATIENCE, ROWS
from integration.contract.connector import Field
from integration.contract.messages import Settings
from integration.http.limits import Limit

CALLS_PER_SECOND = 3
ZONE = "Europe/Athens"
VARIANT_FIELDS = "ItemDimensionCombinations, Values, DimensionID, ValueID, Code"
PART_CODE = "DimensionCode"
AT_ONCE, IN_BATCHES = "at once", "in batches"
BATCH_EVERY = 900
SHOWS_WITHIN = 3600
WINDOWS = {"minute": 60, "hour": 3600, "day": 86_400, "month": 2_592_000}


def _given(
    name: str, label: str, default: Any = "", type: str = "text", help: str = ""
) -> Field:
    """A setting that works as it is."""
    return Field(
        name=name, label=label, default=default, type=type, help=help, required=False
    )


def _chosen(name: str, label: str, *choices: str, help: str = "") -> Field:
    """One of a few words, the first unless another is chosen."""
    return Field(
        name=name,
        label=label,
        type="choice",
        required=False,
        default=choices[0],
        choices=choices,
        help=help,
    )


ACCESS = (
    Field(
        name="base_url",
        label="Address of the API",
        type="url",
        help="What stands in front of /services/sync, with its port and path.",
    ),
    Field(name="username", label="User", help="A user of Galaxy's web API."),
    Field(name="password", label="Password", type="secret"),
    _given(
        "web_scenario",
        "Web Scenario",
        help="Its ID. Empty: the default scenario of the installation. Another "
        "scenario is another account to Weft: open a new connection for it.",
    ),
    _given(
        "allow_http",
        "Allow plain http",
        False,
        "bool",
        "Only for an installation without https on this machine. All can be read.",
    ),
)

GOODS = (
    _given("currency", "Currency of the prices", "EUR"),
    _given("prices_include_tax", "Prices include tax", True, "bool"),
    _given(
        "price_list",
        "Price list",
        help="ID of the price list to take prices from. Empty: the item's own price.",
    ),
    _given(
        "sku_field",
        "Field of the SKU",
        "Code",
        help="Of an item without dimensions. A combination has its own Code.",
    ),
    _chosen("weight_unit", "Weights are in", "kg", "g"),
    _given(
        "category_root",
        "Only categories below",
        help="ID of a root category. Empty: all the scenario shows.",
    ),
    _given(
        "variant_fields",
        "Fields of combinations",
        VARIANT_FIELDS,
        help="The list of combinations on an item, the list of values on each, the "
        "IDs of dimension and value on those, and the combination's code.",
    ),
    _given(
        "part_code",
        "Combination on balances and codes",
        PART_CODE,
        help="The field that tells whose combination's balance or barcode a row is.",
    ),
    _given(
        "image_base_url",
        "Public address of pictures",
        help="Such as https://pictures.example.com/{id}.jpg, where you keep them "
        "yourself. Empty: shops fetch them through Weft.",
    ),
)

ORDERS = (
    _given("zone", "Time zone", ZONE, help="Of all times Galaxy gives or takes."),
    _chosen("order_amounts", "Order lines are sent", "gross", "net"),
    _given("order_prefix", "In front of order numbers", help="To tell shops apart."),
    _chosen(
        "line_item",
        "A combination is ordered by",
        "item",
        "combination",
        help="item: the combination's code is told in the document's comment.",
    ),
    _given(
        "guest_trader",
        "Trader for buyers without an account",
        help="ID of a trader. Empty: each becomes a customer first.",
    ),
    _given(
        "entry_extra",
        "More for each document",
        help='JSON, such as {"paymentmethod": {"id": "{payment}"}, "charges": '
        '[{"id": "{charge}", "amount": "{amount}"}]}. Also {shipping}.',
    ),
    _given(
        "order_lookup",
        "Documents can be looked up",
        False,
        "bool",
        "On: Weft finds out by itself whether an order it got no answer for arrived. "
        "Off: you are asked.",
    ),
    _given("order_entity", "Entity of documents", "docentry"),
    _given("order_field", "Field of the order number", "DocID"),
    _chosen("post_orders", "Orders are sent", AT_ONCE, IN_BATCHES),
    _given("batch_every", "Seconds between batches", BATCH_EVERY, "int"),
    _given(
        "shows_within",
        "Seconds until a new customer shows",
        SHOWS_WITHIN,
        "int",
        "A customer Galaxy gave no answer about is looked for as long before it is "
        "sent again: sent too soon it would be there twice.",
    ),
)

PACE = (
    _given("calls_per_second", "Calls per second", CALLS_PER_SECOND, "int"),
    *(
        _given(f"calls_per_{name}", f"Calls per {name}", None, "int", "Empty: any.")
        for name in WINDOWS
    ),
    _given("patience", "Seconds a whole list may take", PATIENCE, "int"),
    _given("rows_at_once", "Rows stored together", ROWS, "int"),
    _given(
        "overlap",
        "Numbers read again",
        0,
        "int",
        "How many revision numbers below the last one are asked for once more.",
    ),
)

FIELDS = (*ACCESS, *GOODS, *ORDERS, *PACE)

# What a route may set in place of the connection's own.
ROUTED = tuple(field for field in FIELDS if field.name == "order_prefix")


def batches(settings: Settings) -> int:
    """Seconds between two batches of sales; 0 where each goes at once."""
    if settings.get("post_orders") != IN_BATCHES:
        return 0
    return int(settings.get("batch_every") or BATCH_EVERY)


def shows_within(settings: Settings) -> int:
    """Seconds Galaxy may take to list a customer it was sent."""
    return int(settings.get("shows_within") or SHOWS_WITHIN)


def limits(settings: Settings) -> tuple[Limit, ...]:
    """A few calls a second, for it is the merchant's own server; more as set."""
    second = int(settings.get("calls_per_second") or CALLS_PER_SECOND)
    found = [Limit(calls=second, seconds=1, reserve=0)]
    for name, seconds in WINDOWS.items():
        if calls := settings.get(f"calls_per_{name}"):
            found.append(Limit(calls=int(calls), seconds=seconds))
    return tuple(found)
