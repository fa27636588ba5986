"""What a person may do about open problems: try again, ignore, call solved.

Set-based, with one trace for the whole.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from integration.engine import retries
from integration.models import Record, Tenant
from synclog import happened, journal
from synclog.models import LIVE_ERRORS, ErrorState, SyncError

Person = User | None


def retry(chosen: QuerySet[SyncError], user: Person = None) -> int:
    """Write again what could not be written, read again what could not be read; how
    many problems that concerns.

    They close by themselves when that succeeds.
    """
    live = chosen.filter(state__in=LIVE_ERRORS).order_by()
    owners = Tenant.objects.filter(pk__in=live.values("tenant"))
    return sum(
        retries.again(tenant, live.filter(tenant=tenant), user).total
        for tenant in owners
    )


def ignore(
    chosen: QuerySet[SyncError], user: Person = None, *, until_changed: bool = False
) -> int:
    """Stop telling of these; the same failure of the same item is only counted.

    With `until_changed`, it is told again when it strikes an item that changed since.
    What never became a record stays ignored until it succeeds.
    """
    revision = Record.everywhere.filter(pk=OuterRef("record_id")).values("revision")
    return _set(
        chosen.filter(state=ErrorState.OPEN),
        "ignored_until_changed" if until_changed else "ignored",
        user,
        state=ErrorState.IGNORED,
        ignored_revision=Subquery(revision[:1]) if until_changed else None,
    )


def notice(chosen: QuerySet[SyncError], user: Person = None) -> int:
    """Tell of ignored ones again."""
    return _set(
        chosen.filter(state=ErrorState.IGNORED),
        "not_ignored",
        user,
        state=ErrorState.OPEN,
        ignored_revision=None,
    )


def resolve(chosen: QuerySet[SyncError], user: Person = None) -> int:
    """A person says that these are over; should one come back, it is a new problem."""
    return _set(
        chosen.filter(state__in=LIVE_ERRORS),
        "resolved",
        user,
        state=ErrorState.RESOLVED,
        resolved_by="person",
        resolved_at=timezone.now(),
    )


def _set(chosen: QuerySet[SyncError], verb: str, user: Person, **changes: Any) -> int:
    """Change these, and leave one trace per merchant."""
    with transaction.atomic():
        told = _told(chosen)
        count = chosen.order_by().update(**changes)
        for tenant_id, subject in told.items():
            journal.audit(tenant_id, verb, subject, user=user)
            if count and changes["state"] == ErrorState.RESOLVED:
                happened.errors_resolved(tenant_id, changes["resolved_at"])
    return count


def _told(chosen: QuerySet[SyncError]) -> dict[int, str]:
    """What to call them in the audit, by merchant: a single one by its name."""
    found: dict[int, str] = {}
    for tenant_id in set(chosen.order_by().values_list("tenant_id", flat=True)):
        mine = chosen.filter(tenant=tenant_id)
        first, count = mine.first(), mine.count()
        found[tenant_id] = str(first) if count == 1 else f"{count} errors: {first}"
    return found
