"""Lists rows: what changed since, filters, order, and the page that was asked for."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connectors.xero.sandbox.dates import Row
from connectors.xero.sandbox.exchange import Answer, Call, wrong
from connectors.xero.sandbox.where import field_of, read_where

PAGE_SIZE = 100
MOST_PER_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """How rows of one kind are listed.

    `shown` gives a row as the API shows it, with all its details; `brief` takes from
    that what a list without a page leaves out.
    """

    root: str
    fields: Collection[str]
    shown: Callable[[Row], Row]
    brief: Callable[[Row], Row] = dict
    paged: bool = True


def list_rows(call: Call, shelf: Shelf, rows: Iterable[Row]) -> Answer:
    """Give those of `rows` the query and If-Modified-Since ask for.

    Raises `Refused` 400 for a page, an order or a `where` that makes no sense, and for
    a list of more records than Xero goes through.
    """
    found = [row for row in rows if _is_new(call, row)]
    if len(found) > call.org.settings.most_records:
        raise wrong("The list has too many records; ask for fewer")
    where, order = call.query.get("where"), call.query.get("order")
    if where or order:
        found = [shelf.shown(row) for row in found]
        shelf = _seen(shelf)
    if where:
        test = read_where(where, shelf.fields)
        found = [row for row in found if test(row)]
    if order:
        found = _ordered(found, order, shelf.fields)
    if not shelf.paged:
        return Answer(shelf.root, [shelf.shown(row) for row in found])
    if "page" not in call.query and "pageSize" not in call.query:
        return Answer(shelf.root, [shelf.brief(shelf.shown(row)) for row in found])
    return _page(call, shelf, found)


def _page(call: Call, shelf: Shelf, found: list[Row]) -> Answer:
    number, size = _whole(call, "page", 1), _whole(call, "pageSize", PAGE_SIZE)
    if number < 1 or not 1 <= size <= MOST_PER_PAGE:
        raise wrong("page starts at 1 and pageSize is 1 to 1000")
    cut = found[(number - 1) * size : number * size]
    pagination = {
        "page": number,
        "pageSize": size,
        "pageCount": -(-len(found) // size),
        "itemCount": len(found),
    }
    return Answer(shelf.root, [shelf.shown(row) for row in cut], pagination)


def _is_new(call: Call, row: Row) -> bool:
    if call.since is None or "UpdatedDateUTC" not in row:
        return True
    changed: datetime = row["UpdatedDateUTC"].replace(microsecond=0)
    if call.org.settings.since_inclusive:
        return changed >= call.since
    return changed > call.since


def _seen(shelf: Shelf) -> Shelf:
    """Give the shelf for rows that are shown already."""
    return Shelf(
        root=shelf.root,
        fields=shelf.fields,
        shown=lambda row: row,
        brief=shelf.brief,
        paged=shelf.paged,
    )


def _ordered(rows: list[Row], order: str, fields: Collection[str]) -> list[Row]:
    for term in reversed(order.split(",")):
        name, _, way = term.strip().partition(" ")
        if name not in fields or way.strip().upper() not in ("", "ASC", "DESC"):
            raise wrong(f"The order cannot be read at: {term}")
        rows = sorted(
            rows,
            key=lambda row: _sortable(field_of(row, name)),  # noqa: B023 - sorted at once
            reverse=way.strip().upper() == "DESC",
        )
    return rows


def _sortable(value: Any) -> tuple[int, Any]:
    """Put nothing first, and texts without regard to case."""
    if value is None:
        return (0, 0)
    if isinstance(value, datetime):
        return (1, value.isoformat())
    if isinstance(value, date):
        return (1, value.isoformat())
    if isinstance(value, bool | int | Decimal):
        return (1, value)
    return (1, str(value).casefold())


def _whole(call: Call, name: str, default: int) -> int:
    try:
        return int(call.query.get(name, str(default)))
    except ValueError:
        raise wrong(f"{name} is a whole number") from None
