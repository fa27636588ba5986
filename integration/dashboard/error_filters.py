"""Which problems a page is about: its filters, from an address or from a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from synclog.matching import TABS

NAMES = ("tab", "class", "group", "connection", "kind", "code", "older_than", "text")
AGES: Mapping[str, Any] = {
    "1": _("Older than a day"),
    "7": _("Older than a week"),
    "30": _("Older than a month"),
}
# Ticked one by one; whoever wants more chooses all that match.
MOST_IDS = 200


def of_query(query: QueryDict, tab: str = "open") -> dict[str, str]:
    """The filters an address names; `tab` where it names none, "" for any."""
    found = {
        name: str(query[name]).replace("\0", "").strip()[:200]
        for name in NAMES
        if query.get(name)
    }
    if found.get("tab") not in TABS:
        found.pop("tab", None)
        if tab:
            found["tab"] = tab
    return found


def of_text(text: str) -> dict[str, str]:
    """The filters a form carries along as a query."""
    return of_query(QueryDict(text[:4_000]), tab="")


def to_text(filters: Mapping[str, Any]) -> str:
    """Filters as a query: what `of_text` and `of_choice` read."""
    query = QueryDict(mutable=True)
    for name, value in filters.items():
        values: Sequence[str] = value if isinstance(value, list) else [value]
        query.setlist(name, [str(each) for each in values])
    return query.urlencode()


def of_choice(given: QueryDict) -> dict[str, Any]:
    """What a person ticked in a list: its ids, or with `every` all that match."""
    if given.get("every"):
        return of_text(given.get("filters", ""))
    ids = [each for each in given.getlist("ids")[:MOST_IDS] if each.isdecimal()]
    # No id is nothing, never everything.
    return {"ids": ids or ["0"]}


def of_question(query: QueryDict) -> dict[str, Any]:
    """What a question page was asked about, from its address."""
    if query.getlist("ids"):
        return of_choice(query)
    return dict(of_query(query, tab=""))
