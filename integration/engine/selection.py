"""Selections as rows: to JSON and back, and the run a trigger makes or folds into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from integration.contract.messages import (
    Again,
    Changed,
    Everything,
    Missing,
    Oldest,
    Selection,
    These,
)
from integration.models import Connection, Priority, Run, RunState
from integration.models.run import ACTIVE_RUNS

# Stored rows that one run maps anew.
SLICE = 500
# What each selection costs others: the sooner wanted, the smaller.
PRIORITY: dict[type[Any], Priority] = {
    Changed: Priority.CHANGED,
    These: Priority.WEBHOOK,
    Oldest: Priority.OLDEST,
    Everything: Priority.FULL,
    Missing: Priority.CHANGED,
    Again: Priority.FULL,
}


def to_json(selection: Selection) -> dict[str, Any]:
    """A selection as stored on its run."""
    values = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in selection._asdict().items()
    }
    return {"type": type(selection).__name__, **values}


def from_json(stored: dict[str, Any]) -> Selection:
    """What `to_json` stored."""
    match stored["type"]:
        case "Changed":
            return Changed(stored["since"])
        case "These":
            return These(tuple(stored["ids"]))
        case "Oldest":
            return Oldest(stored["n"])
        case "Everything":
            return Everything(stored["resend"])
        case "Missing":
            return Missing(datetime.fromisoformat(stored["since"]))
        case _:
            return Again(tuple(stored.get("ids", ())), stored.get("owing", ""))


def ask(
    connection: Connection,
    stream: str,
    selection: Selection,
    *,
    cause: str,
    priority: int | None = None,
    parent: Run | None = None,
    limit_to: Connection | None = None,
    delay: timedelta = timedelta(0),
) -> tuple[Run, bool]:
    """The run for a selection, due after `delay`, and whether it is new.

    An equal one still queued takes this one in (and its better priority), and is put
    off no further; a second full read of a stream is answered with the one under way.
    """
    wanted = PRIORITY[type(selection)] if priority is None else priority
    key = _key(selection, limit_to)
    run = Run(
        tenant_id=connection.tenant_id,
        connection=connection,
        stream=stream,
        selection=to_json(selection),
        selection_key=key,
        everything=isinstance(selection, Everything),
        cause=cause,
        priority=wanted,
        parent=parent,
        limit_to=limit_to,
        not_before=timezone.now() + delay,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        return _standing(run), False
    return run, True


def ask_again(
    connection: Connection,
    stream: str,
    ids: Sequence[str],
    *,
    cause: str,
    priority: int,
    parent: Run | None = None,
) -> None:
    """Have these stored rows mapped anew, some of them to each run."""
    for begin in range(0, len(ids), SLICE):
        ask(
            connection,
            stream,
            Again(tuple(ids[begin : begin + SLICE])),
            cause=cause,
            priority=priority,
            parent=parent,
        )


def _standing(run: Run) -> Run:
    same = Run.everywhere.filter(connection=run.connection, stream=run.stream)
    queued = same.filter(state=RunState.QUEUED, selection_key=run.selection_key)
    queued.filter(not_before__gt=run.not_before).update(not_before=run.not_before)
    queued.filter(priority__gt=run.priority).update(priority=run.priority)
    under_way = same.filter(everything=True, state__in=ACTIVE_RUNS)
    found = queued.first() or (under_way.first() if run.everything else None)
    if found is None:
        # It was claimed between our insert and this look: its successor is wanted.
        run.save(force_insert=True)
        return run
    return found


def _key(selection: Selection, limit_to: Connection | None) -> str:
    text = msgspec.json.encode([to_json(selection), limit_to.pk if limit_to else None])
    return blake2b(text, digest_size=16).hexdigest()
