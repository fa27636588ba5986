"""Signs of life: every worker of a cluster notes them, its guard watches them.

The cluster's name, its guard and its stop flag reach the workers through the
environment of the process group that `runworker` starts.
"""

from __future__ import annotations

import os
import signal
import socket
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from integration.engine import lease
from integration.models import WorkerBeat

CLUSTER = "WEFT_CLUSTER"
GUARD = "WEFT_GUARD"
STOP_FILE = "WEFT_STOP_FILE"


def cluster() -> str:
    """The name of the cluster this process belongs to; "" outside of one."""
    return os.environ.get(CLUSTER, "")


def note() -> None:
    """This cluster is alive."""
    if cluster():
        WorkerBeat.objects.update_or_create(
            cluster=cluster(),
            defaults={"host": socket.gethostname(), "beat_at": timezone.now()},
        )


def last(name: str) -> datetime | None:
    """When the cluster of that name last gave a sign of life."""
    return (
        WorkerBeat.objects.filter(cluster=name)
        .values_list("beat_at", flat=True)
        .first()
    )


def forget(older_than: timedelta) -> None:
    """Drop the beats of clusters that ended long ago."""
    WorkerBeat.objects.filter(beat_at__lt=timezone.now() - older_than).delete()


def stopping() -> bool:
    """Whether the cluster was asked to end: no further piece of work is begun."""
    flag = os.environ.get(STOP_FILE, "")
    return (bool(flag) and Path(flag).exists()) or orphaned()


def orphaned() -> bool:
    """Whether the guard of this cluster is dead: nobody would restart or end it."""
    guard = os.environ.get(GUARD, "")
    return bool(guard) and not lease.alive(int(guard))


def end_if_orphaned() -> None:
    """End the whole process group: gracefully, unless its parent is dead as well."""
    if not orphaned():
        return
    parent = os.getpgrp()
    if lease.alive(parent):
        os.kill(parent, signal.SIGTERM)
    else:
        os.killpg(parent, signal.SIGKILL)
