"""Rings the queue: a token says "look what is due", and losing one loses nothing."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import transaction
from django_q.brokers import get_broker
from django_q.tasks import async_task

logger = logging.getLogger(__name__)

DRAIN = "integration.jobs.tasks.drain"
# A few waiting tokens serve any amount of work.
ENOUGH = 2


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
        if get_broker().queue_size() < ENOUGH * settings.WEFT_WORKERS:
            async_task(DRAIN)
    except Exception:
        logger.exception("the queue could not be rung")
