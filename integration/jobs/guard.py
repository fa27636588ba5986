"""Starts a cluster, watches its signs of life, restarts it, ends it gracefully.

An idle worker killed at the wrong moment freezes a cluster for good, and its parent
may end with status 0 while orphans live on: so the group is watched from outside.

Nor may a cluster outlive its guard. On Linux the kernel then tells its parent process
to end, which is graceful; everywhere a worker looks for its guard before every piece
of work (`beat.orphaned`), and ends its whole group where there is none.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess  # noqa: S404  starts our own command only
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from integration.engine import lease
from integration.jobs import beat, bell, schedules, tasks

logger = logging.getLogger(__name__)

# Seconds.
PACE = 2.0
NUDGE = 15.0
GRACE = 75.0
LONGEST_BACK_OFF = 60.0

# prctl(2): the signal a process gets when its parent dies.
PR_SET_PDEATHSIG = 1


class Guard:
    """One cluster and the process group it lives in."""

    def __init__(self) -> None:
        self.name = f"{os.uname().nodename}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        self.stop_file = Path(tempfile.gettempdir()) / f"weft-stop-{self.name}"
        self.patience = timedelta(seconds=settings.WEFT_WATCHDOG_SECONDS)
        self.process: subprocess.Popen[bytes] | None = None
        self.stopping = False
        self.failures = 0
        self.started_at = timezone.now()
        self.nudged = 0.0

    def run(self) -> None:
        """Guard until asked to stop; SIGTERM and SIGINT end the current work first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        try:
            beat.forget(timedelta(days=1))
            while not self.stopping:
                self._look()
                self._rest(PACE)
        finally:
            self._end()

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _rest(self, seconds: float) -> None:
        """Sleep, but not through the wish to stop."""
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(min(0.2, seconds))

    def _look(self) -> None:
        """One look at the cluster; while the database is away, nothing is decided."""
        try:
            close_old_connections()
            self._watch()
        except DatabaseError:
            logger.exception("the database does not answer")

    def _watch(self) -> None:
        """Start what does not run, kill what is silent, nudge what is alive."""
        if self.process is None:
            self._start()
        elif self.process.poll() is not None:
            logger.warning("the cluster ended with %s", self.process.returncode)
            self._restart()
        elif self._seen_at() + self.patience < timezone.now():
            logger.warning("the cluster gives no sign of life")
            self._restart()
        else:
            self._nudge()
            self._pace()

    def _nudge(self) -> None:
        """Ask an idle cluster for signs of life, more often than patience ends."""
        if time.monotonic() - self.nudged > min(NUDGE, self.patience.seconds / 4):
            self.nudged = time.monotonic()
            schedules.ensure()
            bell.nudge()

    def _start(self) -> None:
        schedules.ensure()
        environment = {
            **os.environ,
            beat.CLUSTER: self.name,
            beat.GUARD: str(os.getpid()),
            beat.STOP_FILE: str(self.stop_file),
        }
        self.started_at = timezone.now()
        self.process = subprocess.Popen(  # noqa: S603  no shell, our own command
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"],
            env=environment,
            start_new_session=True,
            preexec_fn=end_with_parent,
            stdout=sys.stderr,
        )
        logger.info("cluster %s runs as process %s", self.name, self.process.pid)
        bell.nudge()

    def _restart(self) -> None:
        """A wrong restart is harmless: whatever was in hand is taken up again.

        A cluster that never came to life is given growing time to be mended.
        """
        came_to_life = self._seen_at() > self.started_at
        self._kill_group()
        self.failures = 0 if came_to_life else self.failures + 1
        self._rest(min(2.0**self.failures - 1, LONGEST_BACK_OFF))
        if not self.stopping:
            self._start()

    def _seen_at(self) -> datetime:
        """The cluster's last sign of life; until the first one, when it was started."""
        return max(beat.last(self.name) or self.started_at, self.started_at)

    def _pace(self) -> None:
        """Between two ticks: what fell due, or was left by the dead, rings the bell."""
        try:
            lease.release_dead()
            tasks.pace()
        except DatabaseError:
            raise
        except Exception:
            logger.exception("the pacemaker stumbled")

    def _kill_group(self) -> None:
        """The group outlives its leader: all of it goes, and its leases with it."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        try:
            lease.release_dead()
        except DatabaseError:
            logger.exception("leases of the dead will expire")

    def _end(self) -> None:
        """Let the current work end, then the parent alone is told; the group last."""
        self.stop_file.touch()
        process = self.process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                logger.warning("the cluster did not end in time")
        self._kill_group()
        self.stop_file.unlink(missing_ok=True)


def end_with_parent() -> None:
    """Ask the kernel to end this process gracefully when its parent dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
