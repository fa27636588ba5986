"""Waits until nothing is on its way any more, and checks that the books add up."""

from __future__ import annotations

from collections import Counter
from typing import Any


def on_its_way(*kinds: str) -> bool:
    """Whether anything is being read, and of these kinds, or of any, anything waits for
    its turn or is being written."""
    from integration.models import Delivery, Run, WebhookEvent

    moving = Delivery.everywhere.filter(
        state__in=("planned", "blocked", "sending", "unknown", "accepted")
    )
    moving = moving.filter(kind__in=kinds) if kinds else moving
    waiting = WebhookEvent.everywhere.filter(state__in=("received", "triggered"))
    reading = Run.everywhere.filter(state__in=("queued", "running", "settling"))
    return moving.exists() or waiting.exists() or reading.exists()


def linked(connection: Any, kind: str) -> int:
    """How many things of a kind Weft knows on that platform."""
    from integration.models import Link

    return Link.everywhere.filter(connection=connection, kind=kind).count()


def told(*kinds: str) -> Counter[str]:
    """How many errors are open for each thing of these kinds, or of any."""
    from synclog.models import SyncError

    found = SyncError.everywhere.filter(state="open")
    found = found.filter(kind__in=kinds) if kinds else found
    return Counter(found.values_list("external_id", flat=True))


def more_than_once(found: Counter[str]) -> dict[str, int]:
    """Those of them that are there twice or more often."""
    return {name: count for name, count in found.items() if count > 1}


def check_the_books() -> None:
    """Counters of every read add up; every webhook came to an end with a reason."""
    from integration.models import Delivery, Run, WebhookEvent

    assert [run for run in Run.everywhere.all() if run.read != run.accounted] == []
    ended = WebhookEvent.everywhere.exclude(state="processed")
    assert [event for event in ended if not event.reason] == []
    assert not Delivery.everywhere.filter(state="parked").exists()
