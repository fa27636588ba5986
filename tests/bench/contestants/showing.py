"""Fills a large store and asks for every page of it; a line of JSON for each."""

from __future__ import annotations

import json
import os
import sys
from statistics import median

from tests.bench.contestants.weft import set_up

TIMES = 5


def main() -> None:
    """Each page once to warm it, then five times."""
    os.environ["ALLOWED_HOSTS"] = "testserver"
    set_up(sys.argv[1])
    from django.db import connection

    from tests.bench.asking import ask, everything
    from tests.bench.store import LARGE, fill

    store = fill("large", LARGE)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    for name, client, at in everything(store):
        first = ask(client, at)
        took = median(ask(client, at).took for _ in range(TIMES))
        told = {
            "name": name,
            "status": first.status,
            "file": first.streamed,
            "milliseconds": 1000 * took,
            "statements": len(first.statements),
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
