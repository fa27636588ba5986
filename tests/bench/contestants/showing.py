"""Asks for every page of a small store and of a large one; a line of JSON for each."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from statistics import median

from tests.bench.contestants.weft import set_up

TIMES = 5


def main() -> None:
    """Each page of the large store once to warm it, then five times."""
    os.environ["ALLOWED_HOSTS"] = "testserver"
    set_up(sys.argv[1])
    import logging

    from django.db import connection

    from tests.bench.asking import ask, everything
    from tests.bench.store import FEW, LARGE, fill

    # A line for every request is no part of what is measured.
    logging.disable(logging.WARNING)
    small = fill("small", FEW)
    few = {
        name: [len(ask(client, at).statements) for _ in range(2)][-1]
        for name, client, at in everything(small)
    }
    large = fill("large", LARGE)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    for name, client, at in everything(large):
        first = ask(client, at)
        if first.status == 405:
            continue
        used = _used(backend)
        answers = [ask(client, at) for _ in range(TIMES)]
        told = {
            "name": name,
            "file": first.streamed,
            "milliseconds": 1000 * median(each.took for each in answers),
            "cpu": 1000 * (_used(backend) - used) / TIMES,
            "statements": len(answers[-1].statements),
            "few": few[name],
        }
        print(json.dumps(told), flush=True)


def _used(backend: Path) -> float:
    """Processor seconds of this process and of its end in the database, where that is
    on this machine; helpers the database starts for a statement are not seen."""
    ticks = 0
    if backend.exists():
        ticks = sum(map(int, backend.read_text().rpartition(")")[2].split()[11:13]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
