"""The demonstration's processes: sandbox, web server and worker, ended together."""

from __future__ import annotations

import signal
import subprocess  # noqa: S404  starts our own commands only
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from integration.demo.outside import door
from integration.errors import SyncFailure
from integration.http.auth import NoAuth

# Seconds: for a server to answer, and for everything to end.
TO_ANSWER = 30
TO_END = 20


class DidNotStart(RuntimeError):
    """A process ended, or did not answer in time; its log says why."""


class Processes:
    """A few commands of this installation, each with its own log file."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start one; it does not hear the terminal's Ctrl-C, but our `end`."""
        log = (self.logs / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(  # noqa: S603  no shell, our own command
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def wait_for(self, name: str, url: str) -> None:
        """Until `url` answers at all; DidNotStart where it never does."""
        end = time.monotonic() + TO_ANSWER
        while time.monotonic() < end:
            if self.running[name].poll() is not None:
                break
            try:
                door(url, NoAuth()).get("/")
            except SyncFailure:
                time.sleep(0.1)
            else:
                return
        raise DidNotStart(f"{name} does not answer; see {self.logs / name}.log")

    def end(self) -> None:
        """Ask all to end, the worker first, and wait until they have."""
        names = list(self.running)[::-1]
        for name in names:
            self.running[name].send_signal(signal.SIGTERM)
        end = time.monotonic() + TO_END
        for name in names:
            process = self.running.pop(name)
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
