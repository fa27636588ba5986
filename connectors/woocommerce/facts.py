"""What a shop is set to, and whether we may speak with it: facts, and the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from connectors.woocommerce.client import Client, fields
from integration.contract.messages import Finding
from integration.errors import BadCredentials, SyncFailure

# Group of settings -> the shop's name of each -> ours.
WANTED: Mapping[str, Mapping[str, str]] = {
    "general": {
        "woocommerce_currency": "currency",
        "woocommerce_price_num_decimals": "price_num_decimals",
        "woocommerce_calc_taxes": "calc_taxes",
        "woocommerce_default_country": "default_country",
    },
    "tax": {"woocommerce_prices_include_tax": "prices_include_tax"},
    "products": {"woocommerce_weight_unit": "weight_unit"},
}


def facts(client: Client) -> dict[str, str]:
    """The settings money and weights depend on, by our names; read from the shop."""
    found = {}
    for group, names in WANTED.items():
        for row in client.get(f"settings/{group}").slices():
            name, value = fields(row, "id", "value")
            if name in names:
                found[names[name]] = str(value)
    return found | _offset(client)


def _offset(client: Client) -> dict[str, str]:
    """How many minutes the site's clock is before GMT, read off a product's dates.

    The shop's own `default_timezone` is that of its programming language.
    """
    rows = client.get(
        "products", per_page=1, _fields="date_modified,date_modified_gmt"
    ).slices()
    if not rows:
        return {}
    here, gmt = fields(rows[0], "date_modified", "date_modified_gmt")
    if not here or not gmt:
        return {}
    ahead = datetime.fromisoformat(here) - datetime.fromisoformat(gmt)
    return {"utc_offset_minutes": str(round(ahead.total_seconds() / 60))}


def probe(client: Client) -> Iterator[Finding]:
    """The connection test, stage by stage; ends at the first that fails.

    Changes nothing: the right to write is shown by a batch of nothing.
    """
    stages: tuple[tuple[str, Callable[[Client], Finding]], ...] = (
        ("address", _address),
        ("key", _key),
        ("write", _write),
        ("settings", _settings),
    )
    for stage, look in stages:
        try:
            yield look(client)
        except SyncFailure as failure:
            yield Finding(stage, False, failure.message, failure.hint)
            return


def _address(client: Client) -> Finding:
    try:
        client.get("").json()
    except BadCredentials as refused:
        # The shop refuses a bad key even where none is needed, and so shows itself.
        if refused.field == "url":
            raise
    return Finding("address", True, "The shop answers.")


def _key(client: Client) -> Finding:
    client.get("products", per_page=1, _fields="id").json()
    client.get("orders", per_page=1, _fields="id").json()
    return Finding("key", True, "The key opens products and orders.")


def _write(client: Client) -> Finding:
    client.send("POST", "products/batch", {"update": []}).json()
    return Finding("write", True, "The key may write.")


def _settings(client: Client) -> Finding:
    found = facts(client)
    currency = found.get("currency", "")
    taxed = (
        "Its prices are entered with tax."
        if found.get("prices_include_tax") == "yes"
        else "Its prices are entered without tax."
    )
    words = f"The shop sells in {currency}. {taxed}"
    return Finding("settings", bool(currency), words, facts=found)
