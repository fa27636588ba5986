"""Tests a connection to Galaxy stage by stage, in the order a merchant mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connectors.galaxy.client import SYNC, Client
from connectors.galaxy.facts import facts
from connectors.galaxy.pictures import sample
from connectors.galaxy.rows import number_of
from integration.contract.messages import Finding, Json
from integration.errors import SyncFailure
from integration.http.body import parse
from integration.http.redact import address

# The fields of an item that Weft has a place for.
KNOWN = frozenset(
    {"ID", "Code", "Description", "ExtDescription", "ItemPrice", "Weight"}
    | {"RevisionNumber"}
)
BY_HAND = (
    "Galaxy can call Weft when something changes: set that up in Galaxy, at the "
    "connection's address with /items, /customers or /any behind it."
)
THROUGH_WEFT = (
    "Galaxy shows pictures to signed-in callers alone: shops fetch them through Weft, "
    "each with one call to Galaxy. Or enter an address where you keep them yourself."
)


def probe(client: Client) -> Iterator[Finding]:
    """Address and sign-in, scenario, prices, fields, pictures; ends at a failure."""
    stages: tuple[tuple[str, Callable[[Client], Finding]], ...] = (
        ("sign-in", _sign_in),
        ("scenario", _scenario),
        ("currencies", _currencies),
        ("items", _items),
        ("fields", _fields),
        ("pictures", _pictures),
    )
    for stage, look in stages:
        try:
            yield look(client)
        except SyncFailure as failure:
            yield Finding(stage, False, failure.message, failure.hint)
            return


def _sign_in(client: Client) -> Finding:
    count = sum(1 for _ in client.rows("webscenarios"))
    place = address(client.http.base_url)
    message = f"{place} answers and lets Weft in; it has {count} Web Scenarios."
    return Finding("sign-in", True, message, BY_HAND)


def _scenario(client: Client) -> Finding:
    found = facts(client)
    message = f"Calls go under “{found['scenario']}” for {found['company']}."
    return Finding("scenario", True, message, facts=found)


def _currencies(client: Client) -> Finding:
    codes = [parse(body).get("Code") for body in client.rows("currencies")]
    own = str(client.settings.get("currency") or "EUR")
    listed = ", ".join(str(code) for code in codes)
    return Finding(
        "currencies",
        own in codes,
        f"Prices are taken to be in {own}. Galaxy has {listed}.",
        "" if own in codes else "Enter one of Galaxy's currencies.",
    )


def _items(client: Client) -> Finding:
    """The first item alone: the rest of the list is not waited for."""
    rows = client.rows("items", 0)
    body = next(rows, None)
    close = getattr(rows, "close", None)
    if close is not None:
        close()
    if body is None:
        return Finding("items", True, "The scenario shows no item.")
    row = parse(body)
    taxed = (
        "That is taken as with tax."
        if client.settings.get("prices_include_tax", True)
        else "That is taken as without tax."
    )
    message = f"{row.get('Code')} costs {row.get('ItemPrice')}. {taxed}"
    if not number_of(row):
        message += " Its revision number is 0: changes would not be seen."
    hint = "Compare it with Galaxy; the setting “Prices include tax” says how it is."
    return Finding("items", bool(number_of(row)), message, hint)


def _fields(client: Client) -> Finding:
    told = client.get(f"{SYNC}items/metadata")
    names = list(_names(told))
    unknown = [name for name in names if name not in KNOWN]
    lists = [str(each.get("Name")) for each in told.get("Collections") or ()]
    return Finding(
        "fields",
        True,
        f"An item has {len(names)} fields and the lists {', '.join(lists)}.",
        "Fields Weft has no place for can be mapped by name." if unknown else "",
        facts={"item_fields": ", ".join(unknown), "item_lists": ", ".join(lists)},
    )


def _names(told: Json) -> Iterator[str]:
    for each in told.get("Fields") or ():
        yield str(each.get("Name"))


def _pictures(client: Client) -> Finding:
    """A sample picture, and where shops fetch them."""
    found = sample(client)
    public = bool(client.settings.get("image_base_url"))
    hint = "" if public else THROUGH_WEFT
    return Finding("pictures", True, found, hint)
