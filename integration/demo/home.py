"""The demonstration's own place: a fresh database, its own settings, its own logs.

It never touches yours: the command starts itself anew with these settings.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

MARK = "WEFT_DEMO_HOME"
# The platforms in small shorten the windows of their limits by this, and Weft reckons
# with the same: a minute's calls come again after three seconds.
WINDOWS_SHORTER = 20
# Seconds between two tries: of a sale that was refused, in place of four hours, and of
# what the clock may mend, in place of half a minute to four hours.
SALE_AGAIN = (2,) * 12
SOON_AGAIN = (2, 4, 8, 15, 30, *(60,) * 12)


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
    port = free_port(settings.WEFT_PORT)
    environment = {
        **os.environ,
        MARK: str(place),
        "DATABASE_URL": f"sqlite:///{place / 'demo.sqlite3'}",
        "EMAIL_URL": f"filemail:///{place / 'mail'}",
        "WEFT_ALLOW_LOOPBACK": "1",
        "WEFT_PORT": str(port),
        "WEFT_SANDBOX_PORT": str(free_port(settings.WEFT_SANDBOX_PORT)),
        "WEFT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEFT_WORKERS": "2",
        "WEFT_WINDOW_SCALE": str(WINDOWS_SHORTER),
        "WEFT_LADDER_SALE": _listed(SALE_AGAIN),
        "WEFT_LADDER_TRANSIENT": _listed(SOON_AGAIN),
        "REDIS_URL": "",
        "DEBUG": "0",
    }
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606


def shortened() -> str:
    """What goes faster here than in life, in one sentence."""
    return (
        f"Windows of call limits are {WINDOWS_SHORTER} times shorter here, on both "
        f"sides. A refused sale is tried again after {SALE_AGAIN[0]} seconds, not 4 "
        "hours, and Weft looks at the clock every second, not once a minute."
    )


def free_port(wanted: int = 0) -> int:
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


def _listed(seconds: Sequence[int]) -> str:
    return ",".join(map(str, seconds))
