"""The words of a mail: subjects that state a fact, and what the templates show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from integration.canonical.kinds import MADE_OF, SALES, Kind
from integration.models import Connection
from synclog.cleaning import clean
from synclog.models import ErrorGroup, SyncError
from synclog.problem import words

SUBJECT_LIMIT = 200
REASON_LIMIT = 90
PLURALS = {
    Kind.CATEGORY: "categories",
    Kind.STOCK: "stock levels",
    Kind.ORDER_STATUS: "order statuses",
}
REASONS = {
    "unreachable": "no answer from there",
    "outcome_unknown": "it may be there already",
    "bad_credentials": "credentials refused",
    "missing_link": "{field} unknown",
}

Context = dict[str, Any]


def subject_line(text: str) -> str:
    """A mail's subject: one line, no control characters, not too long."""
    return clean(text, SUBJECT_LIMIT)


def headline(group: ErrorGroup, errors: Sequence[SyncError], total: int) -> str:
    """The fact: "Order 1042 not posted to Crystal: product unknown"."""
    return f"{_fact(group, errors, total)}: {_reason(group, errors)}"


def listing(
    group: ErrorGroup, errors: Sequence[SyncError], total: int, still_open: int
) -> Context:
    """One group as the templates show it. `errors` are the first of `total`."""
    return {
        "headline": headline(group, errors, total),
        "hint": errors[0].hint if errors else "",
        "items": [{"name": _name(error), "message": error.message} for error in errors],
        "more": total - len(errors),
        "still_open": still_open,
        "link": errors_link(group.key),
    }


def errors_link(key: str) -> str:
    """Where the open errors of a group are shown."""
    query = urlencode({"group__exact": key, "state__exact": "open"})
    return f"{settings.WEFT_PUBLIC_URL}/admin/synclog/syncerror/?{query}"


def connection_link(connection: Connection) -> str:
    """Where a connection is shown."""
    page = f"/admin/integration/connection/{connection.pk}/change/"
    return f"{settings.WEFT_PUBLIC_URL}{page}"


def _fact(group: ErrorGroup, errors: Sequence[SyncError], total: int) -> str:
    connection = group.connection.label
    if group.kind == Kind.SETTING:
        return connection
    kind = words(group.kind)
    many = PLURALS.get(Kind(group.kind), f"{kind}s")
    if total == 1 and errors:
        what = f"{kind.capitalize()} {_name(errors[0])}"
    else:
        what = f"{total} {many}" if total else many.capitalize()
    if errors and all(error.run_id and not error.delivery_id for error in errors):
        return f"{what} not read from {connection}"
    verb = "posted" if group.kind in SALES else "written"
    return f"{what} not {verb} to {connection}"


def _reason(group: ErrorGroup, errors: Sequence[SyncError]) -> str:
    """The shortest true reason: of the code, or what the first of them says."""
    if group.code in REASONS:
        return REASONS[group.code].format(field=words(group.field) or "partner")
    message = errors[0].message if errors else words(group.code)
    return clean(message.partition(". ")[0].rstrip("."), REASON_LIMIT)


def _name(error: SyncError) -> str:
    """What the thing is called; "of order 81" for what is made of an order."""
    named = error.label or error.external_id
    source = MADE_OF.get(Kind(error.kind))
    if source and named.lower().startswith(words(source)):
        return f"of {named[:1].lower()}{named[1:]}"
    return named
