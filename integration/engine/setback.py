"""What a failure means for the row it struck, and who hears of it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from integration.canonical.kinds import Kind
from integration.engine import circuit
from integration.engine.crashes import MOST
from integration.engine.ladder import TELL_AFTER, next_try
from integration.engine.lease import Held
from integration.errors import (
    BadCredentials,
    BudgetSpent,
    Stale,
    SyncFailure,
    TooLarge,
    Transient,
    Unknown,
)
from integration.models import Connection, Delivery, DeliveryState, Run, RunState
from integration.models.delivery import DUE_DELIVERIES
from synclog import alerts, happened, journal
from synclog.journal import Problem

logger = logging.getLogger(__name__)

# A throttle that names no time.
PATIENCE = 60


def waits(failure: SyncFailure) -> str:
    """Why a row waits without a try being consumed; "" where one is."""
    if isinstance(failure, BudgetSpent):
        return "budget"
    if isinstance(failure, Transient) and failure.throttled:
        return "throttle"
    if isinstance(failure, BadCredentials):
        return "credentials"
    return ""


def until(failure: SyncFailure) -> datetime:
    """When a row that merely waits is due again."""
    after = getattr(failure, "after", None)
    seconds = PATIENCE if after is None else after
    if waits(failure) == "credentials":
        seconds = 0
    return timezone.now() + timedelta(seconds=seconds)


def of_connection(connection: Connection, failure: SyncFailure) -> None:
    """What a failure says about the connection as a whole."""
    if isinstance(failure, BadCredentials):
        if circuit.locked_out(connection, failure):
            alerts.connection_lost(connection)
    elif _unreached(failure):
        circuit.failed(connection, failure)


def _unreached(failure: SyncFailure) -> bool:
    """Whether the platform as a whole seems to be away; it refused nothing."""
    if isinstance(failure, TooLarge | Stale) or waits(failure):
        return False
    return isinstance(failure, Transient | Unknown)


def over(connection: Connection) -> None:
    """The platform answered: whatever the trouble was, it has passed."""
    if circuit.answered(connection):
        alerts.connection_back(connection)


def of_run(run: Run, held: Held, failure: SyncFailure) -> None:
    """Put a run back for its next try, or end it with an open error."""
    of_connection(run.connection, failure)
    mine = Run.everywhere.filter(pk=run.pk, fence=held.fence)
    reason = waits(failure)
    if reason:
        mine.update(
            not_before=until(failure),
            wait_reason=reason,
            message=failure.message,
            fence=None,
        )
        return
    attempts = run.attempts + 1
    due = next_try(Kind.SETTING, failure, attempts)
    if due is None:
        mine.update(
            state=RunState.FAILED,
            ended_at=timezone.now(),
            attempts=attempts,
            message=failure.message,
            fence=None,
        )
        happened.runs_ended([run], timezone.now())
    else:
        mine.update(
            not_before=due,
            wait_reason="retry",
            attempts=attempts,
            message=failure.message,
            fence=None,
        )
    if due is None or attempts >= TELL_AFTER:
        journal.open_problems(run.connection, [_of_stream(run, failure)], run=run)


def _of_stream(run: Run, failure: SyncFailure) -> Problem:
    label = f"Reading {run.stream}"
    return journal.describe(failure, Kind.SETTING, stream_name(run), label=label)


def stream_name(run: Run) -> str:
    """What a failed read is filed under among a connection's errors."""
    return f"stream {run.stream}"


def told(delivery: Delivery, failure: SyncFailure, name: str) -> Problem:
    """The problem of one delivery; `name` is the item's id on its source."""
    return journal.describe(
        failure,
        delivery.kind,
        name,
        label=delivery.record.label,
        then=_next(delivery),
        record_id=delivery.record_id,
        delivery_id=delivery.pk,
    )


def _next(delivery: Delivery) -> str:
    """What Weft does next, where the clock will bring it."""
    if delivery.wait_reason != "retry":
        return ""
    when = delivery.not_before.strftime("%d %B, %H:%M UTC")
    return f"Weft tries again on {when} (tries so far: {delivery.attempts})."


def parked(delivery: Delivery) -> Problem:
    """The words for a write that took its worker with it three times."""
    return Problem(
        kind=delivery.kind,
        external_id=str(delivery.record.uid),
        code="parked",
        field="",
        message=f"Writing {delivery.record} stopped the worker three times.",
        hint="The people who run Weft were told; retry when they have mended it.",
        who="staff",
        label=delivery.record.label,
        record_id=delivery.record_id,
        delivery_id=delivery.pk,
    )


# Seconds between the tries of work that failed by a fault of ours.
FAULT_PAUSE = 30


def fault_of_run(run: Run, held: Held, error: Exception) -> None:
    """A read that fails by a fault of Weft itself."""
    crashes = run.crashes + 1
    over = crashes >= MOST
    Run.everywhere.filter(pk=run.pk, fence=held.fence).update(
        state=RunState.FAILED if over else RunState.RUNNING,
        crashes=crashes,
        fence=None,
        ended_at=timezone.now() if over else None,
        not_before=timezone.now() + timedelta(seconds=FAULT_PAUSE),
        wait_reason="fault",
        message=f"A fault of Weft ({type(error).__name__}); staff can see more.",
    )
    if over:
        happened.runs_ended([run], timezone.now())
        problem = journal.describe(error, Kind.SETTING, stream_name(run))
        journal.open_problems(run.connection, [problem], run=run)


def fault_of_delivery(delivery: Delivery, error: Exception) -> None:
    """The first of a batch that fails by a fault of Weft itself."""
    due = Delivery.everywhere.filter(pk=delivery.pk, state__in=DUE_DELIVERIES)
    if delivery.crashes + 1 >= MOST:
        due.update(
            state=DeliveryState.PARKED,
            crashes=F("crashes") + 1,
            ended_at=timezone.now(),
        )
    else:
        due.update(
            crashes=F("crashes") + 1,
            not_before=timezone.now() + timedelta(seconds=FAULT_PAUSE),
            wait_reason="fault",
        )
    logger.error("put back %s: %s", delivery, type(error).__name__)
