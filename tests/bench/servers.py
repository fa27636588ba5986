"""What runs beside the contestants: the source, and the databases made for each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import requests

ROOT = Path(__file__).parents[2]
SECONDS = 60


class Source(NamedTuple):
    """The running source of products."""

    url: str
    total: int

    def calls(self) -> int:
        """How many calls it got since it was last asked."""
        told = requests.get(f"{self.url}/count", timeout=SECONDS).json()
        return sum(told.values())


@contextmanager
def source(total: int) -> Iterator[Source]:
    """A process that serves `total` products, as long as this lasts."""
    with TemporaryDirectory() as folder:
        port = Path(folder) / "port"
        command = [sys.executable, "-m", "tests.bench.source", str(port), str(total)]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            while not (port.exists() and port.read_text()):
                if process.poll() is not None:
                    raise RuntimeError("the source did not start")
                time.sleep(0.05)
            yield Source(f"http://127.0.0.1:{port.read_text()}", total)
        finally:
            process.kill()
            process.wait()


class Database:
    """Databases of one kind for the contestants, each empty or a copy of Weft's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.url = ""

    def make(self, *, weft: bool) -> None:
        """A new one; with Weft's tables where `weft`."""
        raise NotImplementedError

    def drop(self) -> None:
        """Remove it."""
        raise NotImplementedError

    def written(self) -> dict[str, int]:
        """Rows inserted, updated and deleted since it was made, by table."""
        raise NotImplementedError


class Postgres(Database):
    """Databases beside the one an address names; Weft's come from a template."""

    TEMPLATE = "weft_bench_template"

    def __init__(self, name: str, server: str) -> None:
        super().__init__(name)
        self._server, _, _ = server.rpartition("/")
        self.url = f"{self._server}/weft_bench_{name}"

    def make(self, *, weft: bool) -> None:
        """See Database."""
        self.drop()
        if weft and not self._has(self.TEMPLATE):
            self._say(f"CREATE DATABASE {self.TEMPLATE}")
            migrate(f"{self._server}/{self.TEMPLATE}")
        template = f" TEMPLATE {self.TEMPLATE}" if weft else ""
        self._say(f"CREATE DATABASE weft_bench_{self.name}{template}")

    def drop(self) -> None:
        """See Database."""
        self._say(f"DROP DATABASE IF EXISTS weft_bench_{self.name} WITH (FORCE)")

    def written(self) -> dict[str, int]:
        """See Database; the server's own counts."""
        import psycopg

        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del"
                " FROM pg_stat_user_tables"
            ).fetchall()
        return dict(rows)

    def _has(self, name: str) -> bool:
        found = self._say("SELECT 1 FROM pg_database WHERE datname = %s", name)
        return bool(found)

    def _say(self, sql: str, *values: str) -> list[Any]:
        import psycopg

        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as connection:
            cursor = connection.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []


def forget_template(server: str) -> None:
    """Remove the template of an earlier benchmark: Weft's tables may have changed."""
    Postgres("none", server)._say(f"DROP DATABASE IF EXISTS {Postgres.TEMPLATE}")


class Sqlite(Database):
    """Files in a folder of the benchmark's own."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name)
        self._folder = folder
        self._file = folder / f"{name}.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def make(self, *, weft: bool) -> None:
        """See Database."""
        self.drop()
        if not weft:
            return
        template = self._folder / "template.sqlite3"
        if not template.exists():
            migrate(f"sqlite:///{template}")
        shutil.copy(template, self._file)

    def drop(self) -> None:
        """See Database."""
        for file in self._folder.glob(f"{self._file.name}*"):
            file.unlink()

    def written(self) -> dict[str, int]:
        """SQLite keeps no such counts."""
        return {}


def migrate(url: str) -> None:
    """Weft's tables in the database at `url`."""
    manage("migrate", "--verbosity", "0", database=url)


def manage(*words: str, database: str, **environment: str) -> None:
    """One of Weft's own commands; raises where it fails."""
    subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        check=True,
        env=surroundings(DATABASE_URL=database, **environment),
    )


def surroundings(**more: str) -> Mapping[str, str]:
    """This process's environment, with what a benchmark needs besides."""
    return {**os.environ, "WEFT_ALLOW_LOOPBACK": "true", **more}
