"""Tests a connection to Crystal stage by stage, in the order a merchant mends it."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.crystal.client import Client
from integration.contract.messages import Finding
from integration.errors import SyncFailure
from integration.http.redact import address

OVERWRITTEN = (
    "Products go from Crystal to the shop only: what is edited in the shop is "
    "overwritten when the product next changes in Crystal."
)
# The stage a failure belongs to, by the setting it blames; else the address itself.
STAGES = {"token_path": 1, "secret": 1, "products_path": 2}


def probe(client: Client) -> Iterator[Finding]:
    """Address, sign-in, products, currency; nothing after the first that fails."""
    passed = [
        Finding("address", True, f"{address(client.http.base_url)} answers."),
        Finding("sign-in", True, "Crystal accepts the key and secret."),
    ]
    try:
        count = len(client.products(page=1).rows)
    except SyncFailure as failure:
        stage = STAGES.get(getattr(failure, "field", ""), 0)
        yield from passed[:stage]
        name = ("address", "sign-in", "products")[stage]
        yield Finding(name, False, failure.message, failure.hint)
        return
    yield from passed
    yield Finding("products", True, f"The first page holds {count}.", OVERWRITTEN)
    yield _currency(client.currency)


def _currency(currency: str) -> Finding:
    if len(currency) == 3 and currency.isascii() and currency.isupper():
        return Finding("currency", True, f"Prices are taken to be in {currency}.")
    return Finding(
        "currency",
        False,
        f"“{currency}” is no currency." if currency else "No currency is set.",
        "Crystal names none: enter three capital letters, such as EUR.",
    )
