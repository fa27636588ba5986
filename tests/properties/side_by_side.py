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
SECONDS = 4.0
# Until all of them have loaded Django and begin together.
LOADING = 6.0


def side_by_side(
    do: str, *given: Any, meanwhile: Callable[[], None] = lambda: None
) -> list[Any]:
    """What `worker.py` answers in each process; `meanwhile` is done all the time."""
    until = time.time() + LOADING + SECONDS
    command = [sys.executable, "-m", "tests.properties.worker", do]
    started = [
        subprocess.Popen(
            [*command, json.dumps([*given, until])],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_address()},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    while any(process.poll() is None for process in started):
        meanwhile()
        time.sleep(0.01)
    answers = []
    for process in started:
        said, _ = process.communicate()
        assert process.returncode == 0
        answers.append(json.loads(said))
    return answers
