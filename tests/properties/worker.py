"""What one of several processes does at once in the tests beside this file."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def ask(connection_id: int, calls: int, window: float, until: float) -> list[float]:
    """Ask the meter as often as it allows; when each call was granted."""
    from integration.engine.meter import DatabaseMeter
    from integration.errors import BudgetSpent
    from integration.http.limits import Limit
    from integration.models import Connection

    limit = Limit(calls=calls, seconds=window, reserve=0)
    connection = Connection.everywhere.get(pk=connection_id)
    meter = DatabaseMeter(connection, [limit], reserved_ok=True)
    granted = []
    while time.time() < until:
        try:
            meter.ask("")
        except BudgetSpent as spent:
            time.sleep(min(spent.after or 0.1, 0.5))
        else:
            granted.append(time.time())
            # The others' turn, before the window is spent.
            time.sleep(0.001)
    return granted


def hold(connection_id: int, calls: int, until: float) -> list[tuple[float, float]]:
    """Make calls that last a moment; from when to when each was under way."""
    from integration.engine.meter import DatabaseMeter
    from integration.errors import BudgetSpent
    from integration.http.limits import Limit
    from integration.models import Connection

    limit = Limit(calls=calls, seconds=0, reserve=0)
    connection = Connection.everywhere.get(pk=connection_id)
    meter = DatabaseMeter(connection, [limit], reserved_ok=True)
    made = []
    while time.time() < until:
        try:
            meter.ask("")
        except BudgetSpent:
            continue
        begun = time.time()
        time.sleep(0.02)
        made.append((begun, time.time()))
        meter.tell("", 200, {}, 0.02)
    return made


def stamp(tenant_id: int, until: float) -> int:
    """Raise revisions of fresh records, two in each transaction; how many."""
    from django.db import transaction

    from integration.engine import detect
    from integration.models import Record

    made = 0
    while time.time() < until:
        with transaction.atomic():
            records = [
                Record.everywhere.create(tenant_id=tenant_id, kind="product")
                for _ in range(2)
            ]
            detect.stamp(tenant_id, {record.pk: record for record in records}, {})
            time.sleep(0.002)
        made += len(records)
        time.sleep(0.001)
    return made


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    does = {"ask": ask, "hold": hold, "stamp": stamp}[sys.argv[1]]
    print("ready", flush=True)
    begin, until = json.loads(sys.stdin.readline())
    time.sleep(max(0.0, begin - time.time()))
    print(json.dumps(does(*json.loads(sys.argv[2]), until)))
