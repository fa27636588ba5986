"""Runs one phase of one contestant as a process of its own and notes what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.servers import ROOT, Database, Source, surroundings
from tests.bench.task import Phase, Task

# dlt lives apart from Weft's own environment.
DLT_PYTHON = ROOT / ".venv-bench" / "bin" / "python"


class Contestant(NamedTuple):
    """Who runs, and how: the module behind it, and whether it needs Weft's tables."""

    name: str
    module: str
    python: str = sys.executable
    weft: bool = False


WEFT = Contestant("weft", "tests.bench.contestants.weft", weft=True)
BARE = Contestant("bare", "tests.bench.contestants.bare")
BULK = Contestant("bulk", "tests.bench.contestants.bulk")
DLT = Contestant("dlt", "tests.bench.contestants.dlt_pull", python=str(DLT_PYTHON))


class Measure(NamedTuple):
    """One phase: seconds of the work (`wall`, `cpu` of the process, `server` of the
    database), of the whole process (`process`), and its largest memory in megabytes.

    `written` counts rows by table.
    """

    contestant: str
    phase: Phase
    total: int
    wall: float
    cpu: float
    server: float
    process: float
    calls: int
    statements: int
    written: dict[str, int]
    megabytes: float

    @property
    def burnt(self) -> float:
        """Processor seconds on both sides of the database connection."""
        return self.cpu + self.server


def phases(contestant: Contestant, database: Database, source: Source) -> list[Measure]:
    """All phases in order, on a database of its own."""
    database.make(weft=contestant.weft)
    try:
        return [_phase(contestant, phase, database, source) for phase in Phase]
    finally:
        database.drop()


def _phase(
    contestant: Contestant, phase: Phase, database: Database, source: Source
) -> Measure:
    task = Task(phase, source.url, database.url, source.total)
    before, server = database.written(), postgres_cpu()
    source.calls()
    command = [contestant.python, "-m", contestant.module, *task.words()]
    printed, process, megabytes = run(command)
    taken = json.loads(printed.splitlines()[-1])
    # The server counts what a connection took only a moment after its end.
    time.sleep(0.3)
    after = database.written()
    return Measure(
        contestant=contestant.name,
        phase=phase,
        total=source.total,
        wall=taken["wall"],
        cpu=taken["cpu"],
        server=postgres_cpu() - server,
        process=process,
        calls=source.calls(),
        statements=int(taken["statements"]),
        written={
            table: count - before.get(table, 0)
            for table, count in after.items()
            if count > before.get(table, 0)
        },
        megabytes=megabytes,
    )


def run(command: Sequence[str]) -> tuple[str, float, float]:
    """What a process printed, the seconds of processor it used, its peak memory."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(surroundings()), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    return printed, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def postgres_cpu() -> float:
    """Processor seconds of every PostgreSQL process here so far; 0 where none is seen.

    The postmaster's figure holds those of its children that have ended.
    """
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        if name.endswith("(postgres"):
            ticks += sum(map(int, rest.split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
