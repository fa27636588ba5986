"""Weft's push alone: what a phase changed is read first, then written, timed."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.bench.contestants.weft import Statements, connection_to, set_up
from tests.bench.measure import postgres_cpu
from tests.bench.task import Phase, Task, read

if TYPE_CHECKING:
    from integration.models import Route


@dataclass(slots=True)
class Written:
    """What the push took, without the read before it; times in seconds.

    `items` were owed, `server` is the processor time of the database.
    """

    items: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    server: float = 0.0
    statements: int = 0


def route_to_shop(task: Task) -> Route:
    """The route of all products from the source to the shop, both of one tenant."""
    from integration.engine import routes
    from integration.models import Route

    source = connection_to(task.source)
    shop = connection_to(task.source, "shop")
    found = Route.everywhere.filter(kind="product", source=source, target=shop).first()
    return found or routes.add(source.tenant, "product", source, shop)


def pull(task: Task, route: Route) -> None:
    """Read what changed, piece by piece, until all that is owed is planned."""
    from integration.contract.messages import Changed, Everything
    from integration.engine.selection import ask
    from integration.jobs import tasks
    from integration.models import RunState

    selection = Changed() if task.phase == Phase.CHANGED else Everything()
    run, _ = ask(route.source, "products", selection, cause="bench")
    while run.state in (RunState.QUEUED, RunState.RUNNING):
        if not tasks.piece():
            raise SystemExit(f"{run} stands still: {run.message}")
        run.refresh_from_db()


def push(route: Route) -> Written:
    """Drain what is due, as a worker does; nothing may be left of it."""
    from django.db import connection as database

    from integration.jobs import tasks
    from integration.models import Delivery

    owed = Delivery.everywhere.filter(route=route).exclude(state="done")
    written = Written(items=owed.count())
    statements = Statements()
    begun, used, server = time.perf_counter(), time.process_time(), postgres_cpu()
    database.queries_log, database.force_debug_cursor = statements, True
    while tasks.drain():
        pass
    database.force_debug_cursor = False
    written.wall = time.perf_counter() - begun
    written.cpu = time.process_time() - used
    written.server = postgres_cpu() - server
    written.statements = statements.count
    if owed.exists():
        raise SystemExit(f"{owed.count()} deliveries are left: {owed.first()}")
    return written


def main() -> None:
    """One phase; the last line printed is what it took, as JSON."""
    task = read()
    set_up(task.database)
    from integration.contract import registry
    from integration.jobs import memory

    route = route_to_shop(task)
    registry.connectors()
    memory.settle()
    pull(task, route)
    print(json.dumps(asdict(push(route))), flush=True)


if __name__ == "__main__":
    main()
