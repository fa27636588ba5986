"""Weft as real processes on the tests' own database, and what may be done to them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.jobs.merchant import wait_for

ROOT = Path(__file__).resolve().parents[2]


class Living(NamedTuple):
    """A process as the kernel lists it."""

    pid: int
    parent: int
    group: int


def living() -> dict[int, Living]:
    """All processes that are no mere corpses, by number."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if words[0] != "Z":
            pid = int(folder.name)
            found[pid] = Living(pid, int(words[1]), int(words[2]))
    return found


def database_address() -> str:
    """DATABASE_URL of the database the running test uses."""
    from django.db import connection

    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    user, password = settings["USER"], settings["PASSWORD"]
    host, port = settings["HOST"], settings["PORT"]
    secret = f":{password}" if password else ""
    return f"postgres://{user}{secret}@{host}:{port}/{settings['NAME']}"


class Program:
    """One command of Weft's, its log, and all it has started."""

    def __init__(self, log: Path, *command: str, **environment: str) -> None:
        self.log = log
        self._groups: set[int] = set()
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={
                    **os.environ,
                    "DATABASE_URL": database_address(),
                    "DJANGO_SETTINGS_MODULE": "tests.jobs.talkative",
                    "PYTHONUNBUFFERED": "1",
                    **environment,
                },
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def tree(self) -> dict[int, Living]:
        """The living processes below this one, orphans of its groups included."""
        everyone = living()
        below = {self.pid} | self._groups
        size = 0
        while size != len(below):
            size = len(below)
            below |= {p.pid for p in everyone.values() if p.parent in below}
        self._groups |= {everyone[pid].group for pid in below if pid in everyone}
        members = {
            p.pid: p
            for p in everyone.values()
            if p.pid in below or p.group in self._groups
        }
        members.pop(self.pid, None)
        return members

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Strike the program itself."""
        self.process.send_signal(number)

    def end(self) -> None:
        """Leave nothing of it alive."""
        tree = self.tree()
        for pid in (self.pid, *tree):
            strike(pid)
        self.process.wait(60)
        for pid in self.tree():
            strike(pid)

    def told(self) -> str:
        """What it has written so far."""
        return self.log.read_text(errors="replace")


class RunWorker(Program):
    """`manage.py runworker`; its own process is the guard."""

    def __init__(self, log: Path, **environment: str) -> None:
        super().__init__(log, sys.executable, "manage.py", "runworker", **environment)

    def parent(self) -> int:
        """The queue's own parent process: 0 where there is none."""
        children = (p.pid for p in self.tree().values() if p.parent == self.pid)
        return next(children, 0)

    def sentinel(self) -> int:
        """The process that keeps the pool: 0 where there is none."""
        parent = self.parent()
        children = (
            p.pid for p in self.tree().values() if parent and p.parent == parent
        )
        return next(children, 0)

    def pool(self) -> set[int]:
        """The processes that do the work, idle or busy."""
        born = re.findall(r"ready for work at (\d+)", self.told())
        return {int(pid) for pid in born} & set(self.tree())

    def started(self) -> None:
        """Wait until a first cluster is complete."""
        wait_for("the worker to start", lambda: len(self.pool()) >= 2)

    def restarts(self) -> int:
        """How many clusters followed the first."""
        return max(0, len(re.findall(r"cluster \S+ runs as process", self.told())) - 1)


def strike(pid: int) -> bool:
    """Kill one process at once; False where it lived no longer."""
    assert pid > 0, "that would be this process and its whole group"
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def busy(program: RunWorker) -> int:
    """A process of the pool with a conversation in hand: 0 where none has."""
    from django.utils import timezone

    from integration.models import Lease

    owners = Lease.objects.filter(until__gt=timezone.now()).values_list(
        "owner", flat=True
    )
    pids = {int(owner.rpartition(":")[2]) for owner in owners if ":" in owner}
    return next(iter(pids & program.pool()), 0)


def running(log: Path, environment: Mapping[str, str]) -> Iterator[RunWorker]:
    """A started worker that is gone when the test is over."""
    worker = RunWorker(log, **environment)
    try:
        worker.started()
        yield worker
    finally:
        worker.end()
