"""A tenant's revision numbers: taken before what they number, committed in order."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from django.db.models import F

from integration.models import Tenant


class Numbered(Protocol):
    """Whatever carries a revision."""

    revision: int


def number(tenant_id: int, records: Collection[Numbered]) -> None:
    """Give each of these records the next number; the caller stores them.

    The tenant's row stays locked to the end of the transaction, so a number never
    appears after a greater one.
    """
    if not records:
        return
    Tenant.objects.filter(pk=tenant_id).update(revision=F("revision") + len(records))
    last = Tenant.objects.values_list("revision", flat=True).get(pk=tenant_id)
    for place, record in enumerate(records):
        record.revision = int(last) - len(records) + 1 + place
