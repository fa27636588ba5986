"""What an item of one platform may be on another: things there without a counterpart
here that share a key or the beginning of a name with it."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Exists, OuterRef

from integration.insight import finding
from integration.models import Connection, Link, MatchKey, Record, Tenant

MOST = 10
# Words shorter than this are in too many names.
SHORTEST = 3


class Candidate(NamedTuple):
    """A thing there; `by` is "key", "name" or "asked" (it fits what a person typed)."""

    record: Record
    external_id: str
    by: str


def of(
    tenant: Tenant, record: Record, connection: Connection, term: str = ""
) -> list[Candidate]:
    """What may be linked to a record on this connection, the likeliest first.

    Never what is known to a platform that knows the record as well: those are two.
    """
    if term:
        return _there(tenant, record, connection, list(_asked(tenant, term)), "asked")
    keys = MatchKey.objects.for_tenant(tenant).filter(
        kind=record.kind, name__in=finding.KEYS
    )
    own = keys.filter(record=record).values_list("value", flat=True)
    same = keys.filter(value__in=list(own)).exclude(record=record)
    by_key = list(same.values_list("record", flat=True)[: 5 * MOST])
    found = _there(tenant, record, connection, by_key, "key")
    words = [word for word in record.label.split() if len(word) >= SHORTEST]
    if words and len(found) < MOST:
        known = {each.record.pk for each in found}
        alike = [pk for pk in _asked(tenant, words[0]) if pk not in known]
        found += _there(tenant, record, connection, alike, "name")
    return found[:MOST]


def _asked(tenant: Tenant, term: str) -> list[int]:
    found = finding.records(tenant, term).values_list("pk", flat=True)
    return list(found[: 5 * MOST])


def _there(
    tenant: Tenant, record: Record, connection: Connection, keys: list[int], by: str
) -> list[Candidate]:
    links = Link.objects.for_tenant(tenant)
    # Known to a platform that knows the record: another thing there.
    here = links.filter(record=record, kind=record.kind).values("connection")
    both = links.filter(
        record=OuterRef("record"), kind=record.kind, connection__in=here
    )
    stored = links.filter(
        ~Exists(both),
        connection=connection,
        kind=record.kind,
        record__in=keys,
        record__merged_into=None,
    ).select_related("record")
    return [
        Candidate(link.record, link.external_id, by)
        for link in stored.defer("data").order_by("record__label", "pk")[:MOST]
    ]
