"""Ignoring items: they are read on, and nothing is owed or written of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from integration.engine import replan
from integration.models import Connection, Delivery, DeliveryState, Record, Tenant
from integration.models.delivery import OPEN_DELIVERIES
from synclog import journal

Person = User | None
# What is on its way there is not called back.
IN_FLIGHT = (DeliveryState.SENDING, DeliveryState.ACCEPTED)
BY = "ignored"


def ignore(tenant: Tenant, records: QuerySet[Record], user: Person = None) -> int:
    """Owe nothing of these any more, nor of their variants; how many were not ignored
    before. What waits to be written is closed, and so are its problems."""
    with transaction.atomic():
        lock(tenant.pk)
        chosen = list(records.filter(ignored_at=None))
        if not chosen:
            return 0
        keys = with_parts(chosen)
        Record.everywhere.filter(pk__in=keys, ignored_at=None).update(
            ignored_at=timezone.now()
        )
        close(keys, BY)
        _audit(chosen, "ignored_item", user)
    return len(chosen)


def heed(tenant: Tenant, records: QuerySet[Record], user: Person = None) -> int:
    """Keep these in step again: what is owed of them is planned; how many that are."""
    with transaction.atomic():
        lock(tenant.pk)
        chosen = list(records.filter(ignored_at__isnull=False))
        if not chosen:
            return 0
        keys = with_parts(chosen)
        Record.everywhere.filter(pk__in=keys).update(ignored_at=None)
        replan.of_records(tenant.pk, keys, "heeded")
        _audit(chosen, "heeded_item", user)
    return len(chosen)


def with_parts(records: Sequence[Record]) -> list[int]:
    """These records and what they consist of."""
    keys = [record.pk for record in records]
    parts = Record.everywhere.filter(parent__in=keys, merged_into=None)
    return [*keys, *parts.values_list("pk", flat=True)]


def close(record_ids: Sequence[int], by: str, target: Connection | None = None) -> None:
    """Close what is owed of these records, all but what is under way, with its
    problems; `target`: only what is owed to that one."""
    owed = Delivery.everywhere.filter(record__in=record_ids, state__in=OPEN_DELIVERIES)
    if target is not None:
        owed = owed.filter(route__target=target)
    keys = list(owed.exclude(state__in=IN_FLIGHT).values_list("pk", flat=True))
    now = timezone.now()
    Delivery.everywhere.filter(pk__in=keys).update(
        state=DeliveryState.CLOSED, done_by=by, ended_at=now, frozen=None
    )
    Delivery.everywhere.filter(state=DeliveryState.BLOCKED, waits_for__in=keys).update(
        state=DeliveryState.PLANNED, waits_for=None, not_before=now
    )
    owing = Q(pk=target.pk) if target else Q(routes_in__deliveries__in=keys)
    for connection in Connection.everywhere.filter(owing).distinct():
        journal.close_problems(connection, record_ids=record_ids, by="person")


def lock(tenant_id: int) -> None:
    """Results are stored before or after this, never in between."""
    Tenant.objects.select_for_update().only("pk").get(pk=tenant_id)


def _audit(records: Sequence[Record], verb: str, user: Person) -> None:
    for record in records:
        about = {"record": str(record.uid)}
        journal.audit(record.tenant_id, verb, str(record), user=user, after=about)
