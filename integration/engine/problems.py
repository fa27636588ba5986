"""What a person may do about open problems: try again, ignore, call solved."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from integration.engine import reread, steer
from integration.models import Delivery
from synclog import journal
from synclog.models import LIVE_ERRORS, ErrorState, SyncError

Person = User | None


def retry(chosen: QuerySet[SyncError], user: Person = None) -> int:
    """Write again what could not be written, read again what could not be read; how
    many things that concerns.

    The problems close by themselves when that succeeds.
    """
    live = list(chosen.filter(state__in=LIVE_ERRORS).select_related("connection"))
    owed = [error.delivery_id for error in live if error.delivery_id]
    count = steer.retry(Delivery.everywhere.filter(pk__in=owed), user)
    for error in live:
        if error.delivery_id is None:
            count += _read(error, user)
    return count


def _read(error: SyncError, user: Person) -> int:
    run = reread.thing(error.connection, error.kind, error.external_id)
    if run is None:
        return 0
    journal.audit(error.tenant_id, "retried", str(error), user=user)
    return 1


def ignore(chosen: QuerySet[SyncError], user: Person = None) -> int:
    """Stop telling of these; the same failure of the same item is only counted."""
    with transaction.atomic():
        _audit(chosen.filter(state=ErrorState.OPEN), "ignored", user)
        return chosen.filter(state=ErrorState.OPEN).update(state=ErrorState.IGNORED)


def resolve(chosen: QuerySet[SyncError], user: Person = None) -> int:
    """A person says that these are over; should one come back, it is a new problem."""
    with transaction.atomic():
        _audit(chosen.filter(state__in=LIVE_ERRORS), "resolved", user)
        return chosen.filter(state__in=LIVE_ERRORS).update(
            state=ErrorState.RESOLVED,
            resolved_by="person",
            resolved_at=timezone.now(),
        )


def _audit(chosen: QuerySet[SyncError], verb: str, user: Person) -> None:
    for error in chosen:
        journal.audit(error.tenant_id, verb, str(error), user=user)
