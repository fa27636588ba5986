"""Weft itself: the engine as a worker runs it, into the whole store, no route."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.bench.task import Taken, Task, read, timed

if TYPE_CHECKING:
    from integration.models import Connection

FACTS = {
    "currency": "EUR",
    "price_num_decimals": "2",
    "prices_include_tax": "no",
    "calc_taxes": "yes",
    "weight_unit": "kg",
}


def set_up(database: str) -> None:
    """Django on that database, with the benchmark's platforms beside Weft's own."""
    os.environ["DATABASE_URL"] = database
    os.environ["WEFT_ALLOW_LOOPBACK"] = "true"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration.settings")
    import django

    import connectors
    from tests.bench import platforms

    django.setup()
    connectors.__path__.extend(platforms.__path__)


def connection_to(url: str, name: str = "source") -> Connection:
    """The tenant's connection of that name; made where there is none."""
    from integration.models import Connection, Tenant

    tenant, _ = Tenant.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    found, _ = Connection.objects.for_tenant(tenant).get_or_create(
        account=name,
        defaults={
            "tenant": tenant,
            "platform": "loopback",
            "label": name.capitalize(),
            "facts": FACTS,
        },
    )
    found.settings = {"url": url}
    found.save()
    return found


class Statements:
    """Counts what is said to the database, COPY included; stands in for Django's log
    of statements, which would keep each of them."""

    def __init__(self) -> None:
        self.count = 0

    def append(self, statement: Any) -> None:
        """See `deque.append`."""
        self.count += 1


def work(task: Task, taken: Taken, drain: Callable[[], int]) -> None:
    """Ask for the read and drain what is due, as a worker does."""
    from django.db import connection as database

    from integration.contract.messages import Changed, Everything
    from integration.engine.selection import ask

    selection = Changed() if task.since else Everything()
    statements = Statements()
    run, _ = ask(connection_to(task.source), "products", selection, cause="bench")
    database.queries_log, database.force_debug_cursor = statements, True
    while drain():
        pass
    run.refresh_from_db()
    if run.state != "done" or run.read != run.accounted:
        raise SystemExit(f"{run} ended as {run.state}: {run.message}")
    taken.statements = statements.count


def main() -> None:
    """One phase."""
    task = read()
    set_up(task.database)
    from integration.contract import registry
    from integration.jobs import memory, tasks

    connection_to(task.source)
    # What a worker does once when it starts is no part of its work.
    registry.connectors()
    memory.settle()
    with timed() as taken:
        work(task, taken, tasks.drain)


if __name__ == "__main__":
    main()
