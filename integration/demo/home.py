"""The demonstration's own place: a fresh database, its own settings, its own logs.

It never touches yours: the command starts itself anew with these settings.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

from django.conf import settings

MARK = "WEFT_DEMO_HOME"


def inside() -> bool:
    """Whether this process already runs with the demonstration's settings."""
    return MARK in os.environ


def home() -> Path:
    """Where the demonstration keeps what it makes."""
    return Path(os.environ[MARK])


def enter() -> None:
    """Make the place anew and start this very command in it; does not return."""
    place = settings.BASE_DIR / ".demo"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    port = _free(settings.WEFT_PORT)
    environment = {
        **os.environ,
        MARK: str(place),
        "DATABASE_URL": f"sqlite:///{place / 'demo.sqlite3'}",
        "EMAIL_URL": f"filemail:///{place / 'mail'}",
        "WEFT_ALLOW_LOOPBACK": "1",
        "WEFT_PORT": str(port),
        "WEFT_SANDBOX_PORT": str(_free(settings.WEFT_SANDBOX_PORT)),
        "WEFT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEFT_WORKERS": "2",
        "REDIS_URL": "",
        "DEBUG": "0",
    }
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606


def _free(wanted: int) -> int:
    """The wanted port, or another where somebody listens on it already."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on this machine")
