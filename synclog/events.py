"""Events: what Weft tells a merchant's own addresses, and how each is shaped.

One event is one row of what is owed per address, stored in the transaction of what
happened and sent later. A merchant without an address costs one small look-up per page
or batch in which something happened, nothing per item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integration.models import Endpoint, Priority
from synclog.models import Notice

Data = dict[str, Any]
CHANNEL = "webhook"

_CONNECTION = {
    "id": "4b8f1c7e-5d0a-4f4e-9a63-2f0d8f1f6c11",
    "platform": "woocommerce",
    "name": "Main shop",
}
_PROBLEM = {
    "connection": _CONNECTION,
    "kind": "product",
    "code": "refused",
    "field": "price",
    "count": 2,
    "items": [
        {"external_id": "812", "name": "Mug, blue", "message": "The price is missing."},
        {"external_id": "813", "name": "Mug, red", "message": "The price is missing."},
    ],
}
_SALE = {
    "connection": _CONNECTION,
    "kind": "order",
    "record": "0d5f7a54-7b0e-4d39-9a0a-6f8f3c2f8c55",
    "name": "Order 1042",
    "external_id": "5501",
    "action": "create",
}
_RUN = {
    "connection": _CONNECTION,
    "run": 917,
    "list": "products",
    "cause": "schedule",
    "full": False,
    "started_at": "2026-03-02T12:00:00Z",
    "ended_at": "2026-03-02T12:00:09Z",
    "read": 40,
    "created": 1,
    "updated": 4,
    "unchanged": 35,
    "skipped": 0,
    "failed": 0,
    "calls": 2,
    "message": "",
}


class Sort(NamedTuple):
    """One sort of event: its name, what it says, and an example of its data."""

    name: str
    says: str | Promise
    example: Data
    priority: Priority = Priority.CHANGED


CATALOGUE = (
    Sort(
        "error.opened",
        _(
            "Something could not be read or written; equal problems of one page come "
            "together."
        ),
        {**_PROBLEM, "hint": "Enter a price.", "who": "item"},
        Priority.SALE,
    ),
    Sort(
        "error.resolved",
        _("A problem is over: the item went through, or a person said so."),
        {**_PROBLEM, "resolved_by": "sync"},
    ),
    Sort(
        "order.posted",
        _("An order, refund or payment arrived at its target."),
        _SALE,
        Priority.SALE,
    ),
    Sort(
        "invoice.posted",
        _("An invoice or credit note arrived in the books."),
        {**_SALE, "kind": "invoice"},
        Priority.SALE,
    ),
    Sort("run.finished", _("A read ended well; many each day."), _RUN),
    Sort(
        "run.failed",
        _("A read was given up."),
        {**_RUN, "message": "The platform did not answer."},
    ),
    Sort(
        "full_sync.finished",
        _("A full sync and all it owed are over."),
        {**_RUN, "full": True},
    ),
    Sort(
        "connection.lost",
        _("A platform refuses Weft's credentials; everything there waits."),
        {"connection": _CONNECTION, "problem": "The key was revoked."},
        Priority.SALE,
    ),
    Sort(
        "connection.back",
        _("A platform accepts Weft's credentials again."),
        {"connection": _CONNECTION},
        Priority.SALE,
    ),
    Sort(
        "budget.low",
        _("Nine tenths of a platform's calls of an hour, a day or a month are used."),
        {
            "platform": "woocommerce",
            "account": "shop.example.com",
            "window_seconds": 86400,
            "allowed": 5000,
            "spent": 4550,
        },
    ),
    Sort("ping", _("A test, sent by hand."), {"message": "Hello from Weft."}),
)
SORTS = {sort.name: sort for sort in CATALOGUE}
# What an address can be told of; a ping comes whatever was chosen.
CHOICES = tuple(sort.name for sort in CATALOGUE if sort.name != "ping")


class Happening(NamedTuple):
    """One thing that happened. `name` is that of its sort, `subject` makes it one of
    its kind: told twice, it is the same event."""

    name: str
    subject: str
    data: Data


def listening(tenants: Any, names: Iterable[str]) -> list[Endpoint]:
    """The addresses of these merchants (keys, or a query for them) that are told of any
    of these events."""
    wanted = set(names)
    enabled = Endpoint.everywhere.filter(tenant__in=tenants, enabled=True)
    return [
        endpoint
        for endpoint in enabled.select_related("tenant").defer("secrets")
        if wanted.intersection(endpoint.events)
    ]


def owe(
    endpoints: Sequence[Endpoint], happened: Iterable[Happening], at: datetime
) -> int:
    """Owe each of these events to every address that is told of its sort; how many.

    All happenings are of the addresses' own merchant. Call in the transaction of what
    happened.
    """
    notices = [
        notice(endpoint, each, at)
        for each in happened
        for endpoint in endpoints
        if each.name in endpoint.events
    ]
    Notice.everywhere.bulk_create(notices, ignore_conflicts=True)
    return len(notices)


def notice(endpoint: Endpoint, happening: Happening, at: datetime) -> Notice:
    """One event owed to one address."""
    return Notice(
        tenant_id=endpoint.tenant_id,
        endpoint=endpoint,
        channel=CHANNEL,
        episode=f"{happening.name}:{happening.subject}:{endpoint.uid.hex}",
        template=happening.name,
        subject=happening.name,
        context={"event": body(endpoint.tenant.slug, happening, at)},
        priority=SORTS[happening.name].priority,
        not_before=at,
    )


def body(slug: str, happening: Happening, at: datetime) -> Data:
    """What is sent: the sort, when it happened, whose it is, and its data."""
    return {
        "type": happening.name,
        "timestamp": moment(at),
        "tenant": slug,
        "data": happening.data,
    }


def moment(at: datetime | None) -> str | None:
    """A time as the events tell it: ISO 8601, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def example(name: str) -> Mapping[str, Any]:
    """An event of this sort as an address receives it."""
    at = datetime(2026, 3, 2, 12, 0, 9, tzinfo=UTC)
    return body("acme", Happening(name, "", SORTS[name].example), at)
