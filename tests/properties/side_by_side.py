"""Starts several processes on the test's database and gathers what they answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.jobs.processes import ROOT, database_address

PROCESSES = 4
# Until all of them have heard when to begin.
HEARD = 0.5


def side_by_side(
    do: str,
    *given: Any,
    seconds: float,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Any]:
    """What `worker.py` answers in each process; `meanwhile` is done all the time.

    They begin together once all of them have loaded Django, however long that takes.
    """
    command = [sys.executable, "-m", "tests.properties.worker", do]
    started = [
        subprocess.Popen(
            [*command, json.dumps(given)],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_address()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    begin = time.time() + HEARD
    for process in started:
        assert process.stdin is not None
        process.stdin.write(json.dumps([begin, begin + seconds]) + "\n")
        process.stdin.flush()
    while any(process.poll() is None for process in started):
        meanwhile()
        time.sleep(0.01)
    answers = []
    for process in started:
        said, _ = process.communicate()
        assert process.returncode == 0
        answers.append(json.loads(said))
    return answers
