"""A process that calls Little for a connection; its statuses and tokens are printed."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def call(connection_id: int) -> list[int]:
    """One call, made as soon as there is a token for it; the failures on the way."""
    from integration.engine.session import Session
    from integration.errors import SyncFailure, Transient
    from integration.models import Connection

    http = Session(Connection.everywhere.get(pk=connection_id)).client
    while True:
        try:
            return [http.get("things").status]
        except Transient as waits:
            if not waits.throttled:
                raise
            time.sleep(0.05)
        except SyncFailure:
            return [0]


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from tests.little import known

    with known():
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(call(int(sys.argv[1]))))
