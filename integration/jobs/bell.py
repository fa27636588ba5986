"""Rings the queue: a token says "look what is due", and losing one loses nothing."""

from __future__ import annotations

import logging

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
WAITING = "SELECT count(*) FROM django_q_ormq WHERE key = %s AND lock <= %s"


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
        if _waiting() < ENOUGH * settings.WEFT_WORKERS:
            async_task(DRAIN)
    except Exception:
        logger.exception("the queue could not be rung")


def _waiting() -> int:
    """How many tokens no worker has taken yet.

    Every webhook asks this. Where the queue is a table of ours it is asked by hand: the
    broker would check the connection anew and word its question anew, which takes ten
    times as long as the answer.
    """
    if settings.REDIS_URL:
        return int(get_broker().queue_size())
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [Conf.CLUSTER_NAME, now])
        return int(cursor.fetchone()[0])
