"""The process that runs scenarios, and the recording of what each of them reaches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.server import SandboxServer
from tests.platforms.identity import Identity

if TYPE_CHECKING:
    from tests.jobs.merchant import Merchant

ROOT = Path(__file__).resolve().parents[2]
# Nothing waits for long: ladders at once, leases of the dead are seen to be theirs.
QUICK = {
    "WEFT_ABSENT_SECONDS": "0",
    "WEFT_LADDER_TRANSIENT": "0,0,0,0,0,0,0,0",
    "WEFT_LADDER_SALE": "0,0",
    "WEFT_SAFETY_LEAST": "0",
    "WEFT_SAFETY_SHARE": "0.5",
    "WEFT_PUBLIC_URL": "http://127.0.0.1:9",
    "ALLOWED_HOSTS": "testserver,127.0.0.1",
}


class Stage:
    """Where scenarios are played: the platforms live here, Weft in forks elsewhere."""

    def __init__(self, folder: Path, merchant: Merchant, little: str) -> None:
        self.folder = folder
        self.merchant = merchant
        self._recorded: dict[str, set[tuple[str, int]]] = {}
        with (folder / "runner.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.crashes.runner", str(folder)],
                cwd=ROOT,
                env={
                    **os.environ,
                    **QUICK,
                    "LITTLE_URL": little,
                    "DATABASE_URL": f"sqlite:///{folder / 'template.sqlite3'}",
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._answer()

    def fresh(self) -> Path:
        """Platforms as on the first day, and a database of its own."""
        for platform in ("crystal", "woocommerce", "xero", "galaxy"):
            self.merchant.control(platform, "reset")
        self.merchant.stock_up(5, broken=True)
        return self.folder / f"{uuid.uuid4().hex}.sqlite3"

    def play(self, database: Path, do: str, **more: Any) -> dict[str, Any]:
        """Run one command in a fork; what it answered, or that it was killed."""
        assert self.process.stdin is not None
        command = {
            "do": do,
            "database": str(database),
            "url": self.merchant.url,
            **more,
        }
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answer = self._answer()
        assert "failed" not in answer, answer["failed"]
        return answer

    def record(self, scenario: str, paths: set[str]) -> Path:
        """Play a scenario that nothing breaks off, and note every line of the files
        that it reaches; the database it leaves behind."""
        database = self.fresh()
        answer = self.play(database, "record", scenario=scenario, paths=sorted(paths))
        assert not answer["killed"]
        self._recorded[scenario] = {tuple(line) for line in answer["answer"]}
        return database

    def recorded(self, scenario: str, paths: set[str]) -> set[tuple[str, int]]:
        """Every line of the files that the scenario reaches when nothing happens."""
        if scenario not in self._recorded:
            self.record(scenario, paths)
        return self._recorded[scenario]

    def end(self) -> None:
        """Let the runner go."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (self.folder / "runner.log").read_text()[-4000:]
        found: dict[str, Any] = json.loads(line)
        return found


@pytest.fixture(scope="session")
def stage(
    sandbox_server: SandboxServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """One stage for all crashes of this process."""
    from tests.jobs.merchant import Merchant

    folder = tmp_path_factory.mktemp("crashes")
    with SandboxServer([Identity]) as server:
        found = Stage(folder, Merchant(sandbox_server.url), server.url)
        try:
            yield found
        finally:
            found.end()
