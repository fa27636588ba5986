"""Starts and ends what is measured, as processes, each on a database of its own."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

from tests.bench.hooks import bare
from tests.bench.hooks.load import ROOT

# Any database of the server that may make others.
SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
SECRET = "the shop signs with this"
STORED = "SELECT count(*) + coalesce(sum(repeats), 0) FROM integration_webhookevent"
# Seconds: for a process to answer, and to end.
TO_ANSWER = 60
TO_END = 60


class Door(NamedTuple):
    """Where webhooks are taken in, and the database they end in."""

    url: str
    database: str
    count: str

    def stored(self) -> int:
        """How many webhooks it holds."""
        with closing(bare.opened(self.database)[0]) as database:
            return int(database.execute(self.count).fetchone()[0])


@contextmanager
def sqlite() -> Iterator[str]:
    """The address of a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.sqlite3"


@contextmanager
def postgres(server: str = SERVER) -> Iterator[str]:
    """The address of a new database beside the one `server` names."""
    name = f"bench_{secrets.token_hex(4)}"
    with closing(bare.opened(server)[0]) as database:
        database.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            database.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def weft(database: str, shop: str, *, worker: bool) -> Iterator[Door]:
    """Weft as `make run` starts it, on a new database; the worker where wanted."""
    port = _free_port()
    environment = {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "integration.settings",
        "SECRET_KEY": "a key for the benchmark, secret to nobody at all",
        "WEFT_ENCRYPTION_KEYS": "d2VmdC1pbi10ZXN0cy13ZWZ0LWluLXRlc3RzLXdlZnQ=",
        "WEFT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEFT_ALLOW_LOOPBACK": "true",
        "WEFT_PORT": str(port),
    }
    path = subprocess.run(
        [sys.executable, "-m", "tests.bench.hooks.prepare", shop, SECRET],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.strip()
    with _running(["-m", "gunicorn", "integration.wsgi"], environment):
        _wait_for(port)
        beside = _running(["manage.py", "runworker"], environment)
        with beside if worker else nullcontext():
            yield Door(f"http://127.0.0.1:{port}{path}", database, STORED)


@contextmanager
def bare_door(database: str) -> Iterator[Door]:
    """The bare contestant, under Weft's own gunicorn settings."""
    port = _free_port()
    bare.make_table(database)
    environment = {
        bare.DATABASE: database,
        bare.SECRET: SECRET,
        "WEFT_PORT": str(port),
    }
    with _running(["-m", "gunicorn", f"{bare.__name__}:application"], environment):
        _wait_for(port)
        yield Door(f"http://127.0.0.1:{port}/", database, bare.COUNT)


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """A command of this installation; ended afterwards, its log shown on error."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        try:
            yield
        except BaseException:
            print(log.read_text(errors="replace")[-4000:], file=sys.stderr)
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(TO_END)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    end = time.monotonic() + TO_ANSWER
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
