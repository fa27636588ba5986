"""Holds the shop's settings and shows them, its currency and its system status."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.woocommerce.sandbox.exchange import Record, Refusal
from connectors.woocommerce.sandbox.setting_rows import SETTINGS

VERSION = "11.0.1"
WORDPRESS = "7.1"
CURRENCIES = {
    "EUR": ("Euro", "€"),
    "GBP": ("Pound sterling", "£"),
    "SEK": ("Swedish krona", "kr"),
    "USD": ("United States (US) dollar", "$"),
}


class Settings:
    """The options of one shop, as text, with the few that steer the sandbox itself.

    `offset` is the site's time zone in seconds east of GMT; `tax_rate` is a percentage
    for the base country (0 means taxes are off); `classic_store` keeps orders as posts,
    which makes a trashed order look like a trashed product to webhooks.
    """

    def __init__(self) -> None:
        self.values: dict[str, str] = {
            row["id"]: row["default"] for rows in SETTINGS.values() for row in rows
        }
        self.offset = 0
        self.tax_rate = Decimal(0)
        self.max_upload = 8 * 1024 * 1024
        self.classic_store = True

    @property
    def currency(self) -> str:
        """The code of the shop's only currency."""
        return self.values["woocommerce_currency"]

    @property
    def symbol(self) -> str:
        """The sign of the shop's currency."""
        return CURRENCIES.get(self.currency, ("", self.currency))[1]

    @property
    def decimals(self) -> int:
        """Decimals of displayed prices and of order totals."""
        return int(self.values["woocommerce_price_num_decimals"])

    @property
    def prices_include_tax(self) -> bool:
        """Whether catalogue prices are entered with tax."""
        return self.values["woocommerce_prices_include_tax"] == "yes"

    @property
    def country(self) -> str:
        """The shop's base country, without its state."""
        return self.values["woocommerce_default_country"].partition(":")[0]

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change settings by their short names or their ids.

        Raises `ValueError` for a name that is neither.
        """
        for name, value in changes.items():
            if name == "site_offset_hours":
                self.offset = int(float(value) * 3600)
            elif name == "tax_rate":
                self.tax_rate = Decimal(str(value))
                on = "yes" if self.tax_rate else "no"
                self.values["woocommerce_calc_taxes"] = on
            elif name == "max_upload":
                self.max_upload = int(value)
            elif name == "classic_store":
                self.classic_store = bool(value)
            else:
                self.values[_option(name, self.values)] = _text(value)

    def listed(self, group: str, root: str) -> list[Record]:
        """List a group; raises `Refusal` 404 for one the shop does not have."""
        return [self._shown(group, row, root) for row in _rows(group)]

    def one(self, group: str, option: str, root: str) -> Record:
        """Show one setting; raises `Refusal` 404 for one that does not exist."""
        return self._shown(group, _row(group, option), root)

    def set(self, group: str, option: str, value: Any, root: str) -> Record:
        """Change one setting and show it."""
        row = _row(group, option)
        if row.get("options") and value not in row["options"]:
            code = "rest_setting_value_invalid"
            raise Refusal(code, "An invalid setting value was passed.")
        self.values[option] = _text(value)
        return self._shown(group, row, root)

    def _shown(self, group: str, row: Record, root: str) -> Record:
        address = f"{root}/settings/{group}"
        allow = {"allow": ["GET", "POST", "PUT", "PATCH"]}
        links = {
            "self": [{"href": f"{address}/{row['id']}", "targetHints": allow}],
            "collection": [{"href": address}],
        }
        return {**row, "value": self.values[row["id"]], "_links": links}

    def currency_shown(self, root: str) -> Record:
        """Show the current currency."""
        name = CURRENCIES.get(self.currency, (self.currency, ""))[0]
        address = f"{root}/data/currencies"
        return {
            "code": self.currency,
            "name": name,
            "symbol": self.symbol,
            "_links": {
                "self": [{"href": f"{address}/{self.currency}"}],
                "collection": [{"href": address}],
            },
        }

    def status_shown(self, home: str) -> Record:
        """Show what a shop tells of its versions and its order store."""
        store = "WC_Order_Data_Store_CPT" if self.classic_store else "OrdersTable"
        return {
            "environment": {
                "home_url": home,
                "site_url": home,
                "version": VERSION,
                "wp_version": WORDPRESS,
                "wp_multisite": False,
                "wp_cron": True,
                "language": "en_US",
                "server_info": "Sandbox",
                "php_version": "8.2.0",
                "max_upload_size": self.max_upload,
                "default_timezone": "UTC",
            },
            "settings": {
                "api_enabled": False,
                "force_ssl": False,
                "currency": self.currency,
                "currency_symbol": self.symbol,
                "thousand_separator": ",",
                "decimal_separator": ".",
                "number_of_decimals": self.decimals,
                "order_datastore": store,
                "HPOS_enabled": not self.classic_store,
                "HPOS_sync_enabled": False,
            },
            "active_plugins": [],
        }


def _option(name: str, known: Mapping[str, str]) -> str:
    short = {"decimals": "price_num_decimals", "country": "default_country"}
    for option in (name, f"woocommerce_{short.get(name, name)}"):
        if option in known:
            return option
    raise ValueError(f"no setting is called {name}")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _rows(group: str) -> list[Record]:
    if group not in SETTINGS:
        code = "rest_setting_setting_group_invalid"
        raise Refusal(code, "Invalid setting group.", 404)
    return SETTINGS[group]


def _row(group: str, option: str) -> Record:
    for row in _rows(group):
        if row["id"] == option:
            return row
    raise Refusal("rest_setting_setting_invalid", "Invalid setting.", 404)
