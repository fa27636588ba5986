"""`manage.py sync`: reads what a person names, and follows it to the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from integration.canonical.kinds import Kind
from integration.contract import registry
from integration.contract.connector import Stream
from integration.contract.messages import (
    Again,
    Changed,
    Everything,
    Missing,
    Oldest,
    Selection,
    These,
)
from integration.engine import cost
from integration.engine.selection import ask
from integration.jobs import bell
from integration.management import named
from integration.management.follow import Sync
from integration.models import Connection, Priority, Route, Run, RunState
from integration.models.connection import STOPPED

# Open errors shown; the dashboard has them all.
SHOWN = 20
BAD = (RunState.FAILED, RunState.HELD, RunState.CANCELLED)


class Command(BaseCommand):
    """Asks for the runs, works them here or watches a worker do it, adds up."""

    help = "Read from a connection now, and write what its routes then owe"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("connection", help="its label, number or platform")
        parser.add_argument(
            "what", nargs="?", default="", help="one list or kind (default: all routed)"
        )
        named.add_tenant(parser)
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--changed", action="store_true", help="what changed (the default)"
        )
        which.add_argument("--these", nargs="+", metavar="ID", help="these ids")
        which.add_argument(
            "--oldest", type=int, metavar="N", help="the N not seen for longest"
        )
        which.add_argument("--everything", action="store_true", help="all there is")
        which.add_argument(
            "--missing", type=float, metavar="HOURS", help="made since, never seen here"
        )
        which.add_argument(
            "--again", action="store_true", help="map what is stored anew, no call"
        )
        parser.add_argument(
            "--resend",
            action="store_true",
            help="with --everything: write what is believed to be there too",
        )
        parser.add_argument(
            "--patience",
            type=float,
            default=60,
            metavar="SECONDS",
            help="wait for what is due within so long (default: 60)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = named.tenant(options["tenant"])
        connection = named.connection(tenant, options["connection"])
        if connection.health in STOPPED:
            words = connection.problem or "Resume or reconnect it first."
            health = connection.get_health_display().lower()
            raise CommandError(f"{connection} is not working: {health}. {words}")
        selection = _selection(options)
        streams = _wanted(_streams(connection, options["what"]), selection)
        expected = cost.of_streams(connection, streams, selection)
        self.stderr.write(f"Reading takes {expected.words()}; writes come on top.")
        runs = _ask(connection, streams, selection)
        sync = Sync(connection, runs)
        bell.ring()
        try:
            for line in sync.work(options["patience"]):
                self.stderr.write(line)
        except KeyboardInterrupt:
            self.stderr.write("Left to the worker.")
        self._report(sync)

    def _report(self, sync: Sync) -> None:
        """Counters, writes, calls and errors; CommandError where it did not go well."""
        for run in sync.runs():
            words = f": {run.message}" if run.message else ""
            self.stdout.write(f"{run.stream}: {run.get_state_display()}{words}")
        counters = sync.counters()
        read = counters.pop("read")
        parts = [f"{count} {name}" for name, count in counters.items()]
        self.stdout.write(f"Read {read} = {' + '.join(parts)}".replace("_", " "))
        for name, count in sorted(sync.written().items()):
            self.stdout.write(f"Writes {name.replace('_', ' ')}: {count}")
        self.stdout.write(f"Calls: {sync.calls()}")
        self._errors(sync)
        for reason, count, due in sync.waiting():
            self.stdout.write(f"Waiting for {reason}: {count}, next {due:%H:%M:%S} UTC")
        _judge(sync)

    def _errors(self, sync: Sync) -> None:
        problems = sync.problems()
        count = problems.count()
        self.stdout.write(f"Open errors: {count}")
        for problem in problems[:SHOWN]:
            name = problem.label or problem.external_id
            words = f"{problem.message} {problem.hint}".strip()
            self.stdout.write(f"  {problem.kind} {name}: {words}")
        if count > SHOWN:
            self.stdout.write(f"  and {count - SHOWN} more")


def _selection(options: dict[str, Any]) -> Selection:
    """What the options name. CommandError where they contradict each other."""
    if options["resend"] and not options["everything"]:
        raise CommandError("--resend goes with --everything only.")
    if options["these"]:
        return These(tuple(options["these"]))
    if options["oldest"] is not None:
        if options["oldest"] < 1:
            raise CommandError("--oldest needs a number above zero.")
        return Oldest(options["oldest"])
    if options["everything"]:
        return Everything(options["resend"])
    if options["missing"] is not None:
        if options["missing"] <= 0:
            raise CommandError("--missing needs a number of hours above zero.")
        return Missing(timezone.now() - timedelta(hours=options["missing"]))
    return Again() if options["again"] else Changed()


def _streams(connection: Connection, what: str) -> list[Stream]:
    """The lists that are meant: by name, by kind, or all that routes read."""
    streams = registry.connector(connection.platform).streams
    if what:
        found = [each for each in streams if what in (each.key, *each.kinds)]
        if found:
            # A kind's own list before the lists it merely comes along with.
            return [each for each in found if what in (each.key, each.main)] or found
        known = dict.fromkeys(
            word for each in streams for word in (each.key, *each.kinds)
        )
        raise CommandError(
            f"{connection} has no “{what}” to read; it has: {', '.join(known)}."
        )
    routes = Route.objects.for_tenant(connection.tenant_id)
    kinds = {
        Kind(kind)
        for kind in routes.filter(source=connection, enabled=True).values_list(
            "kind", flat=True
        )
    }
    routed = [each for each in streams if kinds & set(each.kinds)]
    if not routed:
        raise CommandError(
            f"No route begins at {connection}; name a list to read it all the same."
        )
    return routed


def _wanted(streams: Sequence[Stream], selection: Selection) -> Sequence[Stream]:
    """Those of the lists that can be asked for this."""
    if isinstance(selection, These):
        streams = [each for each in streams if each.fetchable]
        if len(streams) != 1:
            raise CommandError("--these needs the one list the ids are of.")
    return streams


def _ask(
    connection: Connection, streams: Sequence[Stream], selection: Selection
) -> list[Run]:
    return [
        ask(
            connection,
            stream.key,
            selection,
            cause="manual",
            priority=Priority.MANUAL,
        )[0]
        for stream in streams
    ]


def _judge(sync: Sync) -> None:
    """CommandError for what a person has to look at."""
    wrong = [str(run.stream) for run in sync.unaccounted()]
    if wrong:
        raise CommandError(f"The counters do not add up: {', '.join(wrong)}.")
    bad = [str(run.stream) for run in sync.runs().filter(state__in=BAD)]
    if bad:
        raise CommandError(f"Not done: {', '.join(bad)}.")
    if sync.waiting():
        raise CommandError("Not all is done yet; a worker goes on with it.")
