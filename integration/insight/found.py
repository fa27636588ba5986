"""Finding orders by what people remember of them, and those no webhook told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db.models import Q

from integration.canonical.kinds import Kind
from integration.insight.order_lines import POLLS, SOLD
from integration.models import Delivery, Link, Record, Tenant

# Orders that are looked into for a name or an address: what they say is in no index.
LOOKED_INTO = 3_000
# Found at most, and counted at most.
MOST = 500
LATEST = 2_000
# Of the orders no webhook told of, so many are named.
NAMED = 5


class Polled(NamedTuple):
    """How many orders since a day the clock found first, of all that came by clock or
    webhook; `names` are the latest of them. `capped`: there are more than counted."""

    polled: int
    all: int
    names: list[Record]
    capped: bool


def by_text(tenant: Tenant, text: str) -> set[int]:
    """The orders with this number or with this id on any platform, and among the latest
    those that hold this text: a customer, an e-mail, a number of the books."""
    text = text.strip()
    if not text:
        return set()
    plain = text.removeprefix("#")
    records = Record.objects.for_tenant(tenant).filter(kind=Kind.ORDER)
    named = Q(label__in=(text, f"Order {plain}", f"Order #{plain}"))
    named |= Q(label__startswith=f"Order {plain}")
    links = Link.objects.for_tenant(tenant).filter(external_id=text)
    there = Q(pk__in=links.values("record")) | Q(pk__in=links.values("record__parent"))
    found = set(records.filter(named).values_list("pk", flat=True)[:MOST])
    found |= set(records.filter(there).values_list("pk", flat=True)[:MOST])
    return found | _holding(tenant, text.casefold())


def _holding(tenant: Tenant, text: str) -> set[int]:
    latest = Record.objects.for_tenant(tenant).filter(kind=Kind.ORDER)
    ids = list(latest.order_by("-pk").values_list("pk", flat=True)[:LOOKED_INTO])
    if not ids:
        return set()
    rows = (
        Link.objects.for_tenant(tenant)
        .filter(record__gte=ids[-1], kind__in=SOLD, data__isnull=False)
        .filter(record__kind=Kind.ORDER)
        .values_list("record", "data")
    )
    found: set[int] = set()
    for record_id, data in rows.iterator(500):
        raw = bytes(data)
        # Most hold it nowhere: those are not even parsed.
        near = text in raw.decode(errors="replace").casefold()
        if near and _says(msgspec.json.decode(raw), text):
            found.add(record_id)
        if len(found) == MOST:
            break
    return found


def _says(value: Any, text: str) -> bool:
    """Whether a text stands in a value, not merely in the name of one."""
    if isinstance(value, dict):
        return any(_says(inner, text) for inner in value.values())
    if isinstance(value, list):
        return any(_says(inner, text) for inner in value)
    return isinstance(value, str) and text in value.casefold()


def by_poll(tenant: Tenant, since: datetime) -> Polled:
    """The orders since then that the clock found before a webhook told of them."""
    orders = Record.objects.for_tenant(tenant).filter(kind=Kind.ORDER)
    rows = list(orders.order_by("-pk").only("uid", "label", "created_at")[:LATEST])
    mine = [row for row in rows if row.created_at >= since]
    causes = _causes(tenant, mine)
    polled = [row for row in mine if causes.get(row.pk) in POLLS]
    told = [row for row in mine if causes.get(row.pk) == "webhook"]
    return Polled(
        polled=len(polled),
        all=len(polled) + len(told),
        names=polled[:NAMED],
        capped=len(mine) == LATEST,
    )


def _causes(tenant: Tenant, records: Sequence[Record]) -> dict[int, str]:
    """What first led to each of the latest orders, by record."""
    lowest = min((record.pk for record in records), default=None)
    rows = Delivery.objects.for_tenant(tenant).filter(kind__in=SOLD)
    since = rows.filter(record__gte=lowest) if lowest is not None else rows.none()
    # By age, the latest first: what is said last is said by the first of all.
    return dict(since.order_by("-pk").values_list("record", "cause").iterator(500))
