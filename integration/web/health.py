"""Answers the probes of whatever keeps Weft running: alive, and ready for work."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integration.engine import vitals


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; touches nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and is migrated; else 503 with the reason.

    Whether a worker gives signs of life is told and changes nothing: pages are served
    without one, and work waits.
    """
    reason = unready()
    if reason:
        return JsonResponse({"status": "unready", "reason": reason}, status=503)
    worker = "beats" if vitals.worker_beats() else "silent"
    return JsonResponse({"status": "ok", "worker": worker})


def unready() -> str:
    """Why requests cannot be served now, in a few words; empty when they can."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "the database does not answer"
    return "migrations are pending" if pending else ""
