"""One conversation per connection at a time: take, renew and give back a lease.

Every taking raises the fence. What was left in flight under an older fence is set
aside in the same transaction, before anything new begins.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integration.engine import crashes
from integration.models import Connection, Lease, Tenant


class Lost(Exception):
    """The fence has moved on: the work is another's now, its results are dropped."""


class Held(NamedTuple):
    """A lease in hand: whose, and the fence all its transitions name."""

    connection_id: int
    fence: int


def owner() -> str:
    """This process, in words another process that sees the same ones can check."""
    return f"{_host()}:{os.getpid()}"


@cache
def _host() -> str:
    """What shares its process numbers with us: a name alone may belong to several
    machines, and containers on one machine number their processes apart."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        space = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()[:60]} {boot} {space}"


def take(connection: Connection) -> Held | None:
    """The lease of `connection`, or None while somebody holds it."""
    now = timezone.now()
    Lease.objects.get_or_create(
        connection=connection, defaults={"until": now - timedelta(seconds=1)}
    )
    with transaction.atomic():
        taken = Lease.objects.filter(connection=connection, until__lte=now).update(
            owner=owner(),
            until=now + timedelta(seconds=settings.WEFT_LEASE_SECONDS),
            fence=F("fence") + 1,
        )
        if not taken:
            return None
        fence = Lease.objects.values_list("fence", flat=True).get(connection=connection)
        crashes.set_aside(connection.pk, fence)
    return Held(connection.pk, fence)


def renew(held: Held) -> bool:
    """Hold it a full time longer. False: somebody else has it, drop all results."""
    until = timezone.now() + timedelta(seconds=settings.WEFT_LEASE_SECONDS)
    return bool(
        Lease.objects.filter(connection=held.connection_id, fence=held.fence).update(
            until=until
        )
    )


@contextmanager
def settling(held: Held, tenant_id: int) -> Iterator[None]:
    """A transaction of results: none where the fence has moved on (Lost).

    It holds the lease a full time longer. The tenant's row is locked first, so that two
    of them never wait for each other.
    """
    with transaction.atomic():
        Tenant.objects.select_for_update().only("pk").get(pk=tenant_id)
        if not renew(held):
            raise Lost
        yield


def give_back(held: Held) -> None:
    """Let the next one talk to the connection."""
    Lease.objects.filter(connection=held.connection_id, fence=held.fence).update(
        until=timezone.now(), owner=""
    )


def release_dead() -> int:
    """End the leases of processes of this host that no longer live; how many."""
    now = timezone.now()
    ended = 0
    held = Lease.objects.filter(until__gt=now, owner__startswith=f"{_host()}:")
    for lease in held:
        if not alive(int(lease.owner.rpartition(":")[2])):
            ended += Lease.objects.filter(
                pk=lease.pk, fence=lease.fence, owner=lease.owner
            ).update(until=now, owner="")
    return ended


def alive(pid: int) -> bool:
    """Whether a process of this number runs where we run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """A killed child its parent has not collected yet still answers signals."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
