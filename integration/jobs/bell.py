"""Rings the queue: a token says "look what is due", and losing one loses nothing."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.tasks import async_task

logger = logging.getLogger(__name__)

DRAIN = "integration.jobs.tasks.drain"
# A few waiting tokens serve any amount of work.
ENOUGH = 2
# Seconds: workers do not get through that many tokens in less, so one of them is begun
# after whatever rang meanwhile. Were it not so, the pace of two seconds would ring.
FULL_LASTS = 0.01
WAITING = "SELECT count(*) FROM django_q_ormq WHERE key = %s AND lock <= %s"

# When this process last saw that enough tokens wait.
_seen_full = [float("-inf")]


def ring() -> None:
    """After the commit of the transaction under way, let a worker look."""
    transaction.on_commit(_ring, robust=True)


def nudge() -> None:
    """Ask for a sign of life whatever waits already: a frozen cluster gives none."""
    try:
        async_task(DRAIN)
    except Exception:
        logger.exception("the queue could not be rung")


def _ring() -> None:
    """A bell that cannot be rung is no failure: the tick finds what is due."""
    try:
        if time.monotonic() < _seen_full[0] + FULL_LASTS:
            return
        if _waiting() < ENOUGH * settings.WEFT_WORKERS:
            async_task(DRAIN)
        else:
            _seen_full[0] = time.monotonic()
    except Exception:
        logger.exception("the queue could not be rung")


def _waiting() -> int:
    """How many tokens no worker has taken yet.

    Asked by hand where the queue is a table of ours, for every webhook asks: the broker
    would check the connection anew, and wording its question takes ten times as long.
    """
    if settings.REDIS_URL:
        return int(get_broker().queue_size())
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [Conf.CLUSTER_NAME, now])
        return int(cursor.fetchone()[0])
