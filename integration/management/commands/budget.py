"""`manage.py budget`: windows, calls spent, and when they will run out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from integration.engine import forecast
from integration.engine.forecast import Forecast
from integration.engine.freshness import lasting
from integration.management import named
from integration.models import Connection


class Command(BaseCommand):
    """Looks at calls that were made and calls to come; makes none."""

    help = "Show the calls a platform allows, those spent, and those to come"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "connection",
            nargs="?",
            default="",
            help="its label, number or platform (default: all)",
        )
        named.add_tenant(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = named.tenant(options["tenant"])
        if options["connection"]:
            chosen = [named.connection(tenant, options["connection"])]
        else:
            chosen = list(Connection.objects.for_tenant(tenant).order_by("label"))
        now = timezone.now()
        plan = tenant.plan
        if plan is not None:
            self.stdout.write(
                f"Plan {plan}: every {lasting(plan.shortest_every)} at most, "
                f"{plan.calls_share}% of long windows; sales are never held back."
            )
        for connection in chosen:
            self.stdout.write(f"{connection}:")
            for line in _lines(forecast.of(connection, now)):
                self.stdout.write(f"  {line}")
        if not chosen:
            self.stdout.write(f"{tenant} has no connection.")


def _lines(found: Forecast) -> Iterator[str]:
    if not found.windows:
        yield "No limit is known; calls are counted all the same."
    for window in found.windows:
        yield window.words()
    for used in found.used:
        name = str(used.route) if used.route else "Reading, upkeep"
        yield (
            f"{name}: {used.hour:,} this hour, {used.day:,} today, "
            f"{used.month:,} this month ({used.share}% of the week)"
        )
    yield f"About {found.month:,} calls a month at the pace of now"
    for saving in found.savings:
        if saving.calls:
            pace = lasting(saving.then)
            yield f"{saving.route} every {pace} saves {saving.calls:,} calls a month"
