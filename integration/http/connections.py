"""Connections that go to checked addresses only, end with the call's time, and know
whether a request has left."""

from __future__ import annotations

import io
import socket
import time
from dataclasses import dataclass
from enum import Enum
from functools import partial
from http.client import HTTPResponse
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
)

from integration.http.guard import AddressGuard

# Many web servers hang up on a silent client after five seconds. A write sent into
# that moment would be an unknown outcome, a new connection costs milliseconds.
IDLE_FOR = 4.0


class Stage(Enum):
    """How far an attempt has come, as far as its connection could tell."""

    UNSEEN = "unseen"
    CONNECTING = "connecting"
    SENT = "sent"


@dataclass(slots=True)
class Progress:
    """The attempt a session is busy with; its thread has one at a time."""

    stage: Stage = Stage.UNSEEN
    deadline: float = 0.0
    read_timeout: float = 0.0

    def begin(self, deadline: float, read_timeout: float) -> None:
        """A new attempt, that must be over at `deadline` (of `time.monotonic`)."""
        self.stage = Stage.UNSEEN
        self.deadline = deadline
        self.read_timeout = read_timeout

    def patience(self) -> float:
        """Seconds the next wait on the socket may take. Raises TimeoutError at 0."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the call has used all its time")
        return min(left, self.read_timeout)


class Connection(HTTPConnection):
    """A connection to a checked address that keeps the attempt's progress and time."""

    guard: AddressGuard
    progress: Progress

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.response_class = partial(_TimedResponse, self.progress)  # type: ignore[assignment]
        self._used_at = time.monotonic()

    @property
    def is_connected(self) -> bool:
        """Whether it may carry another request: open, and not idle for too long."""
        fresh = time.monotonic() - self._used_at < IDLE_FOR
        return fresh and super().is_connected

    def _new_conn(self) -> socket.socket:
        self.progress.stage = Stage.CONNECTING
        secure = isinstance(self, HTTPSConnection)
        port = self.port or self.default_port
        try:
            addresses = self.guard.addresses(self.host.strip("[]"), port, secure)
        except OSError as error:
            unknown = socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, unknown) from error
        return self._reach(addresses, port)

    def _reach(self, addresses: Any, port: int) -> socket.socket:
        """A socket to the first address that answers, within the connect time-out."""
        until = time.monotonic() + min(self.timeout or 5, self.progress.patience())
        problem: OSError = OSError("no address")
        for address in addresses:
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                sock = socket.create_connection((address, port), timeout=left)
            except OSError as error:
                problem = error
                continue
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            return sock
        if isinstance(problem, TimeoutError):
            raise ConnectTimeoutError(self, "no connection in time") from problem
        raise NewConnectionError(self, str(problem)) from problem

    def send(self, data: Any) -> None:
        """Sends, and notes that something has left."""
        if self.sock is None:
            self.connect()
        # Without this the whole upload would have to fit into the connect time-out.
        self.sock.settimeout(self.progress.patience())
        self.progress.stage = Stage.SENT
        self._used_at = time.monotonic()
        super().send(data)


class SecureConnection(Connection, HTTPSConnection):
    """The same over TLS: name and certificate are those of the host asked for."""


class _TimedResponse(HTTPResponse):
    """An answer whose every wait ends with the attempt's deadline, headers included."""

    def __init__(self, progress: Progress, sock: Any, *args: Any, **options: Any):
        timed: Any = io.BufferedReader(_TimedReader(sock, progress))
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = timed


class _TimedReader(io.RawIOBase):
    """Reads a socket, giving each wait no more than what is left of the time."""

    def __init__(self, sock: socket.socket, progress: Progress) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._progress.patience())
        return cast(io.RawIOBase, self._raw).readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
