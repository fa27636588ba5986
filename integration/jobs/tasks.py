"""What workers do: drain what is due, tick, keep house. Nothing else is ever queued."""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError
from django.utils import timezone

from integration.engine import (
    claim,
    clock,
    crashes,
    housekeeping,
    inbox,
    lease,
    leaving,
    pull,
    push,
)
from integration.engine.claim import Claim
from integration.jobs import beat, bell, memory
from integration.models import Delivery, Run
from integration.models.trace import Trace, tracing
from synclog import alerts, couriers

logger = logging.getLogger(__name__)

# Seconds: one token works this long, one piece of work aims at no more than that.
TOKEN = 60
PIECE = 10


def drain() -> int:
    """Do what is due until nothing is, or the time is used; how many pieces."""
    beat.end_if_orphaned()
    memory.settle()
    end = time.monotonic() + TOKEN
    done = 0
    while time.monotonic() < end and not beat.stopping():
        beat.note()
        if not piece() and not _tell():
            return done
        done += 1
    if not beat.stopping() and (claim.something_due() or inbox.waiting()):
        bell.ring()
    return done


def piece() -> bool:
    """Do the best piece of work that is due; False where nothing can be begun."""
    _listen()
    found = claim.claim()
    if found is not None:
        _work(found)
    return found is not None


def _listen() -> None:
    """Turn webhooks into reads; one that cannot be must not keep others waiting."""
    try:
        inbox.act()
    except DatabaseError:
        raise
    except Exception:
        logger.exception("a fault of Weft in the inbox")


def _tell() -> bool:
    """Send one mail or event that is due; a first failed sale does not wait for the
    tick."""
    return couriers.tell() or (alerts.plan_notices() > 0 and couriers.tell())


def _work(found: Claim) -> None:
    """One piece of work under its lease; a fault of ours ends no row and no worker."""
    with tracing(_trace(found.work)):
        _do(found)


def _trace(work: Run | Delivery) -> Trace:
    """What every line of the log about this piece tells."""
    run: int | None
    if isinstance(work, Run):
        connection, run = work.connection, work.pk
    else:
        connection, run = work.route.target, work.run_id
    name = f"{connection.platform}:{connection.pk}"
    return Trace(tenant=connection.tenant.slug, connection=name, run=run)


def _do(found: Claim) -> None:
    try:
        if isinstance(found.work, Run):
            pull.advance(found.work, found.held, time.monotonic() + PIECE)
        else:
            push.push(found.work, found.held)
    except Exception as fault:
        logger.exception("a fault of Weft in %s", found.work)
        claim.fault(found, fault)
    finally:
        lease.give_back(found.held)


def tick() -> None:
    """Every minute: what is due by time, and what was left behind."""
    beat.end_if_orphaned()
    beat.note()
    clock.tick()
    leaving.go_on()
    if claim.something_due() or _something_to_tell():
        bell.ring()


def _something_to_tell() -> bool:
    owed = couriers.next_due()
    return owed is not None and owed <= timezone.now()


def pace() -> None:
    """Every two seconds: ring for what fell due, or was left by the dead."""
    crashes.recover()
    if claim.something_due() or inbox.waiting() or _something_to_tell():
        bell.ring()


def keep_house() -> None:
    """Every hour."""
    housekeeping.keep_house()
