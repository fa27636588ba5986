"""Finds records by what a person types: a SKU, a number, an e-mail, a name or any id.

Every way uses an index; only what none of them finds is looked for inside names, and
then among the records changed last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from integration.canonical.codec import TYPES
from integration.canonical.kinds import SALES, Kind
from integration.models import Link, MatchKey, Record, Tenant
from integration.models.record import normalised

# The natural keys that things are found by.
KEYS = {name for record in TYPES.values() for name in record.natural_keys}
# What a number may be the number of.
NUMBERED = ("Order", "Invoice", "Credit note")
# Records whose names are searched through, the ones changed last.
LATEST = 20_000


def records(tenant: Tenant, term: str) -> QuerySet[Record]:
    """The records a term stands for: by key, by id, by how their name begins; where
    there are none, those with it inside their name."""
    found = _live(tenant).filter(pk__in=_named(tenant, term))
    return found if found.exists() else _inside(tenant, term)


def one(tenant: Tenant, term: str) -> Record | None:
    """The record a term stands for, where that is exactly one thing.

    A product and its only variant are one thing, and so is an order with its payments.
    """
    exact = _things(_live(tenant).filter(pk__in=_exactly(tenant, term)))
    if len(exact) == 1:
        return exact[0]
    if exact:
        return None
    named = _things(_live(tenant).filter(pk__in=_named(tenant, term)))
    return named[0] if len(named) == 1 else None


def page_of(record: Record) -> tuple[str, str]:
    """The section of the dashboard that shows a record, and the uid it shows it by."""
    if record.kind not in SALES:
        return "items", str(record.uid)
    whole = record if record.kind == Kind.ORDER else record.parent
    return "orders", str((whole or record).uid)


def _live(tenant: Tenant) -> QuerySet[Record]:
    found = Record.objects.for_tenant(tenant).filter(merged_into=None)
    return found.exclude(kind__in=(Kind.LOOKUP, Kind.SETTING))


def _things(found: QuerySet[Record]) -> list[Record]:
    """The first of them, without what is part of another of them."""
    chosen = list(found.select_related("parent").order_by("pk")[:10])
    keys = {record.pk for record in chosen}
    return [record for record in chosen if record.parent_id not in keys]


def _exactly(tenant: Tenant, term: str) -> QuerySet[Any]:
    """By a natural key, by an id, by a whole name."""
    keys = MatchKey.objects.for_tenant(tenant).filter(
        kind__in=list(Kind), name__in=KEYS, value=normalised(term)
    )
    links = Link.objects.for_tenant(tenant).filter(external_id=term)
    called = Record.objects.for_tenant(tenant).filter(
        kind__in=list(Kind), label__in=_heads(term)
    )
    return keys.values("record").union(links.values("record"), called.values("pk"))


def _named(tenant: Tenant, term: str) -> QuerySet[Any]:
    """Exactly, or by how the name begins."""
    begins, range_ = Q(), Q()
    for head in _heads(term):
        begins |= Q(label__istartswith=head)
        for cased in {head, head.lower(), head.upper(), head.capitalize()}:
            # As a range, which an index in order answers; the case is any of the usual.
            range_ |= Q(label__gte=cased, label__lt=_after(cased))
    called = Record.objects.for_tenant(tenant).filter(
        begins, range_, kind__in=list(Kind)
    )
    return _exactly(tenant, term).union(called.values("pk"))


def _inside(tenant: Tenant, term: str) -> QuerySet[Record]:
    latest = Record.objects.for_tenant(tenant).order_by("-revision")
    return _live(tenant).filter(
        pk__in=latest.values("pk")[:LATEST], label__icontains=term
    )


def _heads(term: str) -> Sequence[str]:
    """How the name of what is meant may begin: a bare number is an order's as well."""
    number = term.lstrip("#")
    if not any(sign.isdigit() for sign in number):
        return (term,)
    return (term, *(f"{word} {number}" for word in NUMBERED))


def _after(text: str) -> str:
    """What sorts behind everything that begins with a text."""
    return text[:-1] + chr(min(ord(text[-1]) + 1, 0xD7FF))
