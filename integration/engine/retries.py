"""Many problems tried again at one click: begun, watched, called off.

Set-based: ten thousand problems cost as many statements as ten, but for the reads,
which are asked for some hundred things at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from integration.engine import read_again, write_again
from integration.engine.ladder import MAY_EXIST
from integration.models import DeliveryState, Tenant
from synclog import journal
from synclog.matching import IN_FLIGHT, UNDER_WAY, matching
from synclog.models import LIVE_ERRORS, ErrorState, Retry, SyncError

Person = User | None
# What can be written again: never what may be there already.
_WRITABLE = Q(delivery__state__in=write_again.ENDED) | (
    Q(
        delivery__state__in=(
            DeliveryState.PLANNED,
            DeliveryState.UNKNOWN,
            DeliveryState.REFUSED,
        )
    )
    & ~Q(delivery__code=MAY_EXIST)
)


class Progress(NamedTuple):
    """How far a retry has come; the counts behind `total` add up to it.

    `elsewhere` are those that a later retry took over, or that are kept no more.
    """

    total: int
    waiting: int
    succeeded: int
    failed: int
    cancelled: int
    elsewhere: int

    @property
    def done(self) -> int:
        """How many are not waited for any more."""
        return self.total - self.waiting


def start(tenant: Tenant, filters: Mapping[str, Any], user: Person = None) -> Retry:
    """Try again all open problems that fit (see `matching`); ignored ones where the
    filter names them. ValueError on a filter of another name."""
    named = filters.get("ids") or filters.get("tab") == "ignored"
    states = LIVE_ERRORS if named else (ErrorState.OPEN,)
    chosen = matching(tenant, filters).filter(state__in=states)
    return again(tenant, chosen, user, filters)


def again(
    tenant: Tenant,
    chosen: QuerySet[SyncError],
    user: Person = None,
    filters: Mapping[str, Any] | None = None,
) -> Retry:
    """Try these live problems of one merchant again. The retry's `total` counts those
    for which anything can be done by trying again."""
    with transaction.atomic():
        Tenant.objects.select_for_update().only("pk").get(pk=tenant.pk)
        retry = Retry.everywhere.create(
            tenant=tenant, filters=dict(filters or {}), user=user
        )
        live = chosen.filter(_WRITABLE | Q(delivery=None), state__in=LIVE_ERRORS)
        live.order_by().update(retry=retry)
        write_again.write(retry)
        read_again.read(retry)
        retry.total = retry.errors.count()
        retry.save(update_fields=["total"])
        if retry.total:
            _audit(retry, "retried", user)
    return retry


def retriable(chosen: QuerySet[SyncError]) -> QuerySet[SyncError]:
    """Those of the problems that trying again can do anything for, as far as that is
    known without asking the connectors."""
    facts = Q(delivery=None, code="fact_changed")
    return chosen.filter(_WRITABLE | Q(delivery=None), state__in=LIVE_ERRORS).exclude(
        facts
    )


def progress(retry: Retry) -> Progress:
    """How far it has come, counted from the problems: one statement.

    Once it is called off, only what was in flight then is waited for.
    """
    over = retry.cancelled_at is not None
    under_way = IN_FLIGHT if over else UNDER_WAY
    live = Q(state__in=LIVE_ERRORS)
    struck = live & Q(last_at__gt=retry.created_at)
    quiet = live & Q(last_at__lte=retry.created_at)
    otherwise = Q(state=ErrorState.RESOLVED, resolved_by="other")
    counts = retry.errors.aggregate(
        waiting=Count("pk", filter=quiet & under_way),
        still=Count("pk", filter=quiet & ~under_way),
        struck=Count("pk", filter=struck | otherwise),
        succeeded=Count("pk", filter=Q(state=ErrorState.RESOLVED) & ~otherwise),
    )
    # Nothing goes on with these, and they are open still.
    still = counts.pop("still")
    failed = counts.pop("struck") + (0 if over else still)
    cancelled = still if over else 0
    known = sum(counts.values()) + failed + cancelled
    return Progress(
        total=retry.total,
        failed=failed,
        cancelled=cancelled,
        elsewhere=max(0, retry.total - known),
        **counts,
    )


def cancel(retry: Retry, user: Person = None) -> int:
    """Call off what has not been tried yet; how many problems that concerns.

    What was refused or given up is so again; what the clock would bring anyhow stays.
    """
    with transaction.atomic():
        Tenant.objects.select_for_update().only("pk").get(pk=retry.tenant_id)
        if retry.cancelled_at is not None:
            return 0
        retry.cancelled_at = timezone.now()
        retry.save(update_fields=["cancelled_at"])
        untried = retry.errors.filter(
            state__in=LIVE_ERRORS, last_at__lte=retry.created_at
        )
        count = write_again.call_off(untried, retry.cancelled_at)
        count += read_again.call_off(untried, retry)
        _audit(retry, "retry_cancelled", user)
    return count


def _audit(retry: Retry, verb: str, user: Person) -> None:
    """One event for all of them; a single one is called by its name."""
    first = retry.errors.first() if retry.total == 1 else None
    subject = str(first) if first else f"{retry.total} errors"
    chosen = {name: value for name, value in retry.filters.items() if value}
    journal.audit(
        retry.tenant_id,
        verb,
        subject,
        user=user,
        after={"filters": chosen} if chosen else None,
    )
