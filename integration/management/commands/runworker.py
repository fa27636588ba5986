"""`manage.py runworker`: the worker process of production; ends gracefully."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from integration.jobs.guard import Guard


class Command(BaseCommand):
    """Starts the queue's cluster, watches it and restarts it when it freezes."""

    help = "Work through what is due until stopped by SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until asked to stop."""
        Guard().run()
