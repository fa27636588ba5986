"""Cuts lists into pages, sorts them, and picks the fields that were asked for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connectors.woocommerce.sandbox.exchange import Answer, Call, Record, invalid

MOST = 100
Order = Mapping[str, Callable[[Record], Any]]
"""What a list can be ordered by, and the value each name sorts on."""


def ordered(call: Call, rows: list[Record], orders: Order, first: str) -> list[Record]:
    """Sort rows by `orderby` and `order` (newest or highest first when not said)."""
    name = call.param("orderby", first)
    if name not in orders:
        words = ", ".join(orders)
        reason = f"orderby is not one of {words}."
        raise invalid({"orderby": ("rest_not_in_enum", reason, None)})
    direction = call.param("order", "desc")
    if direction not in ("asc", "desc"):
        reason = "order is not one of asc and desc."
        raise invalid({"order": ("rest_not_in_enum", reason, None)})
    if name == "include":
        place = {number: at for at, number in enumerate(numbers(call, "include"))}
        return sorted(rows, key=lambda row: place.get(row["id"], len(place)))
    value = orders[name]
    return sorted(
        rows, key=lambda row: (value(row), row["id"]), reverse=direction == "desc"
    )


def page(
    call: Call, rows: Sequence[Record], show: Callable[[Record], Record], url: str
) -> Answer:
    """Answer one page of rows with the totals and the links of WordPress' lists.

    `url` is the list's own address. Raises `Refusal` 400 for a page size outside 1-100.
    """
    size = _within(call, "per_page", 10, 1, MOST)
    number = _within(call, "page", 1, 1, None)
    start = (number - 1) * size
    if call.param("offset") is not None:
        start = _within(call, "offset", 0, 0, None)
    pages = -(-len(rows) // size)
    headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
    links = []
    if number > 1:
        links.append(_link(call, url, min(number - 1, max(pages, 1)), "prev"))
    if number < pages:
        links.append(_link(call, url, number + 1, "next"))
    if links:
        headers["Link"] = ", ".join(links)
    body = [show(row) for row in rows[start : start + size]]
    return Answer([chosen(call, row) for row in body], headers=headers)


def chosen(call: Call, record: Any) -> Any:
    """Keep only the `_fields` that were asked for; `a.b` keeps a part of `a`."""
    wanted = call.param("_fields")
    if not wanted or not isinstance(record, dict):
        return record
    names = wanted if isinstance(wanted, list) else str(wanted).split(",")
    kept: Record = {}
    for name in names:
        head, _, rest = name.strip().partition(".")
        if head not in record:
            continue
        value = record[head]
        if rest and isinstance(value, dict):
            kept.setdefault(head, {})
            kept[head] |= {rest: value[rest]} if rest in value else {}
        else:
            kept[head] = value
    return kept


def texts(call: Call, name: str) -> list[str]:
    """Read a comma list, also when it was sent as an array."""
    value = call.param(name)
    if value is None:
        value = call.query.get(f"{name}[]", "")
    items = value if isinstance(value, list) else str(value).split(",")
    return [str(item).strip() for item in items if str(item).strip()]


def numbers(call: Call, name: str) -> list[int]:
    """Read a comma list of ids; what is not a number is left out."""
    return [int(text) for text in texts(call, name) if text.lstrip("-").isdigit()]


def among(call: Call, name: str, allowed: Collection[str]) -> list[str]:
    """Read a comma list of which every item must be allowed.

    Raises `Refusal` 400 for one that is not.
    """
    values = texts(call, name)
    for index, value in enumerate(values):
        if value not in allowed:
            reason = f"{name}[{index}] is not one of {', '.join(allowed)}."
            raise invalid({name: ("rest_not_in_enum", reason, None)})
    return values


def _within(call: Call, name: str, default: int, low: int, high: int | None) -> int:
    value = call.param(name, default)
    text = str(value).strip()
    if not text.lstrip("-").isdigit():
        reason = f"{name} is not of type integer."
        raise invalid({name: ("rest_invalid_type", reason, {"param": name})})
    number = int(text)
    if number < low or (high is not None and number > high):
        reason = f"{name} must be greater than or equal to {low}"
        if high is not None:
            reason = f"{name} must be between {low} (inclusive) and {high} (inclusive)"
        raise invalid({name: ("rest_out_of_bounds", reason, None)})
    return number


def _link(call: Call, url: str, number: int, relation: str) -> str:
    shown = {name: value for name, value in call.query.items() if name != "page"}
    pairs = [*shown.items(), ("page", str(number))]
    query = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in pairs)
    return f'<{url}?{query}>; rel="{relation}"'
